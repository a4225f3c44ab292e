// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/parameter_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/distribution_reader.hpp"

namespace sweepnet::detail {

/// ^[A-Za-z_][A-Za-z0-9_.-]*$
inline bool is_parameter_name(std::string_view name) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  constexpr std::string_view others = "0123456789.-";
  return !name.empty() && letters.find(name.front()) != letters.npos &&
         std::ranges::all_of(name, [&](char c) {
           return letters.find(c) != letters.npos || others.find(c) != others.npos;
         });
}

/// The keys of a dotted name. Throws where there is nothing between two dots.
inline std::vector<std::string> path_of(const std::string& name, const parsed_node& key,
                                        const decoder& report) {
  std::vector<std::string> path;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    path.push_back(name.substr(at, end - at));
    if (path.back().empty()) {
      report.fail(key, fmt::format("parameter {}: expected a key on each side of a dot", name));
    }
    at = end + 1;
  }
  return path;
}

inline void read_parameters_below(const std::string& before, const parsed_node& mapping,
                                  bool in_file_order, const decoder& report,
                                  std::vector<std::string>& notes,
                                  std::vector<space_parameter>& read) {
  std::vector<std::size_t> order(mapping.keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!in_file_order) {
    std::ranges::sort(order, {}, [&](std::size_t i) { return mapping.keys[i]->text; });
  }
  for (const std::size_t i : order) {
    const shared_node& key = mapping.keys[i];
    const parsed_node& value = *mapping.items[i];
    if (!is_parameter_name(key->text)) {
      report.fail(*key, fmt::format("a parameter's name must be letters, digits, '_', '.' and "
                                    "'-', a letter or '_' first, got {}",
                                    found(*key)));
    }
    const std::string name = before.empty() ? key->text : before + "." + key->text;
    if (value.type != node_type::mapping) {
      report.fail(value.type == node_type::null ? *key : value,
                  fmt::format("parameter {} must be a mapping, such as {{value: ...}} or "
                              "{{values: [...]}}, got {}",
                              name, found(value)));
    }
    const auto inner = std::ranges::find_if(
        value.keys, [](const shared_node& each) { return each->text == "parameters"; });
    if (inner == value.keys.end()) {
      read.push_back({.name = name,
                      .path = path_of(name, *key, report),
                      .key = key,
                      .values = read_distribution(name, *key, value, report, notes)});
      if (key->text.find('.') != std::string::npos) {
        notes.push_back(fmt::format("parameter {0}: read as {1} within {2}", name,
                                    name.substr(name.rfind('.') + 1),
                                    name.substr(0, name.rfind('.'))));
      }
      continue;
    }
    if (value.keys.size() > 1) {
      report.fail(*key,
                  fmt::format("parameter {}: parameters stand alone, without other keys", name));
    }
    const parsed_node& nested = *value.items[static_cast<std::size_t>(inner - value.keys.begin())];
    if (nested.type != node_type::mapping || nested.keys.empty()) {
      report.fail(nested, fmt::format("parameter {}: parameters must be a mapping of at least one, "
                                      "got {}",
                                      name, found(nested)));
    }
    read_parameters_below(name, nested, in_file_order, report, notes, read);
  }
}

SWEEPNET_INLINE std::vector<space_parameter> read_parameters(const parsed_node& mapping,
                                                             bool in_file_order,
                                                             const decoder& report,
                                                             std::vector<std::string>& notes) {
  if (mapping.type != node_type::mapping || mapping.keys.empty()) {
    report.fail(mapping, "parameters must be a mapping of at least one, got " +
                             (mapping.keys.empty() && mapping.type == node_type::mapping
                                  ? std::string("none")
                                  : found(mapping)));
  }
  std::vector<space_parameter> read;
  read_parameters_below("", mapping, in_file_order, report, notes, read);
  return read;
}

}  // namespace sweepnet::detail
