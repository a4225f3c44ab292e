// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/split.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/random.hpp"

namespace sweepnet {

namespace detail {

/// What is validated on where nothing is said, as scikit-learn's train_test_split does.
inline constexpr double usual_validation_share = 0.25;

/// 0, 1, ..., count - 1 in an order that the seed decides: by a random number each.
inline std::vector<std::int64_t> drawn_order(std::uint64_t seed, std::int64_t count) {
  constexpr std::uint64_t stream = 0x73706c6974;  // "split": no other draws are at its counters
  std::vector<std::pair<std::uint64_t, std::int64_t>> keyed(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto low = static_cast<std::uint64_t>(i);
    keyed[static_cast<std::size_t>(i)] = {bits_of(random_at(seed, low, stream)), i};
  }
  std::ranges::sort(keyed);
  std::vector<std::int64_t> order;
  order.reserve(keyed.size());
  for (const auto& [key, i] : keyed) order.push_back(i);
  return order;
}

/// How many rows of each class validate: its share of `wanted`, rounded so that all together are
/// `wanted` (largest remainders first, then the first class); at least one row of each trains.
inline std::vector<std::int64_t> rows_of_classes(const std::vector<std::int64_t>& counts,
                                                 std::int64_t wanted) {
  const std::int64_t all = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  std::vector<std::int64_t> taken(counts.size());
  std::vector<std::pair<std::int64_t, std::size_t>> remainders;
  std::int64_t left = wanted;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const std::int64_t product = counts[c] * wanted;  // of less than 2^31 rows each
    taken[c] = product / all;
    left -= taken[c];
    remainders.emplace_back(-(product % all), c);
  }
  std::ranges::sort(remainders);
  for (const auto& [remainder, c] : remainders) {
    if (left > 0 && remainder < 0) ++taken[c], --left;
  }
  for (std::size_t c = 0; c < counts.size(); ++c) {
    taken[c] = std::min(taken[c], std::max<std::int64_t>(counts[c] - 1, 0));
  }
  return taken;
}

/// Marks the rows that validate, drawn one by one, or within each class where classes are given.
inline void draw_rows(std::span<const std::int32_t> classes, std::int64_t wanted,
                      std::uint64_t seed, std::vector<char>& validates) {
  const bool within_classes = !classes.empty();
  const auto order = drawn_order(seed, std::ssize(validates));
  std::vector<std::int64_t> left{wanted};
  if (within_classes) {
    std::vector<std::int64_t> counts;
    for (const std::int32_t c : classes) {
      if (c >= std::ssize(counts)) counts.resize(static_cast<std::size_t>(c) + 1);
      ++counts[static_cast<std::size_t>(c)];
    }
    left = rows_of_classes(counts, wanted);
  }
  for (const std::int64_t row : order) {
    const auto at = static_cast<std::size_t>(row);
    std::int64_t& rest = left[within_classes ? static_cast<std::size_t>(classes[at]) : 0];
    if (rest > 0) validates[at] = 1, --rest;
  }
}

/// Marks whole groups, drawn until they have as many rows as are wanted.
inline void draw_groups(std::span<const std::int32_t> groups, std::int64_t wanted,
                        std::uint64_t seed, std::vector<char>& validates) {
  const std::int32_t count = groups.empty() ? 0 : std::ranges::max(groups) + 1;
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(count));
  for (const std::int32_t g : groups) ++sizes[static_cast<std::size_t>(g)];
  std::vector<char> is_drawn(sizes.size());
  for (const std::int64_t g : drawn_order(seed, count)) {
    if (wanted <= 0) break;
    is_drawn[static_cast<std::size_t>(g)] = 1;
    wanted -= sizes[static_cast<std::size_t>(g)];
  }
  for (std::size_t row = 0; row < groups.size(); ++row) {
    validates[row] = is_drawn[static_cast<std::size_t>(groups[row])];
  }
}

}  // namespace detail

SWEEPNET_INLINE std::int64_t rows_before_validation(std::int64_t rows, double share) {
  return static_cast<std::int64_t>(std::floor(static_cast<double>(rows) * (1 - share)));
}

SWEEPNET_INLINE void require_both_sides(std::int64_t trained, std::int64_t rows, double share) {
  if (trained >= 1 && trained < rows) return;
  throw usage_error(fmt::format("a validation split of {} leaves no rows to {} of {}", share,
                                trained < 1 ? "train on" : "validate on", rows));
}

SWEEPNET_INLINE row_split split_rows(std::int64_t rows, std::span<const std::int32_t> classes,
                                     std::span<const std::int32_t> groups,
                                     const data_request& request) {
  const bool has_groups = !request.groups.empty();
  if (has_groups && request.stratify) {
    throw usage_error(
        "groups stay together, so rows cannot be drawn within classes as stratify "
        "asks");
  }
  if (request.stratify && classes.empty()) {
    throw usage_error(
        "real values have no classes within which rows can be drawn, as stratify asks");
  }
  const bool by_default = request.validation_split == 0;
  const double share = by_default ? detail::usual_validation_share : request.validation_split;
  const bool stands_open = by_default && !request.shuffle_split && !has_groups;
  const bool within_classes = request.stratify || (stands_open && !classes.empty());
  const bool drawn = within_classes || stands_open || has_groups || request.shuffle_split;
  const std::int64_t first = rows_before_validation(rows, share);
  std::vector<char> validates(static_cast<std::size_t>(rows));
  row_split split;
  if (has_groups) {
    detail::draw_groups(groups, rows - first, request.shuffle_split.value_or(0), validates);
    split.how = fmt::format("whole groups of '{}' drawn", request.groups);
  } else if (drawn) {
    detail::draw_rows(within_classes ? classes : std::span<const std::int32_t>{}, rows - first,
                      request.shuffle_split.value_or(0), validates);
    split.how = within_classes ? "drawn within each class" : "drawn";
  } else {
    std::fill(validates.begin() + first, validates.end(), 1);
    split.how = "the last rows";
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    (validates[static_cast<std::size_t>(row)] != 0 ? split.validation : split.train).push_back(row);
  }
  require_both_sides(std::ssize(split.train), rows, share);
  return split;
}

}  // namespace sweepnet
