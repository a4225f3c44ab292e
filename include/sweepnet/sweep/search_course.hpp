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

#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_stages.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet {

/// An epoch's value as rules compare it: NaN where that or a loss is not finite. Throws
/// argument_error for a validation metric without validation rows.
[[nodiscard]] double compared_value(const epoch_record& record, metric compared);

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

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/search_course.inl"
#endif
