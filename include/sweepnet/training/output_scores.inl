// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/training/output_scores.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "sweepnet/core/area_under_roc.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/network/losses/binary_crossentropy.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace detail {

inline double auc_of_outputs(std::span<const float> outputs, const labelled_rows& rows) {
  std::vector<told_truth> told;
  told.reserve(outputs.size());
  for (std::size_t r = 0; r < outputs.size(); ++r) {
    told.emplace_back(outputs[r], rows.labels[r] != 0);
  }
  return area_under_roc(told);
}

/// How often a label holds and is found, is found where it does not hold, and is missed.
struct label_counts {
  std::int64_t found = 0;
  std::int64_t wrong = 0;
  std::int64_t missed = 0;

  /// 2 found / (2 found + wrong + missed)
  [[nodiscard]] double f1() const {
    const std::int64_t all = 2 * found + wrong + missed;
    return all == 0 ? 0 : 2 * static_cast<double>(found) / static_cast<double>(all);
  }
};

inline void add_f1(std::span<const float> outputs, const labelled_rows& rows, metrics& score) {
  const auto width = static_cast<std::size_t>(rows.values.width);
  std::vector<label_counts> labels(width);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    label_counts& label = labels[i % width];
    const bool holds = rows.values.elements[i] != 0;
    if (says_yes(outputs[i])) {
      ++(holds ? label.found : label.wrong);
    } else if (holds) {
      ++label.missed;
    }
  }
  label_counts all;
  for (const label_counts& label : labels) {
    all.found += label.found;
    all.wrong += label.wrong;
    all.missed += label.missed;
    score.f1_macro += label.f1() / static_cast<double>(width);
  }
  score.f1_micro = all.f1();
}

/// 1 - sum (t - y)^2 / sum (t - mean t)^2, the mean over the values of a row.
inline double r2_of_outputs(std::span<const float> outputs, const labelled_rows& rows) {
  const auto width = static_cast<std::size_t>(rows.values.width);
  const std::vector<float>& values = rows.values.elements;
  const auto n = static_cast<double>(values.size() / width);
  double sum = 0;
  for (std::size_t k = 0; k < width; ++k) {
    double mean = 0;
    for (std::size_t i = k; i < values.size(); i += width) mean += values[i];
    mean /= n;
    double missed = 0;
    double spread = 0;
    for (std::size_t i = k; i < values.size(); i += width) {
      missed += (double{values[i]} - outputs[i]) * (double{values[i]} - outputs[i]);
      spread += (values[i] - mean) * (values[i] - mean);
    }
    sum += spread != 0 ? 1 - missed / spread : missed != 0 ? 0 : 1;
  }
  return sum / static_cast<double>(width);
}

}  // namespace detail

SWEEPNET_INLINE void add_output_scores(task t, std::span<const float> outputs,
                                       const labelled_rows& rows, metrics& score) {
  switch (t) {
    case task::multiclass: return;
    case task::binary: score.auc = detail::auc_of_outputs(outputs, rows); return;
    case task::multilabel: detail::add_f1(outputs, rows, score); return;
    case task::regression: score.r2 = detail::r2_of_outputs(outputs, rows); return;
  }
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
