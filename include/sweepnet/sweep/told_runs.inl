// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/told_runs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::vector<told_run> told_by(const search_rules& rules,
                                              const search_course& course,
                                              std::span<const run_progress> progress) {
  std::vector<told_run> told(progress.size());
  for (const search_stage& stage : course.stages) {
    for (const stopped_run& stop : stage.stops) told[stop.run].stopped_after = stop.why.band;
  }
  for (std::size_t i = 0; i < told.size(); ++i) {
    const std::int64_t all = std::ssize(progress[i].values);
    const std::int64_t counted = std::min(told[i].stopped_after.value_or(all), all);
    for (const double value :
         std::span(progress[i].values).first(static_cast<std::size_t>(counted))) {
      if (!std::isfinite(value)) continue;
      double& best = told[i].best;
      if (std::isnan(best) || is_better(value, best, rules.compared)) best = value;
    }
  }
  return told;
}

SWEEPNET_INLINE bool is_target_reached(const search_rules& rules, std::span<const told_run> told) {
  return rules.target && std::ranges::any_of(told, [&](const told_run& run) {
           return detail::loss_of(rules, run.best) <= detail::loss_of(rules, *rules.target);
         });
}

}  // namespace sweepnet
