// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What YAML says of a mapping's keys: none comes twice, and << brings in those of other mappings.
// Source: yaml.org/type/merge.html.

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>

#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/decode.hpp"
#include "sweepnet/describe/parsed_node.hpp"

namespace sweepnet::detail {

/// Throws data_error for a key that comes twice.
inline void check_keys(const parsed_node& mapping, const decoder& report) {
  std::map<std::string_view, int> line_of;
  for (const shared_node& key : mapping.keys) {
    const auto [first, fresh] = line_of.emplace(key->text, key->line);
    if (!fresh) {
      report.fail(*key,
                  fmt::format("duplicate key '{}', first at line {}", key->text, first->second));
    }
  }
}

/// Replaces << by those keys of its mapping, or of a list of mappings, that are not there yet; the
/// mapping's own come first, then those of the list's first. How many keys it brings in.
inline std::size_t merge_keys(parsed_node& mapping, const decoder& report) {
  const auto merge = std::ranges::find_if(
      mapping.keys, [](const shared_node& key) { return key->text == "<<" && !key->quoted; });
  if (merge == mapping.keys.end()) return 0;
  const auto at = merge - mapping.keys.begin();
  const shared_node base = mapping.items[static_cast<std::size_t>(at)];
  mapping.keys.erase(merge);
  mapping.items.erase(mapping.items.begin() + at);
  std::set<std::string_view> present;
  for (const shared_node& key : mapping.keys) present.insert(key->text);
  const std::size_t own = mapping.keys.size();
  const auto bring_in = [&](const parsed_node& from) {
    if (from.type != node_type::mapping) {
      report.fail(from, "<< must be a mapping or a list of mappings, got " + found(from));
    }
    for (std::size_t i = 0; i < from.keys.size(); ++i) {
      if (!present.insert(from.keys[i]->text).second) continue;
      mapping.keys.push_back(from.keys[i]);
      mapping.items.push_back(from.items[i]);
    }
  };
  if (base->type == node_type::list) {
    for (const shared_node& each : base->items) bring_in(*each);
  } else {
    bring_in(*base);
  }
  return mapping.keys.size() - own;
}

}  // namespace sweepnet::detail
