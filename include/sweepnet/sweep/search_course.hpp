// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which runs of a sweep are trained next, how far, and which are stopped: a pure function of the
// rules and of what the runs so far gave. It goes through all that was decided from the beginning
// on and takes of each run's history only what was known then, so whoever asks, whenever, on
// whatever threads, after whichever kills, is told the same; runs that went further since change
// nothing.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/training/history.hpp"

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

/// An epoch's value as rules compare it: NaN where that or a loss is not finite. Throws
/// argument_error for a validation metric without validation rows.
[[nodiscard]] double compared_value(const epoch_record& record, metric compared);

/// A run to be trained until an epoch is finished.
struct run_leg {
  std::size_t run = 0;
  std::int64_t until = 0;
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

/// The stages up to the first that lacks results. Of new runs, a batch at a time is begun where a
/// target may end that.
[[nodiscard]] search_course course_of(const search_rules& rules, std::span<const searched_run> runs,
                                      std::span<const run_progress> progress);

/// The course if each run kept the rank of its position, and none ended by itself: of rules that
/// count, what any results come to. Not finished where that is more epochs than it goes through.
[[nodiscard]] search_course expected_course(const search_rules& rules,
                                            std::span<const searched_run> runs);

/// So many runs are begun at once where what they give decides whether others are.
inline constexpr std::size_t runs_begun_at_once = 8;

/// At which epoch a run that is trained until there waits to be compared; nothing where that is its
/// last.
[[nodiscard]] std::optional<early_stop> waiting_at(const search_rules& rules,
                                                   std::span<const searched_run> runs,
                                                   const run_leg& leg);

namespace detail {

/// A value as what is to be small; NaN stays.
[[nodiscard]] double loss_of(const search_rules& rules, double value);

/// What a rule decided by losses, in the metric's own sense.
[[nodiscard]] early_stop stop_of(const search_rules& rules, std::int64_t band, double loss,
                                 std::optional<double> threshold);

[[nodiscard]] std::int64_t longest_of(std::span<const searched_run> runs);

/// Whether one of the first `epochs` values is as good as the target.
[[nodiscard]] bool reaches_target(const search_rules& rules, const run_progress& progress,
                                  std::int64_t epochs);

}  // namespace detail

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/search_course.inl"
#endif
