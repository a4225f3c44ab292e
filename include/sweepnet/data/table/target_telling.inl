// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/target_telling.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>

#include "sweepnet/core/area_under_roc.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/table/column_rules.hpp"
#include "sweepnet/data/value_count.hpp"

namespace sweepnet {

namespace detail {

/// Of two classes separated by chance: with 5 of 20 rows it happens once in 15,504 columns.
inline constexpr std::int64_t fewest_rows_of_class = 5;

/// A value and the class of its row, by value.
using classed_values = std::vector<std::pair<double, std::int32_t>>;

/// Calls visit(span) with each run of equal values.
template <class Visit> void for_each_value(const classed_values& sorted, const Visit& visit) {
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto last = std::find_if(first, sorted.end(),
                                   [&](const auto& each) { return each.first != first->first; });
    visit(std::span(first, last));
    first = last;
  }
}

/// The values of a column, or the codes of its texts, in rows whose class is there.
inline classed_values classed(const raw_column& column, const row_targets& targets) {
  classed_values values;
  values.reserve(targets.classes.size());
  for (std::size_t row = 0; row < targets.classes.size(); ++row) {
    if (targets.classes[row] < 0 || is_missing(column, static_cast<std::int64_t>(row))) continue;
    values.emplace_back(column.is_number ? column.numbers[row] : column.codes[row],
                        targets.classes[row]);
  }
  std::ranges::sort(values);
  return values;
}

inline std::vector<std::int64_t> rows_by_class(const classed_values& values, std::size_t classes) {
  std::vector<std::int64_t> counts(classes);
  for (const auto& [value, of_row] : values) ++counts[static_cast<std::size_t>(of_row)];
  return counts;
}

inline std::optional<target_telling> auc_of(const classed_values& sorted,
                                            const std::vector<std::string>& names) {
  if (std::ssize(sorted) < few_rows) return std::nullopt;
  // Equal values share the mean of the ranks that they take together.
  std::vector<double> rank_sums(names.size());
  std::int64_t before = 0;
  for_each_value(sorted, [&](const auto& equal) {
    const auto count = std::ssize(equal);
    const double rank = static_cast<double>(before) + static_cast<double>(count + 1) / 2;
    for (const auto& each : equal) rank_sums[static_cast<std::size_t>(each.second)] += rank;
    before += count;
  });
  const std::vector<std::int64_t> counts = rows_by_class(sorted, names.size());
  std::optional<target_telling> best;
  for (std::size_t c = 0; c < names.size(); ++c) {
    const std::int64_t others = std::ssize(sorted) - counts[c];
    if (std::min(counts[c], others) < fewest_rows_of_class) continue;
    const double auc = area_of_ranks(rank_sums[c], counts[c], others);
    const double value = std::max(auc, 1 - auc);
    if (best && value <= best->value) continue;
    best = {.measure = telling_measure::auc, .value = value, .of_class = names[c]};
  }
  if (best && names.size() == 2) best->of_class.clear();
  return best;
}

inline std::optional<target_telling> told_rows(const classed_values& sorted, std::size_t classes) {
  classed_values repeated;
  std::int64_t told = 0;
  for_each_value(sorted, [&](const auto& equal) {
    if (equal.size() == 1) return;
    repeated.insert(repeated.end(), equal.begin(), equal.end());
    std::int64_t most = 0;
    std::int64_t in_a_row = 0;
    for (std::size_t i = 0; i < equal.size(); ++i) {  // classes ascend
      in_a_row = i > 0 && equal[i].second == equal[i - 1].second ? in_a_row + 1 : 1;
      most = std::max(most, in_a_row);
    }
    told += most;
  });
  const std::int64_t rows = std::ssize(repeated);
  if (rows < few_rows || 2 * rows < std::ssize(sorted)) return std::nullopt;
  const std::int64_t majority = std::ranges::max(rows_by_class(repeated, classes));
  if (rows - majority < fewest_rows_of_class || share_of(majority, rows) > tells_all) {
    return std::nullopt;
  }
  return target_telling{.measure = telling_measure::rows, .value = share_of(told, rows)};
}

/// r^2 = (sum (x - mean x)(y - mean y))^2 / (sum (x - mean x)^2 sum (y - mean y)^2)
inline std::optional<target_telling> r2_of(const raw_column& column, const row_targets& targets) {
  if (!column.is_number) return std::nullopt;
  std::vector<std::pair<double, double>> points;
  for (std::size_t row = 0; row < targets.values.size(); ++row) {
    const std::pair point(column.numbers[row], targets.values[row]);
    if (!std::isnan(point.first) && !std::isnan(point.second)) points.push_back(point);
  }
  if (std::ssize(points) < few_rows) return std::nullopt;
  double mean_x = 0;
  double mean_y = 0;
  for (const auto& [x, y] : points) mean_x += x, mean_y += y;
  mean_x /= static_cast<double>(points.size());
  mean_y /= static_cast<double>(points.size());
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const auto& [x, y] : points) {
    xx += (x - mean_x) * (x - mean_x);
    xy += (x - mean_x) * (y - mean_y);
    yy += (y - mean_y) * (y - mean_y);
  }
  const double r = xy / std::sqrt(xx) / std::sqrt(yy);  // xx * yy may be too large
  if (!std::isfinite(r)) return std::nullopt;
  return target_telling{.measure = telling_measure::r2, .value = r * r};
}

}  // namespace detail

SWEEPNET_INLINE row_targets targets_in(const raw_column& column) {
  if (column.was_skipped || column.has_too_many_texts) return {};
  if (!column.is_number) {
    return {.kind = target_kind::classes, .classes = column.codes, .names = column.texts};
  }
  detail::numbered_rows numbered = detail::numbered_rows_in(column);
  if (numbered.real_row >= 0 || numbered.are_too_many) {
    return {.kind = target_kind::real_values, .values = column.numbers};
  }
  return {.kind = target_kind::classes,
          .classes = std::move(numbered.classes),
          .names = std::move(numbered.names)};
}

SWEEPNET_INLINE std::optional<target_telling> telling_of(const raw_column& column,
                                                         const row_targets& targets) {
  if (column.was_skipped || column.has_too_many_texts) return std::nullopt;
  if (targets.kind == target_kind::real_values) return detail::r2_of(column, targets);
  if (targets.names.size() < 2) return std::nullopt;
  const detail::classed_values sorted = detail::classed(column, targets);
  const auto by_value = detail::told_rows(sorted, targets.names.size());
  if (!column.is_number) return by_value;
  const auto by_order = detail::auc_of(sorted, targets.names);
  const bool values_tell_more = by_value && by_value->value > tells_all;
  return values_tell_more && !(by_order && by_order->value > tells_all) ? by_value : by_order;
}

}  // namespace sweepnet
