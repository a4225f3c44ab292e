// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/describe/json.hpp"

#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::string dump(const ordered_json& value, int indent) {
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

SWEEPNET_INLINE parsed_node to_node(const ordered_json& value, const std::string& source,
                                    int depth) {
  const auto shared = [](parsed_node made) {
    return std::make_shared<parsed_node>(std::move(made));
  };
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
    if (value.is_object()) result.keys.push_back(shared(scalar_node(item.key(), true)));
    result.items.push_back(shared(to_node(item.value(), source, depth + 1)));
  }
  return result;
}

}  // namespace detail

}  // namespace sweepnet
