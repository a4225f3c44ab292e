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
#include "sweepnet/describe/node.hpp"

namespace sweepnet {

/// JSON whose objects keep the order of their keys.
using json = nlohmann::ordered_json;

/// JSON as text. Bytes that are no UTF-8, as a path may hold, become U+FFFD.
[[nodiscard]] inline std::string dump(const json& value, int indent = -1) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

namespace detail {

inline node to_node(const json& value, const std::string& source, int depth) {
  node result;
  const auto open = [&](node_type type) {
    if (depth == deepest_nesting) {
      throw data_error(
          fmt::format("{}: values are nested more than {} deep", source, deepest_nesting));
    }
    result.type = type;
  };
  switch (value.type()) {
    case json::value_t::null: break;
    case json::value_t::array:
      open(node_type::list);
      for (const json& item : value) result.items.push_back(to_node(item, source, depth + 1));
      break;
    case json::value_t::object:
      open(node_type::mapping);
      for (const auto& [key, item] : value.items()) {
        result.keys.push_back({.type = node_type::scalar, .quoted = true, .text = key});
        result.items.push_back(to_node(item, source, depth + 1));
      }
      break;
    case json::value_t::string:
      result.type = node_type::scalar;
      result.quoted = true;
      result.text = value.get_ref<const std::string&>();
      break;
    case json::value_t::boolean:
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float: {
      // Its text as JSON has it: every digit of an integer, the shortest of a real; of NaN and the
      // infinities null.
      std::string text = value.dump();
      if (text == "null") break;
      result.type = node_type::scalar;
      result.text = std::move(text);
      break;
    }
    default: throw data_error(source + ": a value that is no JSON");
  }
  return result;
}

}  // namespace detail

/// The node of a JSON value, its strings and keys quoted, without places. Throws data_error,
/// beginning with `source`, where it is nested too deep.
[[nodiscard]] inline node to_node(const json& value, const std::string& source) {
  return detail::to_node(value, source, 0);
}

/// A described value from JSON, such as encode() gives. Throws data_error, beginning with `source`;
/// `what` names the value: "model.h5: optimizer.learning_rate must be a number, got a list".
template <described T>
[[nodiscard]] T decode_json(const json& value, const std::string& source, const std::string& what) {
  const decoder decode(source, decoder::positions::hidden);
  return decode.template described_value<T>(to_node(value, source), what);
}

}  // namespace sweepnet
