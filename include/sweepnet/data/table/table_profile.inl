// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/table_profile.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <exception>
#include <iterator>
#include <mutex>
#include <numeric>
#include <utility>

#include "sweepnet/core/call_on_threads.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/table/column_rules.hpp"
#include "sweepnet/data/table/fit_schema.hpp"
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

/// mean = 1/n sum x; deviation^2 = 1/n sum (x - mean)^2, in two passes.
inline number_summary summary_of(const std::vector<double>& numbers,
                                 const std::vector<double>& sorted) {
  const auto n = static_cast<double>(numbers.size());
  const double mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / n;
  double squares = 0;
  for (const double x : numbers) squares += (x - mean) * (x - mean);
  const std::size_t middle = sorted.size() / 2;
  return {.min = sorted.front(),
          .mean = mean,
          .deviation = std::sqrt(squares / n),
          .median = sorted.size() % 2 == 1 ? sorted[middle]
                                           : std::midpoint(sorted[middle - 1], sorted[middle]),
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

/// Calls body(i) for each i below `count`, several at a time.
template <class Body> void for_each_on_threads(std::size_t count, int threads, const Body& body) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&](int) {
    try {
      for (std::size_t i = next++; i < count; i = next++) body(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
  };
  if (threads > 1 && count > 1) {
    call_on_threads("a thread that looks at columns", std::min(threads, static_cast<int>(count)),
                    work, [] {});
  } else {
    work(0);
  }
  if (failure) std::rethrow_exception(failure);
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
  detail::for_each_on_threads(table.columns.size(), threads, [&](std::size_t c) {
    profile.columns[c] = detail::profile_column(table, table.columns[c], request, targets);
  });
  if (profile.target) profile.inputs = detail::count_inputs(table, request, profile.columns);
  add_suspicions(table, request, targets, profile);
  return profile;
}

}  // namespace sweepnet
