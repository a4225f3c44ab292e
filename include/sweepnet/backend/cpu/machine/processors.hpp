// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many processors this process may use: those of its affinity mask, within the CPU quota of
// its container. A thread more than that makes all others wait while it is throttled.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <thread>

#include "sweepnet/core/control_groups.hpp"
#include "sweepnet/core/error.hpp"

#if defined(__linux__)
#include <sched.h>
#endif

namespace sweepnet {

namespace detail {

inline std::optional<double> quota_of(double quota, double period) {
  return quota > 0 && period > 0 ? std::optional(quota / period) : std::nullopt;
}

/// Version 2: "max 100000" or "150000 100000".
inline std::optional<double> quota_v2(const std::filesystem::path& group) {
  std::ifstream file(group / "cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max") return std::nullopt;
  return quota_of(std::strtod(quota.c_str(), nullptr), period);
}

/// Version 1: two files; a quota of -1 is none.
inline std::optional<double> quota_v1(const std::filesystem::path& group) {
  double quota = 0;
  double period = 0;
  std::ifstream(group / "cpu.cfs_quota_us") >> quota;
  std::ifstream(group / "cpu.cfs_period_us") >> period;
  return quota_of(quota, period);
}

}  // namespace detail

/// The smallest CPU quota, in processors, of this process's control group and those above it; none
/// without a limit. Looks below `root` ("/" but in tests).
[[nodiscard]] inline std::optional<double> cpu_quota(const std::filesystem::path& root = "/") {
  std::optional<double> smallest;
  for_each_control_group(root, "cpu", [&smallest](const control_group& group) {
    const auto quota =
        group.version == 2 ? detail::quota_v2(group.directory) : detail::quota_v1(group.directory);
    if (quota && (!smallest || *quota < *smallest)) smallest = quota;
  });
  return smallest;
}

/// Processors of the affinity mask.
[[nodiscard]] inline int affine_processors() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// `threads` if positive, else, for 0, the number of processors that this process may use. Throws
/// argument_error for any number outside [0, 4096].
[[nodiscard]] inline int usable_threads(int threads) {
  if (threads < 0 || threads > 4096) {
    throw argument_error("threads must be in [0, 4096], got " + std::to_string(threads));
  }
  if (threads > 0) return threads;
  const int processors = affine_processors();
  const double quota = cpu_quota().value_or(std::numeric_limits<double>::infinity());
  // A share of a processor counts as one: a quota of 1.5 runs two threads, throttled at times.
  return static_cast<int>(std::min<double>(processors, std::max(1.0, std::ceil(quota))));
}

}  // namespace sweepnet
