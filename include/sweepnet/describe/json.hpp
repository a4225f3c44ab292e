// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON as all rooms mean it, and its way through nodes to values of any described type: the inverse
// of encode.hpp.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/named_objects.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet {

using nlohmann::ordered_json;  // its objects keep the order of their keys

/// JSON as text. Bytes that are no UTF-8, as a path may hold, become U+FFFD.
[[nodiscard]] inline std::string dump(const ordered_json& value, int indent = -1) {
  return value.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

namespace detail {

inline parsed_node scalar_node(std::string text, bool quoted) {
  return {.type = node_type::scalar, .quoted = quoted, .text = std::move(text)};
}

/// The node of a number, true or false: its text as JSON has it, with every digit of an integer and
/// the shortest of a real. NaN and the infinities are null.
inline parsed_node plain_node(const ordered_json& value) {
  std::string text = value.dump();
  return text == "null" ? parsed_node{} : scalar_node(std::move(text), false);
}

inline parsed_node to_node(const ordered_json& value, const std::string& source, int depth) {
  if (value.is_null()) return {};
  if (value.is_boolean() || value.is_number()) return plain_node(value);
  if (value.is_string()) return scalar_node(value.get<std::string>(), true);
  if (!value.is_structured()) throw data_error(source + ": a value that is no JSON");
  if (depth == deepest_nesting) {
    throw data_error(
        fmt::format("{}: values are nested more than {} deep", source, deepest_nesting));
  }
  parsed_node result{.type = value.is_array() ? node_type::list : node_type::mapping};
  for (const auto& item : value.items()) {
    if (value.is_object()) result.keys.push_back(scalar_node(item.key(), true));
    result.items.push_back(to_node(item.value(), source, depth + 1));
  }
  return result;
}

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
