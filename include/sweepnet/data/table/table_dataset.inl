// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/table_dataset.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/table/column_rules.hpp"
#include "sweepnet/data/table/encode_rows.hpp"
#include "sweepnet/data/table/fit_schema.hpp"
#include "sweepnet/data/table/read_table.hpp"
#include "sweepnet/data/table/split.hpp"
#include "sweepnet/data/table/table_places.hpp"
#include "sweepnet/data/table/table_targets.hpp"

namespace sweepnet {

namespace detail {

inline char delimiter_of(const std::string& text) {
  if (text.empty()) return 0;
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1) return text.front();
  throw usage_error(fmt::format("the delimiter must be one character or the word tab, got '{}'",
                                csv::shown_text(text)));
}

inline void require_target(const data_request& request) {
  if (!request.target.empty()) return;
  throw usage_error(
      fmt::format("{}: a table needs a target, the name of the column that is to be predicted",
                  storage::location(request.source).shown()));
}

/// What belongs together: the texts of a column, a number each.
inline std::vector<std::int32_t> groups_of(const raw_table& table, const std::string& name) {
  if (name.empty()) return {};
  const raw_column& column = require_column(table, name, "groups");
  if (column.missing > 0) refuse_missing(table, column, column.first_missing, "");
  if (column.has_too_many_texts) {
    throw data_error(fmt::format("{}: column '{}' has too many different texts for groups",
                                 table.source, csv::shown_text(name)));
  }
  return column.codes;
}

/// Which classes are missing from some rows, in words; empty if none is.
inline std::string missing_classes(const std::vector<std::int32_t>& labels,
                                   const std::vector<std::string>& names) {
  std::vector<char> is_there(names.size());
  for (const std::int32_t label : labels) is_there[static_cast<std::size_t>(label)] = 1;
  std::vector<std::string> missing;
  constexpr std::size_t most = 5;
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (is_there[c] == 0 && missing.size() <= most)
      missing.push_back("'" + csv::shown_text(names[c]) + "'");
  }
  if (missing.size() > most) missing[most] = "others";
  return join_text(missing, ", ");
}

/// Says of a split what should make people look.
inline void add_class_notes(dataset& data, const std::vector<std::string>& classes) {
  const auto tell = [&](const labelled_rows& rows, const char* what) {
    const std::string missing = missing_classes(rows.labels, classes);
    if (missing.empty()) return;
    data.notes.push_back(
        fmt::format("{}: no row to {} is of class {}; rows are better drawn where "
                    "a table is sorted (shuffle_split, stratify)",
                    data.name, what, missing));
  };
  tell(data.train, "train on");
  tell(data.validation, "validate on");
}

/// Forgets the texts that no row has any more, and counts what is missing anew.
inline void count_again(raw_column& column) {
  std::vector<std::int32_t> index(column.texts.size(), -1);  // of each text that is left
  column.missing = 0;
  column.first_missing = -1;
  const auto count_missing = [&](std::size_t row) {
    if (column.missing++ == 0) column.first_missing = static_cast<std::int64_t>(row);
  };
  for (std::size_t row = 0; row < column.numbers.size(); ++row) {
    if (std::isnan(column.numbers[row])) count_missing(row);
  }
  for (std::size_t row = 0; row < column.codes.size(); ++row) {
    if (column.codes[row] < 0) {
      count_missing(row);
    } else {
      index[static_cast<std::size_t>(column.codes[row])] = 0;
    }
  }
  std::vector<std::string> left;
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (index[i] < 0) continue;
    index[i] = static_cast<std::int32_t>(left.size());
    left.push_back(std::move(column.texts[i]));
  }
  column.texts = std::move(left);
  for (std::int32_t& code : column.codes) {
    if (code >= 0) code = index[static_cast<std::size_t>(code)];
  }
}

inline raw_table first_rows(raw_table table, std::int64_t rows) {
  if (rows == 0) return table;
  if (rows > table.rows) {
    throw usage_error(
        fmt::format("{}: has {} training rows, {} were asked for", table.source, table.rows, rows));
  }
  table.rows = rows;
  const auto count = static_cast<std::size_t>(rows);
  for (raw_column& column : table.columns) {
    if (!column.numbers.empty()) column.numbers.resize(count);
    if (!column.codes.empty()) column.codes.resize(count);
    if (!column.was_skipped && !column.has_too_many_texts) count_again(column);
  }
  return table;
}

/// What columns became, in a few words.
inline std::string text_of_inputs(const table_schema& schema) {
  const std::int64_t numbers = schema.number_width();
  const auto categories =
      std::ranges::count(schema.columns, column_type::category, &table_column::type);
  std::string text = fmt::format("{} input{}", schema.width(), schema.width() == 1 ? "" : "s");
  if (categories > 0) {
    text += fmt::format(" ({} number{}, {} column{} of categories)", numbers,
                        numbers == 1 ? "" : "s", categories, categories == 1 ? "" : "s");
  }
  return text;
}

/// The training part by rows of `table`, with the schema that it gives.
inline dataset trained_on(const raw_table& table, const std::vector<std::int64_t>& rows,
                          const table_targets& targets, const data_request& request) {
  const auto schema =
      std::make_shared<const table_schema>(fit_schema(table, rows, request, targets));
  unknown_cells none;
  dataset data{.name = table.source,
               .train = encode_rows(table, rows, *schema, number_scale::standardized, none),
               .task = targets.task,
               .class_count = std::ssize(targets.names),
               .schema = schema};
  set_targets(data.train, targets, rows, *schema, number_scale::standardized);
  data.train.weights = weights_of(table, rows, request);
  return data;
}

/// Adds rows to validate on, and what there is to say of them.
inline void add_validation(dataset& data, const raw_table& table,
                           const std::vector<std::int64_t>& rows, const table_targets& targets) {
  unknown_cells unknown;
  data.validation = encode_rows(table, rows, *data.schema, number_scale::standardized, unknown);
  set_targets(data.validation, targets, rows, *data.schema, number_scale::standardized);
  for (std::string& note : unknown.notes(table.source)) data.notes.push_back(std::move(note));
}

}  // namespace detail

SWEEPNET_INLINE table_reading reading_for(const data_request& request, int threads) {
  table_reading reading{.delimiter = detail::delimiter_of(request.delimiter), .threads = threads};
  if (request.most_bytes > 0) {
    reading.limit.bytes = static_cast<std::uint64_t>(request.most_bytes);
  }
  return reading;
}

SWEEPNET_INLINE cell_reading reading_of(const data_request& request, const std::string& column) {
  const auto names = [&](const std::vector<std::string>& list) {
    return std::ranges::find(list, column) != list.end();
  };
  if (column == request.target) return cell_reading::inferred;
  if (column == request.groups) return cell_reading::text;
  if (column == request.weight) return cell_reading::inferred;
  if (names(request.drop)) return cell_reading::skipped;
  if (!request.features.empty() && !names(request.features)) return cell_reading::skipped;
  return names(request.categories) ? cell_reading::text : cell_reading::inferred;
}

SWEEPNET_INLINE dataset table_dataset(const raw_table& table, const data_request& request) {
  detail::require_target(request);
  const table_targets targets = targets_of(table, request);
  const row_split split =
      split_rows(table.rows, targets.of_rows, detail::groups_of(table, request.groups), request);
  dataset data = detail::trained_on(table, split.train, targets, request);
  data.notes.push_back(fmt::format("{}: {}; {} rows to train on, {} to validate on ({})",
                                   table.source, detail::text_of_inputs(*data.schema),
                                   split.train.size(), split.validation.size(), split.how));
  detail::add_validation(data, table, split.validation, targets);
  if (targets.task != task::regression) detail::add_class_notes(data, targets.names);
  return data;
}

SWEEPNET_INLINE dataset table_dataset(const raw_table& table, const raw_table& test,
                                      const data_request& request) {
  detail::require_target(request);
  const table_targets targets = targets_of(table, request);
  dataset data = detail::trained_on(table, all_rows(table), targets, request);
  data.notes.push_back(fmt::format("{}: {}; {} rows to train on, {} in {} to validate on",
                                   table.source, detail::text_of_inputs(*data.schema), table.rows,
                                   test.rows, test.source));
  detail::add_validation(data, test, all_rows(test), targets_of(test, *data.schema));
  return data;
}

SWEEPNET_INLINE raw_table load_table(const data_request& request, int threads) {
  table_reading reading = reading_for(request, threads);
  reading.reading_of = [&](const std::string& name) { return reading_of(request, name); };
  return detail::first_rows(read_table(request.source, reading), request.train_rows);
}

SWEEPNET_INLINE dataset load_table_dataset(const data_request& request, int threads) {
  detail::require_target(request);
  const raw_table table = load_table(request, threads);
  if (request.test.empty()) return table_dataset(table, request);
  table_reading reading = reading_for(request, threads);
  // How the training rows were read decides how these are.
  reading.reading_of = [&](const std::string& name) {
    const raw_column* column = table.find(name);
    if (column == nullptr || column->was_skipped) return cell_reading::skipped;
    return column->is_number ? cell_reading::number : cell_reading::text;
  };
  return table_dataset(table, read_table(request.test, reading), request);
}

SWEEPNET_INLINE dataset load_table_for(const table_schema& schema, const data_request& request,
                                       int threads) {
  table_reading reading = reading_for(request, threads);
  reading.reading_of = [&](const std::string& name) {
    return reading_of(schema, name, target_reading::read);
  };
  const raw_table table =
      detail::first_rows(read_table(request.source, reading), request.train_rows);
  unknown_cells unknown;
  dataset data{.name = table.source,
               .validation = encode_rows(table, schema, number_scale::raw, unknown),
               .task = schema.task,
               .class_count = std::ssize(schema.classes),
               .notes = unknown.notes(table.source),
               .schema = std::make_shared<const table_schema>(schema)};
  // The model's outputs are those of the table.
  set_targets(data.validation, targets_of(table, schema), all_rows(table), schema,
              number_scale::raw);
  return data;
}

}  // namespace sweepnet
