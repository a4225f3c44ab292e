// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is known of a sweep's runs while they are compared, and what comes of that: plain values.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// A run that may be trained; its position in the sweep is what all here calls it.
struct searched_run {
  std::int64_t epochs = 1;  ///< that it has
  double epoch_cost = 1;    ///< multiply-adds of one
};

/// What is known of a run.
struct run_progress {
  std::vector<double> values{};  ///< of the compared metric, one an epoch; NaN: not finite
  bool over = false;             ///< by itself: it trains no further

  /// Whether it is as far, or over.
  [[nodiscard]] bool has_come_to(std::int64_t epoch) const {
    return over || std::ssize(values) >= epoch;
  }
};

/// A run to be trained until an epoch is finished.
struct run_leg {
  std::size_t run = 0;
  std::int64_t until = 0;
  std::optional<std::int64_t> bracket{};  ///< of hyperband
};

struct stopped_run {
  std::size_t run = 0;
  early_stop why{};
};

/// What can be trained on the results of the stages before.
struct search_stage {
  std::vector<run_leg> legs{};       ///< by position
  std::vector<stopped_run> stops{};  ///< what its results, once there, decided
};

struct search_course {
  std::vector<search_stage> stages{};
  std::vector<run_leg> ahead{};  ///< of a later stage, that wait for nothing of the last one
  bool finished = false;         ///< no results are missing, and nothing is left to train
};

namespace detail {

/// A value as what is to be small; NaN stays.
[[nodiscard]] inline double loss_of(const search_rules& rules, double value) {
  return std::isfinite(value) ? loss_sign(rules.compared) * value : std::nan("");
}

/// Of losses, or values, of each epoch the one that a run had when others came to an epoch: its
/// last, if it was over before, or NaN if it had none.
[[nodiscard]] inline double at_epoch(std::span<const double> each, std::int64_t epoch) {
  if (each.empty()) return std::nan("");
  return each[std::min(each.size(), static_cast<std::size_t>(epoch)) - 1];
}

/// What a rule decided by losses, in the metric's own sense.
[[nodiscard]] inline early_stop stop_of(const search_rules& rules, std::int64_t band, double loss,
                                        std::optional<double> threshold) {
  const double sign = loss_sign(rules.compared);
  early_stop stop{.by = name_of(rules.early),
                  .band = band,
                  .compared = rules.compared,
                  .value = sign * loss,
                  .judged = true};
  if (threshold) stop.threshold = sign * *threshold;
  return stop;
}

[[nodiscard]] inline std::int64_t longest_of(std::span<const searched_run> runs) {
  std::int64_t longest = 1;
  for (const searched_run& run : runs) longest = std::max(longest, run.epochs);
  return longest;
}

/// Whether one of the first `epochs` values is as good as the target.
[[nodiscard]] inline bool reaches_target(const search_rules& rules, const run_progress& progress,
                                         std::int64_t epochs) {
  if (!rules.target) return false;
  const auto known = std::min(progress.values.size(), static_cast<std::size_t>(epochs));
  return std::ranges::any_of(std::span(progress.values).first(known), [&](double value) {
    return loss_of(rules, value) <= loss_of(rules, *rules.target);
  });
}

}  // namespace detail

}  // namespace sweepnet
