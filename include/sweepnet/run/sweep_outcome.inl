// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/sweep_outcome.hpp"

#include <algorithm>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE ranked_runs sweep_outcome::ranked() const& {
  std::vector<const sweep_run*> with_value;
  for (const sweep_run& run : runs) {
    if (run.value_of(monitor)) with_value.push_back(&run);
  }
  std::ranges::stable_sort(with_value, [&](const sweep_run* a, const sweep_run* b) {
    return is_better(*a->value_of(monitor), *b->value_of(monitor), monitor);
  });
  return ranked_runs(std::move(with_value));
}

}  // namespace sweepnet
