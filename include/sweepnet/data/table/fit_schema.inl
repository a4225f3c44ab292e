// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/fit_schema.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/table/column_rules.hpp"
#include "sweepnet/data/table/moments.hpp"
#include "sweepnet/data/table/table_places.hpp"

namespace sweepnet {

namespace detail {

/// The numbers of a column in some rows, without those that are missing.
inline std::vector<double> numbers_in(const raw_column& column,
                                      std::span<const std::int64_t> rows) {
  std::vector<double> numbers;
  numbers.reserve(rows.size());
  for (const std::int64_t row : rows) {
    const double number = column.numbers[static_cast<std::size_t>(row)];
    if (!std::isnan(number)) numbers.push_back(number);
  }
  return numbers;
}

/// The most frequent one, the smallest of several.
inline double mode_of(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  double best = numbers.front();
  std::ptrdiff_t most = 0;
  for (auto first = numbers.begin(); first != numbers.end();) {
    const auto last = std::upper_bound(first, numbers.end(), *first);
    if (last - first > most) best = *first, most = last - first;
    first = last;
  }
  return best;
}

/// Of the numbers, with `missing` more that are filled.
inline void fit_scale(const raw_table& table, table_column& column,
                      const std::vector<double>& numbers, std::size_t missing) {
  const auto [mean, variance] = moments_of(numbers, missing, column.fill.value_or(0));
  if (!std::isfinite(variance)) {
    throw data_error(
        fmt::format("{}: column '{}' has numbers that are too large to be standardised",
                    table.source, csv::shown_text(column.name)));
  }
  // What rounding leaves of a constant, after scikit-learn's StandardScaler.
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  const auto n = static_cast<double>(numbers.size() + missing);
  const double rounding = n * epsilon * variance + std::pow(n * mean * epsilon, 2);
  column.mean = mean;
  column.deviation = variance <= rounding ? 1 : std::sqrt(variance);
}

/// The scale of real values: their mean and standard deviation in the training rows.
inline void fit_target(const raw_table& table, std::span<const std::int64_t> rows,
                       const data_request& request, const table_targets& targets,
                       table_schema& schema) {
  std::vector<double> values;
  values.reserve(rows.size());
  for (const std::int64_t row : rows) {
    values.push_back(targets.values[static_cast<std::size_t>(row)]);
  }
  const auto [least, most] = std::ranges::minmax(values);
  if (least == most) {
    throw data_error(
        fmt::format("{}: the target '{}' is {} in each training row: expected values "
                    "that differ",
                    table.source, csv::shown_text(schema.target), least));
  }
  if (!request.standardize) return;
  const auto [mean, variance] = moments_of(values);
  if (!std::isfinite(variance)) {
    throw data_error(
        fmt::format("{}: the target '{}' has numbers that are too large to be "
                    "standardised",
                    table.source, csv::shown_text(schema.target)));
  }
  schema.target_mean = mean;
  schema.target_deviation = std::sqrt(variance);
}

/// What a missing number is taken for.
inline std::optional<double> fill_of(std::vector<double> numbers, missing_values how) {
  switch (how) {
    case missing_values::error: break;
    case missing_values::mean:
    case missing_values::indicator: return moments_of(numbers).mean;
    case missing_values::median: return median_of(std::move(numbers));
    case missing_values::mode: return mode_of(std::move(numbers));
  }
  return std::nullopt;
}

inline table_column fit_numbers(const raw_table& table, const raw_column& raw,
                                std::span<const std::int64_t> rows, const data_request& request) {
  table_column column{.name = raw.name, .type = column_type::number};
  const std::vector<double> numbers = numbers_in(raw, rows);
  if (numbers.empty()) {
    throw data_error(fmt::format("{}: column '{}' has no value in any training row: drop it",
                                 table.source, csv::shown_text(raw.name)));
  }
  const std::size_t missing = rows.size() - numbers.size();
  column.fill = fill_of(numbers, request.missing);
  column.indicator = request.missing == missing_values::indicator && missing > 0;
  if (request.standardize) fit_scale(table, column, numbers, missing);
  return column;
}

/// Throws data_error for texts that are no categories.
inline void require_categories(const raw_table& table, const raw_column& raw, std::int64_t cells,
                               const std::vector<std::int64_t>& counts, bool are_meant) {
  const auto different =
      std::ranges::count_if(counts, [](std::int64_t count) { return count > 0; });
  const std::string name = csv::shown_text(raw.name);
  const std::string example = csv::shown_text(raw.texts.front());
  switch (use_of(raw.texts, different, cells, are_meant)) {
    case text_use::categories: return;
    case text_use::identifiers:
      throw data_error(fmt::format(
          "{}: column '{}' has another text in each of {} training rows (such as '{}'): drop it",
          table.source, name, cells, example));
    case text_use::free_text:
      throw data_error(fmt::format(
          "{}: column '{}' has {} different texts in {} training rows (such as '{}'), too many for "
          "categories: drop it, or name it among categories if it is meant",
          table.source, name, different, cells, example));
    case text_use::dates:
      throw data_error(fmt::format(
          "{}: column '{}' has dates (such as '{}'): drop it, turn it into numbers, or name it "
          "among categories if they are meant as such",
          table.source, name, example));
  }
}

inline table_column fit_categories(const raw_table& table, const raw_column& raw,
                                   std::span<const std::int64_t> rows,
                                   const data_request& request) {
  table_column column{.name = raw.name, .type = column_type::category};
  std::vector<std::int64_t> counts(raw.texts.size());
  std::int64_t missing = 0;
  for (const std::int64_t row : rows) {
    const std::int32_t code = raw.codes[static_cast<std::size_t>(row)];
    code < 0 ? ++missing : ++counts[static_cast<std::size_t>(code)];
  }
  if (missing == std::ssize(rows)) {
    throw data_error(fmt::format("{}: column '{}' has no value in any training row: drop it",
                                 table.source, csv::shown_text(raw.name)));
  }
  require_categories(table, raw, std::ssize(rows) - missing, counts, is_category(raw, request));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) column.categories.push_back(raw.texts[i]);
  }
  if (request.missing == missing_values::indicator) {
    column.has_missing_category = missing > 0;
  } else if (request.missing != missing_values::error) {
    const auto most = std::ranges::max_element(counts) - counts.begin();
    column.fill_text = raw.texts[static_cast<std::size_t>(most)];
  }
  return column;
}

}  // namespace detail

SWEEPNET_INLINE void detail::check_names(const raw_table& table, const data_request& request) {
  const auto check = [&](const std::vector<std::string>& names, const char* what) {
    for (const std::string& name : names) {
      (void)require_column(table, name, what);
      if (name == request.target) {
        throw data_error(fmt::format("{}: the target '{}' is also named among {}", table.source,
                                     csv::shown_text(name), what));
      }
    }
  };
  check(request.features, "features");
  check(request.drop, "drop");
  check(request.categories, "categories");
  if (!request.groups.empty()) (void)require_column(table, request.groups, "groups");
  if (!request.weight.empty()) check({request.weight}, "weight");
}

SWEEPNET_INLINE table_schema fit_schema(const raw_table& table, std::span<const std::int64_t> rows,
                                        const data_request& request, const table_targets& targets) {
  detail::check_names(table, request);
  table_schema schema{.columns = {},
                      .target = request.target,
                      .target_type = targets.type,
                      .task = targets.task,
                      .classes = targets.names};
  if (schema.task == task::regression) detail::fit_target(table, rows, request, targets, schema);
  for (const raw_column& raw : table.columns) {
    if (!detail::is_input(raw, request)) continue;
    if (raw.has_too_many_texts) {
      throw data_error(
          fmt::format("{}: column '{}' has too many different texts for categories: "
                      "drop it",
                      table.source, csv::shown_text(raw.name)));
    }
    const bool refuses = request.missing == missing_values::error;
    if (refuses && raw.missing > 0) {
      refuse_missing(table, raw, raw.first_missing,
                     "; missing may be mean, median, mode or indicator");
    }
    schema.columns.push_back(raw.is_number ? detail::fit_numbers(table, raw, rows, request)
                                           : detail::fit_categories(table, raw, rows, request));
  }
  if (schema.columns.empty()) {
    throw data_error(fmt::format("{}: has no column to predict '{}' from", table.source,
                                 csv::shown_text(request.target)));
  }
  return schema;
}

}  // namespace sweepnet
