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
#include <optional>
#include <span>

#include "sweepnet/sweep/asha_course.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_stages.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet {

/// An epoch's value as rules compare it: NaN where that or a loss is not finite. Throws
/// argument_error for a validation metric without validation rows.
[[nodiscard]] double compared_value(const epoch_record& record, metric compared);

/// The stages up to the first that lacks results. Of new runs, search_rules::at_once at a time are
/// begun where a target may end that.
[[nodiscard]] search_course course_of(const search_rules& rules, std::span<const searched_run> runs,
                                      std::span<const run_progress> progress);

/// The same course as results come, for whoever asks after each of them. Rules and runs must
/// outlive it.
class growing_course {
 public:
  growing_course(const search_rules& rules, std::span<const searched_run> runs);

  /// As course_of(); `progress` has what it had before, and perhaps more. Its stages are those that
  /// it gave before and others behind them; of the former only the last may have more stops.
  [[nodiscard]] const search_course& at(std::span<const run_progress> progress);

 private:
  const search_rules* rules_;
  std::span<const searched_run> runs_;
  std::optional<detail::asha_simulation> simulation_{};
  search_course course_{};  ///< where nothing is simulated
};

/// The course if each run kept the rank of its position, and none ended by itself: of rules that
/// count, what any results come to. Not finished where that is more epochs than it goes through.
[[nodiscard]] search_course expected_course(const search_rules& rules,
                                            std::span<const searched_run> runs);

/// How the run of a leg waits to be compared at its end; nothing where that is the run's.
[[nodiscard]] std::optional<early_stop> waiting_at(const search_rules& rules,
                                                   const searched_run& run, const run_leg& leg);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/search_course.inl"
#endif
