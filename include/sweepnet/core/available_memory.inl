// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/core/available_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

#include "sweepnet/core/control_groups.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

namespace detail {

/// The number behind `name` at the begin of a line, else none.
inline std::optional<std::uint64_t> number_behind(const std::filesystem::path& path,
                                                  const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, name.size(), name) != 0) continue;
    const std::size_t digits = line.find_first_not_of(" \t", name.size());
    if (digits == name.size() || digits == std::string::npos) continue;  // of a longer name
    std::uint64_t number = 0;
    if (std::istringstream(line.substr(digits)) >> number) return number;
  }
  return std::nullopt;
}

/// The number that a file begins with; none if it begins otherwise ("max").
inline std::optional<std::uint64_t> number_in(const std::filesystem::path& path) {
  std::uint64_t number = 0;
  if (std::ifstream(path) >> number) return number;
  return std::nullopt;
}

inline std::uint64_t difference_or_0(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

/// limit - (use - pages of files), if there is a limit.
inline std::optional<std::uint64_t> memory_left(const control_group& group) {
  const bool version_2 = group.version == 2;
  const auto limit =
      number_in(group.directory / (version_2 ? "memory.max" : "memory.limit_in_bytes"));
  const auto use =
      number_in(group.directory / (version_2 ? "memory.current" : "memory.usage_in_bytes"));
  if (!limit || !use) return limit;
  std::uint64_t file_pages = 0;
  for (const char* kind : {"inactive_file", "active_file"}) {
    const std::string name = version_2 ? kind : std::string("total_") + kind;
    file_pages += number_behind(group.directory / "memory.stat", name).value_or(0);
  }
  return difference_or_0(*limit, difference_or_0(*use, file_pages));
}

/// The limit on address space less its use.
inline std::optional<std::uint64_t> address_space_left(const std::filesystem::path& root) {
  const auto limit = number_behind(root / "proc/self/limits", "Max address space");
  const auto pages = number_in(root / "proc/self/statm");
  if (!limit || !pages) return std::nullopt;
  return difference_or_0(*limit, *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

SWEEPNET_INLINE std::string text_of_bytes(double bytes) {
  return bytes < 1e9 ? fmt::format("{:.1f} MB", bytes / 1e6)
                     : fmt::format("{:.2f} GB", bytes / 1e9);
}

}  // namespace detail

SWEEPNET_INLINE std::uint64_t available_memory(const std::string& root) {
  const std::filesystem::path below(root);
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  const auto keep = [&least](const std::optional<std::uint64_t>& bytes) {
    least = std::min(least, bytes.value_or(least));
  };
  const auto kibibytes = detail::number_behind(below / "proc/meminfo", "MemAvailable:");
  if (kibibytes) keep(*kibibytes * 1024);
  for_each_control_group(below, "memory",
                         [&](const control_group& group) { keep(detail::memory_left(group)); });
  keep(detail::address_space_left(below));
  return least;
}

SWEEPNET_INLINE void require_memory(double bytes, const std::string& what) {
  constexpr double little = 16 << 20;
  if (bytes < little) return;
  const auto available = static_cast<double>(available_memory());
  if (bytes <= available) return;
  throw configuration_error(fmt::format("{} takes {} of memory, {} are available", what,
                                        detail::text_of_bytes(bytes),
                                        detail::text_of_bytes(available)));
}

}  // namespace sweepnet
