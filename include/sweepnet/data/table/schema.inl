// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/schema.hpp"

#include <algorithm>
#include <set>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::int64_t table_schema::number_width() const {
  return std::ranges::count(columns, column_type::number, &table_column::type);
}

SWEEPNET_INLINE std::int64_t table_schema::one_hot_groups() const {
  return std::ranges::count_if(columns, [](const auto& c) { return c.one_hot_width() > 0; });
}

SWEEPNET_INLINE std::int64_t table_schema::width() const {
  std::int64_t inputs = number_width();
  for (const table_column& column : columns) inputs += column.one_hot_width();
  return inputs;
}

SWEEPNET_INLINE std::vector<std::string> table_schema::input_names() const {
  std::vector<std::string> names;
  for (const table_column& column : columns) {
    if (column.type == column_type::number) names.push_back(column.name);
  }
  for (const table_column& column : columns) {
    for (const std::string& category : column.categories) {
      names.push_back(column.name + "_" + category);
    }
    if (column.indicator || column.has_missing_category) {
      names.push_back(column.name + "_missing");
    }
  }
  return names;
}

SWEEPNET_INLINE std::vector<double> table_schema::of_numbers(double table_column::*member) const {
  std::vector<double> values;
  for (const table_column& column : columns) {
    if (column.type == column_type::number) values.push_back(column.*member);
  }
  return values;
}

SWEEPNET_INLINE std::vector<double> table_schema::means() const {
  return of_numbers(&table_column::mean);
}
SWEEPNET_INLINE std::vector<double> table_schema::deviations() const {
  return of_numbers(&table_column::deviation);
}

SWEEPNET_INLINE void table_schema::validate() const {
  const auto require = [](bool holds, const std::string& message) {
    if (!holds) throw argument_error("the schema of a table: " + message);
  };
  std::set<std::string_view> names;
  for (const table_column& column : columns) {
    require(names.insert(column.name).second,
            fmt::format("expected columns of different names, got '{}' twice", column.name));
    require(column.type == column_type::category ||
                (column.categories.empty() && !column.has_missing_category),
            fmt::format("expected no categories of the numbers '{}'", column.name));
    require(std::ranges::adjacent_find(column.categories, std::ranges::greater_equal{}) ==
                column.categories.end(),
            fmt::format("expected the categories of '{}' in order, each once", column.name));
  }
  require(width() > 0, "expected columns from which is predicted, got none");
  const std::set<std::string_view> outputs(classes.begin(), classes.end());
  require(outputs.size() == classes.size(), "expected classes of different names");
  require(task != sweepnet::task::binary || classes.size() == 2,
          fmt::format("expected 2 classes of a binary task, got {}", classes.size()));
  require(task != sweepnet::task::regression || classes.empty(),
          fmt::format("expected no classes of real values, got {}", classes.size()));
  require(task != sweepnet::task::multilabel, "expected one target, got a multilabel task");
}

}  // namespace sweepnet
