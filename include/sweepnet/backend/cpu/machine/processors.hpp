// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many processors this process may use: those of its affinity mask, within the CPU quota of
// its container and what an orchestrator gave it. A thread more than that makes all others wait
// while it is throttled, or takes the time of neighbours that take it back.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "sweepnet/core/control_groups.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"

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

/// What the CPU weight of this process' control group stands for, in processors, where it says what
/// a Kubernetes pod requested; none where it requested nothing. Looks below `root` ("/" but in
/// tests). Runtimes make weights of requests by two formulas: this takes the one that gives more.
[[nodiscard]] inline std::optional<double> requested_processors(
    const std::filesystem::path& root = "/") {
  std::optional<double> shares;
  for_each_control_group(root, "cpu", [&shares](const control_group& group) {
    if (shares) return;  // by the innermost group that has a weight
    double number = 0;
    if (group.version == 1) {
      if (std::ifstream(group.directory / "cpu.shares") >> number) shares = number;
    } else if (std::ifstream(group.directory / "cpu.weight") >> number) {
      shares = 2 + (number - 1) * 262142 / 9999;  // from [1, 10000] to [2, 262144]
    }
  });
  constexpr double of_a_processor = 1024;
  constexpr double of_no_request = 2;
  if (!shares || *shares <= of_no_request) return std::nullopt;
  return *shares / of_a_processor;
}

/// Processors that somebody gave this process who divides the machine among its neighbours, too.
struct processor_grant {
  double processors;
  std::string by;  ///< for people
};

/// How many threads to start where nobody asked for a number, and why no more: empty where they are
/// all processors of the affinity mask.
struct thread_choice {
  int threads;
  std::string reason;
};

/// The processors of the affinity mask, but no more than the quota or the grant, rounded up: a
/// quota of 1.5 runs two threads, throttled at times. A weight (docker run --cpu-shares) is no
/// bound: it counts only while others compete, and on a quiet machine all of it may be used.
[[nodiscard]] inline thread_choice choose_threads(
    const std::optional<processor_grant>& grant = std::nullopt,
    const std::filesystem::path& root = "/") {
  const int processors = affine_processors();
  thread_choice choice{.threads = processors, .reason = ""};
  const auto bound = [&](double by, const std::string& whose) {
    const double most = std::max(1.0, std::ceil(by));
    if (most >= choice.threads) return;
    choice.threads = static_cast<int>(most);
    choice.reason =
        fmt::format("{} of {} processors: {} {:.4g}", choice.threads, processors, whose, by);
  };
  if (const auto quota = cpu_quota(root)) bound(*quota, "the control group's quota is");
  if (grant) bound(grant->processors, grant->by);
  return choice;
}

/// `threads` if positive, else, for 0, as many as choose_threads() does without a grant. Throws
/// argument_error for any number outside [0, 4096].
[[nodiscard]] inline int usable_threads(int threads) {
  if (threads < 0 || threads > 4096) {
    throw argument_error("threads must be in [0, 4096], got " + std::to_string(threads));
  }
  return threads > 0 ? threads : choose_threads().threads;
}

}  // namespace sweepnet
