// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What came of runs, as a search that learns takes it from their course.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_course.hpp"
#include "sweepnet/sweep/searched_points.hpp"

namespace sweepnet {

/// Of each run of a course that is finished: its best value, and up to where it was stopped.
[[nodiscard]] std::vector<told_run> told_by(const search_rules& rules, const search_course& course,
                                            std::span<const run_progress> progress);

/// Whether one of them has reached the target, if there is one.
[[nodiscard]] bool is_target_reached(const search_rules& rules, std::span<const told_run> told);

/// The runs of a sweep that are not known before something is told of earlier ones.
struct later_runs {
  std::function<std::size_t()> known{};  ///< indices below are known
  std::function<void(const std::vector<told_run>&)> tell{};
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/told_runs.inl"
#endif
