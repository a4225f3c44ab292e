// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/encode_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/one_hot_rows.hpp"
#include "sweepnet/data/table/table_places.hpp"

namespace sweepnet {

namespace detail {

/// Fills the inputs of a schema's columns, one column after the other.
class row_encoder {
 public:
  row_encoder(const raw_table& table, std::span<const std::int64_t> rows,
              const table_schema& schema, number_scale scale, unknown_cells& unknown)
      : table_(table), rows_(rows), scale_(scale), unknown_(unknown) {
    encoded_.real_width = schema.number_width();
    encoded_.groups = schema.one_hot_groups();
    encoded_.reals.resize(rows.size() * static_cast<std::size_t>(encoded_.real_width));
    encoded_.ones.assign(rows.size() * static_cast<std::size_t>(encoded_.groups), -1);
    std::int64_t real = 0;
    std::int64_t group = 0;
    std::int64_t input = encoded_.real_width;
    for (const table_column& column : schema.columns) {
      const raw_column& raw = require_column(table, column.name, "the model");
      require_type(raw, column);
      if (column.type == column_type::number) {
        add_numbers(raw, column, real++, group, input);
      } else {
        add_categories(raw, column, group, input);
      }
      if (column.one_hot_width() > 0) ++group;
      input += column.one_hot_width();
    }
  }

  [[nodiscard]] one_hot_rows take() { return std::move(encoded_); }

 private:
  void require_type(const raw_column& raw, const table_column& column) const {
    const bool is_number = column.type == column_type::number;
    if (raw.is_number == is_number && !raw.was_skipped) return;
    throw data_error(fmt::format("{}: column '{}' must hold {}, as in the training rows, got {}",
                                 table_.source, csv::shown_text(raw.name),
                                 is_number ? "numbers" : "categories",
                                 raw.was_skipped ? "nothing"
                                 : is_number     ? "texts"
                                                 : "numbers"));
  }

  void add_numbers(const raw_column& raw, const table_column& column, std::int64_t real,
                   std::int64_t group, std::int64_t input) {
    const bool scales = scale_ == number_scale::standardized;
    const double mean = scales ? column.mean : 0;
    const double deviation = scales ? column.deviation : 1;
    std::int64_t unmarked = 0;  // cells that are filled without an indicator
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      double x = raw.numbers[static_cast<std::size_t>(rows_[r])];
      if (std::isnan(x)) {
        x = fill_of(raw, column, rows_[r]);
        if (column.indicator) {
          one(r, group) = static_cast<std::int32_t>(input);
        } else {
          ++unmarked;
        }
      }
      const auto value = static_cast<float>((x - mean) / deviation);
      if (!std::isfinite(value)) {
        throw data_error(fmt::format("{}: column '{}' has {}, which is too large for a float",
                                     place_in(table_, rows_[r], raw), csv::shown_text(raw.name),
                                     x));
      }
      encoded_.reals[r * static_cast<std::size_t>(encoded_.real_width) +
                     static_cast<std::size_t>(real)] = value;
    }
    if (unmarked > 0) unknown_.missing[raw.name] += unmarked;
  }

  double fill_of(const raw_column& raw, const table_column& column, std::int64_t row) const {
    if (!column.fill) refuse_missing(table_, raw, row, ", which no training row lacks");
    return *column.fill;
  }

  void add_categories(const raw_column& raw, const table_column& column, std::int64_t group,
                      std::int64_t input) {
    std::vector<std::int32_t> inputs;  // of each text of the table; -1: not seen
    inputs.reserve(raw.texts.size());
    for (const std::string& text : raw.texts) inputs.push_back(input_of(column, text, input));
    std::int64_t unseen = 0;
    std::int64_t missing = 0;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const std::int32_t code = raw.codes[static_cast<std::size_t>(rows_[r])];
      std::int32_t& to = one(r, group);
      to = code < 0 ? missing_input(raw, column, rows_[r], input)
                    : inputs[static_cast<std::size_t>(code)];
      if (to < 0) ++(code < 0 ? missing : unseen);
    }
    if (unseen > 0) unknown_.categories[raw.name] += unseen;
    if (missing > 0) unknown_.missing[raw.name] += missing;
  }

  static std::int32_t input_of(const table_column& column, const std::string& text,
                               std::int64_t input) {
    const auto found = std::ranges::lower_bound(column.categories, text);
    if (found == column.categories.end() || *found != text) return -1;
    return static_cast<std::int32_t>(input + (found - column.categories.begin()));
  }

  std::int32_t missing_input(const raw_column& raw, const table_column& column, std::int64_t row,
                             std::int64_t input) const {
    if (column.has_missing_category) {
      return static_cast<std::int32_t>(input + std::ssize(column.categories));
    }
    if (!column.fill_text) refuse_missing(table_, raw, row, ", which no training row lacks");
    return input_of(column, *column.fill_text, input);
  }

  std::int32_t& one(std::size_t r, std::int64_t group) {
    return encoded_
        .ones[r * static_cast<std::size_t>(encoded_.groups) + static_cast<std::size_t>(group)];
  }

  const raw_table& table_;
  std::span<const std::int64_t> rows_;
  number_scale scale_;
  unknown_cells& unknown_;
  one_hot_rows encoded_;
};

}  // namespace detail

SWEEPNET_INLINE std::vector<std::string> unknown_cells::notes(const std::string& source) const {
  std::vector<std::string> told;
  for (const auto& [column, count] : categories) {
    told.push_back(
        fmt::format("{}: column '{}' has {} cell{} of categories that no training row "
                    "has: they count as none",
                    source, csv::shown_text(column), count, count == 1 ? "" : "s"));
  }
  for (const auto& [column, count] : missing) {
    told.push_back(fmt::format("{}: column '{}' has {} missing cell{}, filled as in training",
                               source, csv::shown_text(column), count, count == 1 ? "" : "s"));
  }
  return told;
}

SWEEPNET_INLINE labelled_rows encode_rows(const raw_table& table,
                                          std::span<const std::int64_t> rows,
                                          const table_schema& schema, number_scale scale,
                                          unknown_cells& unknown) {
  one_hot_rows encoded = detail::row_encoder(table, rows, schema, scale, unknown).take();
  labelled_rows made{.width = schema.width()};
  if (encoded.groups == 0) {
    made.features = std::move(encoded.reals);
  } else {
    made.features = std::move(encoded);
  }
  return made;
}

SWEEPNET_INLINE std::vector<std::int64_t> all_rows(const raw_table& table) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(table.rows));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  return rows;
}

SWEEPNET_INLINE labelled_rows encode_rows(const raw_table& table, const table_schema& schema,
                                          number_scale scale, unknown_cells& unknown) {
  return encode_rows(table, all_rows(table), schema, scale, unknown);
}

SWEEPNET_INLINE cell_reading reading_of(const table_schema& schema, const std::string& column,
                                        target_reading target) {
  const auto reading = [](column_type type) {
    return type == column_type::number ? cell_reading::number : cell_reading::text;
  };
  if (column == schema.target) {
    return target == target_reading::read ? reading(schema.target_type) : cell_reading::skipped;
  }
  const auto found = std::ranges::find(schema.columns, column, &table_column::name);
  return found == schema.columns.end() ? cell_reading::skipped : reading(found->type);
}

}  // namespace sweepnet
