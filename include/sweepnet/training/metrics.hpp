// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a pass over labelled rows gives.

#include <algorithm>
#include <cstdint>

#include "sweepnet/core/exact_math.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// Means over the rows seen, each batch weighted by its size.
struct metrics {
  double loss = 0;
  double accuracy = 0;
};

/// How far a pass over some rows has come: sums over the rows done, so that it can be left after
/// any step and taken up again.
struct pass_progress {
  std::int64_t rows = 0;
  double loss = 0;  ///< summed over the rows
  std::int64_t correct = 0;

  void add(std::int64_t more_rows, double more_loss, std::int64_t more_correct) {
    rows += more_rows;
    loss += more_loss;
    correct += more_correct;
  }
  [[nodiscard]] metrics mean() const {
    const double n = static_cast<double>(std::max<std::int64_t>(rows, 1));
    return {.loss = loss / n, .accuracy = static_cast<double>(correct) / n};
  }
};

}  // namespace sweepnet
SWEEPNET_END_EXACT;
