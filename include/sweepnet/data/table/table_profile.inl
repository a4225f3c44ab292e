// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/table_profile.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <utility>

#include "sweepnet/core/call_on_threads.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/table/column_rules.hpp"
#include "sweepnet/data/table/fit_schema.hpp"
#include "sweepnet/data/table/moments.hpp"
#include "sweepnet/data/table/suspicions.hpp"
#include "sweepnet/data/table/table_places.hpp"

namespace sweepnet {

namespace detail {

inline constexpr std::size_t most_frequent_values = 5;

/// The values that are there most often, the first of those that are there equally often.
inline std::vector<value_count> most_frequent(const std::vector<std::string>& values,
                                              const std::vector<std::int64_t>& counts,
                                              std::int64_t rows) {
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t taken = std::min(order.size(), most_frequent_values);
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(taken),
                            [&](std::size_t a, std::size_t b) {
                              return std::pair(-counts[a], a) < std::pair(-counts[b], b);
                            });
  order.resize(taken);
  std::vector<value_count> most;
  for (const std::size_t i : order) {
    if (counts[i] > 0) most.push_back({values[i], counts[i], share_of(counts[i], rows)});
  }
  return most;
}

inline number_summary summary_of(const std::vector<double>& numbers,
                                 const std::vector<double>& sorted) {
  const moments of = moments_of(numbers);
  return {.min = sorted.front(),
          .mean = of.mean,
          .deviation = std::sqrt(of.variance),
          .median = median_of(sorted),
          .max = sorted.back()};
}

inline void profile_numbers(const raw_column& raw, std::int64_t rows, column_profile& profile) {
  std::vector<double> numbers;
  numbers.reserve(raw.numbers.size());
  for (const double x : raw.numbers) {
    if (!std::isnan(x)) numbers.push_back(x + 0.0);
  }
  std::vector<double> sorted = numbers;
  std::ranges::sort(sorted);
  profile.distinct =
      sorted.empty() ? 0
                     : 1 + std::inner_product(sorted.begin() + 1, sorted.end(), sorted.begin(),
                                              std::int64_t{0}, std::plus<>(),
                                              [](double a, double b) { return a != b ? 1 : 0; });
  profile.type = *profile.distinct == 0   ? profiled_type::empty
                 : *profile.distinct == 1 ? profiled_type::constant
                                          : profiled_type::number;
  profile.refused = sorted.empty();
  if (sorted.empty()) return;
  profile.numbers = summary_of(numbers, sorted);
  if (profile.type == profiled_type::constant) {
    profile.most_frequent = most_frequent({class_name(sorted.front())}, {std::ssize(sorted)}, rows);
  }
}

inline void profile_texts(const raw_column& raw, std::int64_t rows, bool are_meant,
                          column_profile& profile) {
  std::vector<std::int64_t> counts(raw.texts.size());
  for (const std::int32_t code : raw.codes) {
    if (code >= 0) ++counts[static_cast<std::size_t>(code)];
  }
  const auto distinct = std::ranges::count_if(counts, [](std::int64_t count) { return count > 0; });
  profile.distinct = distinct;
  profile.most_frequent = most_frequent(raw.texts, counts, rows);
  const text_use use = use_of(raw.texts, distinct, rows - profile.missing, are_meant);
  profile.refused = distinct == 0 || use != text_use::categories;
  if (distinct < 2) {
    profile.type = distinct == 0 ? profiled_type::empty : profiled_type::constant;
  } else if (use == text_use::categories) {
    profile.type = profiled_type::category;
  } else {
    profile.type = use == text_use::dates ? profiled_type::date : profiled_type::text;
  }
}

inline column_profile profile_column(const raw_table& table, const raw_column& raw,
                                     const data_request& request, const row_targets& targets) {
  column_profile profile{.name = raw.name};
  if (raw.was_skipped) return profile;
  profile.missing = raw.missing;
  profile.missing_share = share_of(raw.missing, table.rows);
  if (raw.has_too_many_texts) {
    profile.type = profiled_type::text;
    profile.refused = true;
  } else if (raw.is_number) {
    profile_numbers(raw, table.rows, profile);
  } else {
    profile_texts(raw, table.rows, is_category(raw, request), profile);
  }
  if (is_input(raw, request)) profile.telling = telling_of(raw, targets);
  return profile;
}

inline target_profile profile_target(const std::string& name, const row_targets& targets) {
  target_profile profile{.name = name, .kind = targets.kind};
  std::vector<std::int64_t> counts(targets.names.size());
  for (const std::int32_t c : targets.classes) {
    if (c >= 0) ++counts[static_cast<std::size_t>(c)];
  }
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) continue;
    profile.classes.push_back(
        {targets.names[c], counts[c], share_of(counts[c], std::ssize(targets.classes))});
  }
  return profile;
}

/// The inputs that fit_schema() makes of the columns that it does not refuse.
inline input_counts count_inputs(const raw_table& table, const data_request& request,
                                 const std::vector<column_profile>& columns) {
  input_counts counts;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const column_profile& column = columns[c];
    if (!is_input(table.columns[c], request)) continue;
    if (column.refused) {
      counts.refused.push_back(column.name);
      continue;
    }
    const bool is_number = table.columns[c].is_number;
    ++(is_number ? counts.numbers : counts.categories);
    counts.inputs += is_number ? 1 : *column.distinct;
    if (request.missing == missing_values::indicator && column.missing > 0) ++counts.inputs;
  }
  return counts;
}

}  // namespace detail

SWEEPNET_INLINE table_profile profile_table(const raw_table& table, const data_request& request,
                                            int threads) {
  detail::check_names(table, request);
  table_profile profile{.source = table.source, .rows = table.rows};
  row_targets targets;
  if (!request.target.empty()) {
    targets = targets_in(require_column(table, request.target, "target"));
    profile.target = detail::profile_target(request.target, targets);
  }
  profile.columns.resize(table.columns.size());
  for_each_on_threads(
      "a thread that looks at columns", threads, table.columns.size(), [&](std::size_t c) {
        profile.columns[c] = detail::profile_column(table, table.columns[c], request, targets);
      });
  if (profile.target) profile.inputs = detail::count_inputs(table, request, profile.columns);
  add_suspicions(table, request, targets, profile);
  return profile;
}

}  // namespace sweepnet
