// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a table's columns become a network's inputs, and its outputs class names: found on the
// training rows, and kept with the model, so that other rows are taken as these were.
//
// Inputs are the numbers in the order of the columns, then for each column of categories one input
// a category (1 where the cell is that category, else 0), and for each column of numbers with an
// indicator one that is 1 where the number is missing: the order of pandas.get_dummies.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/task.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"

namespace sweepnet {

enum class column_type { number, category };

template <>
inline constexpr auto enum_names<column_type> = name_table<column_type, 2>{
    {{"number", column_type::number}, {"category", column_type::category}}};

/// A column from which is predicted.
struct table_column {
  std::string name{};
  column_type type = column_type::number;
  // Of numbers: the input is (x - mean) / deviation, by the training rows' mean and standard
  // deviation (of the population, as scikit-learn's StandardScaler), 0 and 1 where they are not
  // standardised; the deviation of a constant is 1.
  double mean = 0;
  double deviation = 1;
  std::optional<double> fill{};  ///< what a missing number is taken for; none: it is refused
  bool indicator = false;        ///< whether an input tells that the number is missing
  // Of categories.
  std::vector<std::string> categories{};   ///< sorted; an input for each
  std::optional<std::string> fill_text{};  ///< what a missing one is taken for
  bool has_missing_category = false;       ///< the last input tells that it is missing

  /// Inputs of the one-hot part.
  [[nodiscard]] std::int64_t one_hot_width() const {
    if (type == column_type::number) return indicator ? 1 : 0;
    return static_cast<std::int64_t>(categories.size()) + (has_missing_category ? 1 : 0);
  }
};

template <>
inline constexpr auto fields<table_column> = std::tuple(
    field("name", &table_column::name, "of the column"),
    field("type", &table_column::type, "number or category"),
    field("mean", &table_column::mean, "subtracted from a number"),
    field("deviation", &table_column::deviation, above(0), "by which the difference is divided"),
    field("fill", &table_column::fill, "what a missing number is taken for"),
    field("indicator", &table_column::indicator, "an input tells missing numbers"),
    field("categories", &table_column::categories, "an input for each"),
    field("fill_text", &table_column::fill_text, "what a missing category is taken for"),
    field("has_missing_category", &table_column::has_missing_category,
          "an input tells missing categories"));

struct table_schema {
  std::vector<table_column> columns{};
  std::string target{};
  column_type target_type = column_type::category;  ///< number: classes are named by numbers
  sweepnet::task task = sweepnet::task::multiclass;
  /// Names of the outputs, in order; of a binary task the output tells how probable the second is.
  /// None of real values.
  std::vector<std::string> classes{};
  /// Of real values, as a column has them.
  double target_mean = 0;
  double target_deviation = 1;

  [[nodiscard]] std::int64_t number_width() const;
  [[nodiscard]] std::int64_t one_hot_groups() const;
  /// Inputs in all.
  [[nodiscard]] std::int64_t width() const;

  /// A real value as a network learns it, and what it gives as it is in the table.
  [[nodiscard]] double standardized_value(double value) const {
    return (value - target_mean) / target_deviation;
  }
  [[nodiscard]] double raw_value(double standardized) const {
    return standardized * target_deviation + target_mean;
  }
  [[nodiscard]] bool standardizes_target() const {
    return target_mean != 0 || target_deviation != 1;
  }

  /// Of a network that learns it.
  [[nodiscard]] std::int64_t outputs() const {
    return outputs_for(
        task, task == sweepnet::task::regression ? 1 : static_cast<std::int64_t>(classes.size()));
  }

  /// A name for each input: `age`, `colour_red`, `age_missing`.
  [[nodiscard]] std::vector<std::string> input_names() const;

  /// What is subtracted from a raw number, and by what the difference is divided, for each of the
  /// numbers.
  [[nodiscard]] std::vector<double> means() const;
  [[nodiscard]] std::vector<double> deviations() const;

  /// Throws argument_error for columns or classes of equal names, or of none, and for classes that
  /// are not of the task.
  void validate() const;

 private:
  [[nodiscard]] std::vector<double> of_numbers(double table_column::*member) const;
};

template <>
inline constexpr auto fields<table_schema> =
    std::tuple(field("columns", &table_schema::columns, "from which is predicted"),
               field("target", &table_schema::target, "the column that is predicted"),
               field("target_type", &table_schema::target_type, "number or category"),
               field("task", &table_schema::task, "multiclass, binary or regression"),
               field("classes", &table_schema::classes, "names of the outputs"),
               field("target_mean", &table_schema::target_mean, "subtracted from real values"),
               field("target_deviation", &table_schema::target_deviation, above(0),
                     "by which the difference is divided"));

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/schema.inl"
#endif
