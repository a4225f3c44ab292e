// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How often and after what pause a request is tried again.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/patience.hpp"

namespace sweepnet::storage {

struct retry_policy {
  int attempts = 8;           ///< in all
  double first_pause = 0.2;   ///< seconds, at most; each further one may be twice as long
  double longest_pause = 20;  ///< seconds
};

/// With AWS_MAX_ATTEMPTS. Throws configuration_error.
[[nodiscard]] inline retry_policy make_retry_policy(const environment_map& environment) {
  retry_policy policy;
  const std::string text = variable_or_empty(environment, "AWS_MAX_ATTEMPTS");
  if (text.empty()) return policy;
  const auto attempts = parse_number<int>(text);
  if (!attempts || *attempts < 1) {
    throw configuration_error("AWS_MAX_ATTEMPTS must be an integer from 1, got '" + text + "'");
  }
  policy.attempts = *attempts;
  return policy;
}

/// Seconds to wait before try `attempt` + 1, `chance` being uniform in [0, 1): "full jitter", so
/// that the children of an array that failed together do not come back together.
///
///   pause = chance min(longest, first 2^(attempt - 1))
[[nodiscard]] inline double pause_after(const retry_policy& policy, int attempt, double chance) {
  return chance * std::min(policy.longest_pause, std::ldexp(policy.first_pause, attempt - 1));
}

/// Waits for the turn of try `attempt` + 1. False, where there is none: all tries are made, or the
/// thread's patience is over.
[[nodiscard]] inline bool wait_for_retry(const retry_policy& policy, int attempt) {
  if (attempt >= policy.attempts) return false;
  static thread_local std::minstd_rand random(std::random_device{}());
  const double chance = std::uniform_real_distribution<double>(0, 1)(random);
  return sleep_patiently(pause_after(policy, attempt, chance));
}

/// ", after 3 attempts", for the message of what was given up.
[[nodiscard]] inline std::string after_attempts(int attempts) {
  return ", after " + std::to_string(attempts) + (attempts == 1 ? " attempt" : " attempts");
}

}  // namespace sweepnet::storage
