// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What YAML says of a mapping's keys: none comes twice, and << brings in those of other mappings.
// Source: yaml.org/type/merge.html.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet::detail {

/// Throws data_error for a key that comes twice.
inline void check_keys(const parsed_node& mapping, const decoder& report) {
  std::map<std::string_view, int> line_of;
  for (const parsed_node& key : mapping.keys) {
    const auto [first, fresh] = line_of.emplace(key.text, key.line);
    if (!fresh) {
      report.fail(key,
                  fmt::format("duplicate key '{}', first at line {}", key.text, first->second));
    }
  }
}

/// Replaces << by those keys of its mapping, or of a list of mappings, that are not there yet; the
/// mapping's own come first, then those of the list's first.
inline void merge_keys(parsed_node& mapping, const decoder& report) {
  const auto is_merge = [](const parsed_node& key) { return key.text == "<<" && !key.quoted; };
  if (std::ranges::none_of(mapping.keys, is_merge)) return;
  parsed_node merged = mapping;
  merged.keys.clear();
  merged.items.clear();
  std::vector<parsed_node> bases;
  for (std::size_t i = 0; i < mapping.keys.size(); ++i) {
    if (!is_merge(mapping.keys[i])) {
      merged.keys.push_back(std::move(mapping.keys[i]));
      merged.items.push_back(std::move(mapping.items[i]));
    } else if (mapping.items[i].type == node_type::list) {
      bases = std::move(mapping.items[i].items);
    } else {
      bases.push_back(std::move(mapping.items[i]));
    }
  }
  std::set<std::string> present;
  for (const parsed_node& key : merged.keys) present.insert(key.text);
  for (const parsed_node& base : bases) {
    if (base.type != node_type::mapping) {
      report.fail(base, "<< must be a mapping or a list of mappings, got " + found(base));
    }
    for (std::size_t i = 0; i < base.keys.size(); ++i) {
      if (!present.insert(base.keys[i].text).second) continue;
      merged.keys.push_back(base.keys[i]);
      merged.items.push_back(base.items[i]);
    }
  }
  mapping = std::move(merged);
}

}  // namespace sweepnet::detail
