// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/table_targets.hpp"

#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/table/column_rules.hpp"
#include "sweepnet/data/table/table_places.hpp"

namespace sweepnet {

namespace detail {

/// The classes that integers are. Throws data_error for other numbers, and too many of them.
inline table_targets numbered_classes(const raw_table& table, const raw_column& column,
                                      numbered_rows numbered) {
  if (numbered.real_row >= 0) {
    throw data_error(fmt::format(
        "{}: the target '{}' is {}: expected classes (words or integers); the task may be "
        "regression",
        place_in(table, numbered.real_row, column), csv::shown_text(column.name),
        column.numbers[static_cast<std::size_t>(numbered.real_row)]));
  }
  if (numbered.are_too_many) {
    throw data_error(fmt::format(
        "{}: the target '{}' has more than {} different numbers: expected classes; the task may "
        "be regression",
        table.source, csv::shown_text(column.name), most_numbered_classes));
  }
  return {.type = column_type::number,
          .names = std::move(numbered.names),
          .of_rows = std::move(numbered.classes)};
}

inline table_targets real_values(const raw_table& table, const raw_column& column) {
  if (!column.is_number) {
    throw data_error(fmt::format(
        "{}: the target '{}' has texts (such as '{}'): a regression expects numbers", table.source,
        csv::shown_text(column.name), csv::shown_text(column.texts.front())));
  }
  return {.task = task::regression, .type = column_type::number, .values = column.numbers};
}

/// Throws data_error unless there are classes to tell apart, as many as the task has.
inline void require_classes(const raw_table& table, const table_targets& targets,
                            const data_request& request) {
  const std::string name = csv::shown_text(request.target);
  if (targets.names.size() == 1) {
    throw data_error(fmt::format("{}: the target '{}' is '{}' in each row: expected two classes",
                                 table.source, name, csv::shown_text(targets.names.front())));
  }
  if (targets.task == task::binary && targets.names.size() != 2) {
    throw data_error(fmt::format("{}: the target '{}' has {} classes: a binary task has two",
                                 table.source, name, targets.names.size()));
  }
}

/// The column, which has a target in each row.
inline const raw_column& whole_target(const raw_table& table, const std::string& name) {
  const raw_column& column = require_column(table, name, "target");
  if (column.has_too_many_texts) {
    throw data_error(fmt::format("{}: the target '{}' has too many different texts for classes",
                                 table.source, csv::shown_text(name)));
  }
  if (column.missing > 0) refuse_missing(table, column, column.first_missing, "");
  return column;
}

/// The classes of all rows, of those that a schema has.
inline std::vector<std::int32_t> known_classes(const raw_table& table, const raw_column& column,
                                               const table_schema& schema) {
  std::map<std::string_view, std::int32_t> index;
  for (const std::string& name : schema.classes) {
    index.emplace(name, static_cast<std::int32_t>(index.size()));
  }
  const auto class_of = [&](std::string_view name) {
    const auto found = index.find(name);
    return found == index.end() ? -1 : found->second;
  };
  std::vector<std::int32_t> of_texts;
  for (const std::string& text : column.texts) of_texts.push_back(class_of(text));
  std::map<double, std::int32_t> of_numbers;  // as they come: there are few
  const auto class_of_row = [&](std::size_t row) {
    if (!column.is_number) return of_texts[static_cast<std::size_t>(column.codes[row])];
    const double number = column.numbers[row];
    const auto known = of_numbers.find(number);
    if (known != of_numbers.end()) return known->second;
    return of_numbers[number] = class_of(class_name(number));
  };
  std::vector<std::int32_t> classes;
  classes.reserve(static_cast<std::size_t>(table.rows));
  for (std::int64_t row = 0; row < table.rows; ++row) {
    if (is_missing(column, row)) refuse_missing(table, column, row, "");
    const auto at = static_cast<std::size_t>(row);
    classes.push_back(class_of_row(at));
    if (classes.back() >= 0) continue;
    const std::string name = column.is_number
                                 ? class_name(column.numbers[at])
                                 : column.texts[static_cast<std::size_t>(column.codes[at])];
    throw data_error(fmt::format("{}: the class '{}' is in no training row; expected {}",
                                 place_in(table, row, column), csv::shown_text(name),
                                 csv::shown_text(join_text(schema.classes, ", "))));
  }
  return classes;
}

}  // namespace detail

SWEEPNET_INLINE table_targets targets_of(const raw_table& table, const data_request& request) {
  const raw_column& column = detail::whole_target(table, request.target);
  if (request.task == task::regression) return detail::real_values(table, column);
  if (request.task == task::multilabel) {
    throw data_error(table.source + ": a table has one target, a multilabel task several");
  }
  table_targets targets;
  if (column.is_number) {
    detail::numbered_rows numbered = detail::numbered_rows_in(column);
    const bool is_real = numbered.real_row >= 0 || numbered.are_too_many;
    if (is_real && !request.task) return detail::real_values(table, column);
    targets = detail::numbered_classes(table, column, std::move(numbered));
  } else {
    targets = {.type = column_type::category, .names = column.texts, .of_rows = column.codes};
  }
  targets.task = request.task.value_or(targets.names.size() == 2 ? task::binary : task::multiclass);
  detail::require_classes(table, targets, request);
  return targets;
}

SWEEPNET_INLINE table_targets targets_of(const raw_table& table, const table_schema& schema) {
  const raw_column& column = require_column(table, schema.target, "target");
  if (column.missing > 0) refuse_missing(table, column, column.first_missing, "");
  if (schema.task == task::regression) return detail::real_values(table, column);
  return {.task = schema.task,
          .type = schema.target_type,
          .names = schema.classes,
          .of_rows = detail::known_classes(table, column, schema)};
}

SWEEPNET_INLINE void set_targets(labelled_rows& data, const table_targets& targets,
                                 std::span<const std::int64_t> rows, const table_schema& schema,
                                 number_scale scale) {
  if (targets.task != task::regression) {
    data.labels.reserve(rows.size());
    for (const std::int64_t row : rows) {
      data.labels.push_back(targets.of_rows[static_cast<std::size_t>(row)]);
    }
    return;
  }
  data.values.width = 1;
  const bool scales = scale == number_scale::standardized && schema.standardizes_target();
  if (scales) data.values.deviations = {schema.target_deviation};
  data.values.elements.reserve(rows.size());
  for (const std::int64_t row : rows) {
    const double value = targets.values[static_cast<std::size_t>(row)];
    data.values.elements.push_back(
        static_cast<float>(scales ? schema.standardized_value(value) : value));
  }
}

SWEEPNET_INLINE std::vector<float> weights_of(const raw_table& table,
                                              std::span<const std::int64_t> rows,
                                              const data_request& request) {
  if (request.weight.empty()) return {};
  const raw_column& column = require_column(table, request.weight, "weight");
  const std::string name = csv::shown_text(request.weight);
  if (!column.is_number) {
    throw data_error(
        fmt::format("{}: the weights '{}' must be numbers, got texts", table.source, name));
  }
  std::vector<float> weights;
  weights.reserve(rows.size());
  float sum = 0;
  for (const std::int64_t row : rows) {
    if (detail::is_missing(column, row)) refuse_missing(table, column, row, "");
    const double weight = column.numbers[static_cast<std::size_t>(row)];
    weights.push_back(static_cast<float>(weight));
    if (weight < 0 || !std::isfinite(weights.back())) {
      throw data_error(fmt::format("{}: the weight '{}' must be at least 0 and fit a float, got {}",
                                   place_in(table, row, column), name, weight));
    }
    sum += weights.back();
  }
  if (sum == 0) {
    throw data_error(
        fmt::format("{}: the weights '{}' are 0 in each training row", table.source, name));
  }
  return weights;
}

}  // namespace sweepnet
