// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON as all rooms mean it, and its way through nodes to values of any described type: the inverse
// of encode.hpp.

#include <nlohmann/json.hpp>
#include <string>

#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/named_objects.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet {

using nlohmann::ordered_json;  // its objects keep the order of their keys

/// JSON as text. Bytes that are no UTF-8, as a path may hold, become U+FFFD.
[[nodiscard]] std::string dump(const ordered_json& value, int indent = -1);

namespace detail {

parsed_node to_node(const ordered_json& value, const std::string& source, int depth);

}  // namespace detail

/// The node of a JSON value, its strings and keys quoted, without places. Throws data_error,
/// beginning with `source`, where it is nested too deep.
[[nodiscard]] inline parsed_node to_node(const ordered_json& value, const std::string& source) {
  return detail::to_node(value, source, 0);
}

/// A described value from JSON, such as encode() gives. Throws data_error, beginning with `source`;
/// `what` names the value: "model.h5: optimizer.learning_rate must be a number, got a list". `own`
/// are the program's own objects that may be named.
template <described T>
[[nodiscard]] T decode_json(const ordered_json& value, const std::string& source,
                            const std::string& what, const named_objects& own = {}) {
  const decoder decode(source, decoder::positions::hidden, &own);
  return decode.template described_value<T>(to_node(value, source), what);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/describe/json.inl"
#endif
