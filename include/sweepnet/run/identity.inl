// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/identity.hpp"

#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet {

SWEEPNET_INLINE ordered_json run_identity::encoded() const {
  return {
      {"paramset", paramset}, {"data", data}, {"data_digest", data_digest}, {"version", version}};
}

namespace detail {

/// "KEY is THERE there, HERE here" for each key whose values differ, those of `paramset` one by
/// one.
inline std::vector<std::string> differences(const ordered_json& here, const ordered_json& there,
                                            const std::string& prefix = "") {
  std::vector<std::string> found;
  const auto value = [](const ordered_json& object, const std::string& key) {
    return object.is_object() && object.contains(key) ? object[key] : ordered_json();
  };
  const auto text = [](const ordered_json& v) { return v.is_null() ? "unset" : dump(v); };
  const auto compare = [&](const std::string& key) {
    const ordered_json ours = value(here, key);
    const ordered_json theirs = value(there, key);
    if (text(ours) == text(theirs)) return;
    if (key == "paramset") {
      const std::vector<std::string> inner = differences(ours, theirs, key + ".");
      found.insert(found.end(), inner.begin(), inner.end());
    } else {
      found.push_back(
          fmt::format("{}{} is {} there, {} here", prefix, key, text(theirs), text(ours)));
    }
  };
  for (const auto& item : here.items()) {
    if (prefix.empty() && item.key() == "data") continue;
    compare(item.key());
  }
  if (prefix.empty()) return found;  // a result file has further keys: they are no part of it
  for (const auto& item : there.items()) {
    if (!here.contains(item.key())) compare(item.key());
  }
  return found;
}

}  // namespace detail

SWEEPNET_INLINE void require_same_run(const run_identity& expected, const ordered_json& found,
                                      const std::string& source) {
  const std::vector<std::string> differences = detail::differences(expected.encoded(), found);
  if (differences.empty()) return;
  throw unusable_run(
      fmt::format("{}: belongs to another run: {}", source, join_text(differences, ", ")));
}

}  // namespace sweepnet
