// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a pass over rows gives.

#include <algorithm>
#include <cstdint>

#include "sweepnet/core/exact_math.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// Of the rows seen; which of them a task has, metrics_of() tells, the others are 0. Real values
/// are those of before any standardisation, losses those of after.
struct metrics {
  double loss = 0;      ///< mean, each batch weighted by its size
  double accuracy = 0;  ///< share of the rows that are right; of several labels, in each of them
  double auc = 0;       ///< area under the ROC curve, ties by mid-ranks; NaN without both classes
  double f1_micro = 0;  ///< of all labels taken together
  double f1_macro = 0;  ///< mean of the labels' F1; 0 for one that is neither there nor found
  double mae = 0;       ///< mean absolute error
  double mse = 0;       ///< mean squared error
  double r2 = 0;        ///< coefficient of determination, mean over the values of a row
};

/// Sums over rows, from which the metrics come that are means.
struct score_sums {
  double loss = 0;
  std::int64_t correct = 0;
  double absolute = 0;  ///< errors
  double squared = 0;

  void add(const score_sums& more) {
    loss += more.loss;
    correct += more.correct;
    absolute += more.absolute;
    squared += more.squared;
  }
};

/// How far a pass over some rows has come: sums over the rows done, so that it can be left after
/// any step and taken up again.
struct pass_progress {
  std::int64_t rows = 0;
  score_sums sums{};

  void add(std::int64_t more_rows, const score_sums& more) {
    rows += more_rows;
    sums.add(more);
  }
  [[nodiscard]] metrics mean() const {
    const double n = static_cast<double>(std::max<std::int64_t>(rows, 1));
    return {.loss = sums.loss / n,
            .accuracy = static_cast<double>(sums.correct) / n,
            .mae = sums.absolute / n,
            .mse = sums.squared / n};
  }
};

}  // namespace sweepnet
SWEEPNET_END_EXACT;
