// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The metrics that are no means over rows: they take all outputs together.

#include <span>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/task.hpp"
#include "sweepnet/training/metrics.hpp"

namespace sweepnet {

/// Whether the task has metrics that take all outputs.
[[nodiscard]] constexpr bool needs_all_outputs(task t) { return t != task::multiclass; }

/// The probability of each class, (rows x classes), from the outputs of a task of classes: of a
/// binary one 1 - p and p, else the outputs themselves.
[[nodiscard]] inline std::vector<float> class_probabilities(task t,
                                                            std::span<const float> outputs) {
  if (t != task::binary) return {outputs.begin(), outputs.end()};
  std::vector<float> probabilities;
  probabilities.reserve(2 * outputs.size());
  for (const float p : outputs) {
    probabilities.push_back(1 - p);
    probabilities.push_back(p);
  }
  return probabilities;
}

/// Adds them to the metrics that are means: AUC of a binary task, F1 of labels, R2 of values.
/// `outputs` (rows x outputs) are the network's for the rows' targets. Definitions are those of
/// scikit-learn's roc_auc_score, f1_score (zero_division=0) and r2_score: of a constant value R2 is
/// 1 where it is met exactly, else 0.
void add_output_scores(task t, std::span<const float> outputs, const labelled_rows& rows,
                       metrics& score);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/training/output_scores.inl"
#endif
