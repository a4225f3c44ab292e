// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How well a number tells whether something holds.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

namespace sweepnet {

/// A number, and whether it holds there.
using told_truth = std::pair<float, bool>;

/// Mann and Whitney's (R - n (n + 1) / 2) / (n m), with R the sum of the ranks of the n numbers
/// where it holds, and m others; equal numbers share the mean of their ranks.
[[nodiscard]] inline double area_of_ranks(double rank_sum, std::int64_t holding,
                                          std::int64_t others) {
  const auto n = static_cast<double>(holding);
  return (rank_sum - n * (n + 1) / 2) / (n * static_cast<double>(others));
}

/// The area under the ROC curve: how often the number is larger where it holds than where it does
/// not, with one half for equal ones. Sorts `told`. NaN where all hold or none does, or a number is
/// NaN.
[[nodiscard]] inline double area_under_roc(std::vector<told_truth>& told) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (std::ranges::any_of(told, [](const told_truth& t) { return std::isnan(t.first); })) {
    return none;
  }
  std::ranges::sort(told);
  std::int64_t twice_ranks = 0;  // of those that hold, exactly
  std::int64_t holding = 0;
  for (auto first = told.begin(); first != told.end();) {
    const auto last = std::find_if(first, told.end(),
                                   [&](const auto& each) { return each.first != first->first; });
    const auto hold = std::count_if(first, last, [](const auto& each) { return each.second; });
    const auto before = first - told.begin();
    twice_ranks += hold * (2 * before + (last - first) + 1);
    holding += hold;
    first = last;
  }
  const std::int64_t others = std::ssize(told) - holding;
  if (holding == 0 || others == 0) return none;
  return area_of_ranks(static_cast<double>(twice_ranks) / 2, holding, others);
}

}  // namespace sweepnet
