// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is asked of data: where they lie, which rows train, and what a table's columns are for. The
// `data:` section of a sweep file has these fields, and the command line.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/data/task.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"

namespace sweepnet {

/// What becomes of a table's cells in which nothing stands.
enum class missing_values {
  error,     ///< they are refused
  mean,      ///< of the column's training rows; of categories the most frequent one
  median,    ///< the same with the median
  mode,      ///< the most frequent value
  indicator  ///< the mean, and a column that is 1 there; of categories a category of its own
};

template <>
inline constexpr auto enum_names<missing_values> =
    name_table<missing_values, 5>{{{"error", missing_values::error},
                                   {"mean", missing_values::mean},
                                   {"median", missing_values::median},
                                   {"mode", missing_values::mode},
                                   {"indicator", missing_values::indicator}}};

/// What to load, which rows to keep, and of a table which columns.
struct data_request {
  std::string source = "mnist";
  std::int64_t train_rows = 0;  ///< the first so many training rows; 0: all
  /// Validate on a share of the training rows, in [0, 1): the last ones, unless they are drawn; 0:
  /// on the test set, and of a table without one on a quarter, drawn within each class.
  double validation_split = 0;
  /// 0: the known set's, else one-hot labels' width, else the largest training label + 1.
  std::int64_t classes = 0;
  /// What each feature is multiplied by. None: uint8 by 1/255, all other types by 1, whatever their
  /// range.
  std::optional<double> scale{};
  /// Bytes in memory of one array or table at most, however its file is compressed; 0: half of what
  /// is available when it is read.
  std::int64_t most_bytes = 0;

  // Of a table.
  std::string test{};                     ///< a file of rows to validate on
  std::string target{};                   ///< the column to be predicted
  std::optional<sweepnet::task> task{};   ///< unset: as the target looks
  std::string weight{};                   ///< the column of how much a row counts in training
  std::vector<std::string> features{};    ///< the columns to predict from; none: all others
  std::vector<std::string> drop{};        ///< columns that are not looked at
  std::vector<std::string> categories{};  ///< columns of categories, whatever they look like
  missing_values missing = missing_values::error;
  bool standardize = true;  ///< numbers by the training rows' mean and standard deviation
  std::optional<std::uint64_t> shuffle_split{};  ///< the seed by which validation rows are drawn
  bool stratify = false;                         ///< they are drawn within each class
  std::string groups{};                          ///< the column whose equal values stay on one side
  std::string delimiter{};  ///< one character, or the word tab; empty: the header tells it
};

template <>
inline constexpr auto fields<data_request> = std::tuple(
    field("source", &data_request::source, "where the data lie"),
    field("train_rows", &data_request::train_rows, at_least(1), "the first so many training rows"),
    field("validation_split", &data_request::validation_split,
          interval{.low = 0, .high = 1, .low_open = true, .high_open = true},
          "share of the training rows to validate on"),
    field("classes", &data_request::classes, closed_range(1, 1 << 20), "number of classes"),
    field("scale", &data_request::scale, above(0), "what each feature is multiplied by"),
    field("most_bytes", &data_request::most_bytes, at_least(1),
          "bytes in memory of an array or a table at most"),
    field("test", &data_request::test, "table of rows to validate on"),
    field("target", &data_request::target, "column to be predicted"),
    field("task", &data_request::task, "multiclass, binary or regression"),
    field("weight", &data_request::weight, "column of how much a row counts in training"),
    field("features", &data_request::features, "columns to predict from"),
    field("drop", &data_request::drop, "columns that are not looked at"),
    field("categories", &data_request::categories, "columns of categories"),
    field("missing", &data_request::missing, "what becomes of missing values"),
    field("standardize", &data_request::standardize, "numbers by mean and standard deviation"),
    field("shuffle_split", &data_request::shuffle_split, "seed by which validation rows are drawn"),
    field("stratify", &data_request::stratify, "draw them within each class"),
    field("groups", &data_request::groups, "column whose equal values stay on one side"),
    field("delimiter", &data_request::delimiter, "between the cells of a table"));

/// Whether a name is that of a table: .csv, .tsv or .txt, or one of these and .gz.
[[nodiscard]] inline bool is_table_name(std::string_view name) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  return name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".txt");
}

/// Whether a table is asked for.
[[nodiscard]] inline bool asks_for_table(const data_request& request) {
  return !request.target.empty() || is_table_name(request.source);
}

}  // namespace sweepnet
