// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Mean, variance and median of numbers, in double precision and a fixed order.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <vector>

namespace sweepnet::detail {

struct moments {
  double mean = 0;
  double variance = 0;  ///< of the population
};

/// mean = 1/n sum x; variance = 1/n sum (x - mean)^2, in two passes, of the numbers and `more` that
/// are `fill`.
inline moments moments_of(const std::vector<double>& numbers, std::size_t more = 0,
                          double fill = 0) {
  const auto n = static_cast<double>(numbers.size() + more);
  const auto fills = static_cast<double>(more);
  const double mean = std::accumulate(numbers.begin(), numbers.end(), fills * fill) / n;
  double squares = fills * (fill - mean) * (fill - mean);
  for (const double x : numbers) squares += (x - mean) * (x - mean);
  return {.mean = mean, .variance = squares / n};
}

/// The middle one, or the mean of the two in the middle.
inline double median_of(std::vector<double> numbers) {
  const auto middle = numbers.begin() + std::ssize(numbers) / 2;
  std::ranges::nth_element(numbers, middle);
  if (numbers.size() % 2 == 1) return *middle;
  return std::midpoint(*std::max_element(numbers.begin(), middle), *middle);
}

}  // namespace sweepnet::detail
