// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// YAML text -> nodes, with errors as `source:line:column: ...`.
//
// The text is read as a stream of events, and the items of a list are handed on one by one, so
// memory is bounded by one item. Duplicate keys are errors; aliases, merge keys (<<) and nesting
// work within bounds; nothing in a file can make the reader construct anything but values. What
// aliases repeat is held once, but each time it is read again, so one budget bounds all of it.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet {

namespace detail {

/// What a text may cost.
struct yaml_budget {
  std::size_t values = 10'000'000;             ///< with all that aliases repeat
  std::size_t bytes = std::size_t{128} << 20;  ///< of their text
  std::size_t held = 500'000;                  ///< values in memory: of an item and of anchors
};

/// Fails at the first byte that is no UTF-8.
void require_utf8(std::string_view text, const decoder& report);

/// The key of a mapping whose list is handed on item by item, as a list of its own is.
inline constexpr std::string_view list_key = "paramsets";

/// Hands the items of the list in YAML text to `on_item` one by one. The document's node, in which
/// that list is left empty; nothing if there is none. Throws data_error as `report` words it.
[[nodiscard]] std::optional<parsed_node> read_document(
    std::string_view text, const decoder& report,
    const std::function<void(const shared_node&)>& on_item, const yaml_budget& budget = {});

}  // namespace detail

/// The one value in a piece of YAML, such as the right side of `--set key=value`. Errors name
/// `source` without line and column.
[[nodiscard]] parsed_node parse_value(std::string_view text, const std::string& source);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/yaml_reader.inl"
#endif
