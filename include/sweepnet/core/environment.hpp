// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Environment variables as a value, so that what depends on them is a pure function.

#include <map>
#include <string>
#include <string_view>

namespace sweepnet {

using environment_map = std::map<std::string, std::string, std::less<>>;

/// The process environment, as `environ` lists it.
[[nodiscard]] inline environment_map read_environment(const char* const* entries) {
  environment_map environment;
  for (; *entries != nullptr; ++entries) {
    const std::string_view entry(*entries);
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return environment;
}

/// The variable's value, or empty where it is not set.
[[nodiscard]] inline std::string variable_or_empty(const environment_map& environment,
                                                   std::string_view name) {
  const auto entry = environment.find(name);
  return entry == environment.end() ? std::string() : entry->second;
}

}  // namespace sweepnet
