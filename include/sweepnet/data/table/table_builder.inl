// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/table_builder.hpp"

#include <algorithm>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/table/cell_text.hpp"

namespace sweepnet::csv {

SWEEPNET_INLINE table_builder::table_builder(const table_form& form,
                                             std::span<const cell_reading> readings,
                                             std::size_t most_texts)
    : form_(form) {
  table_.source = form.source;
  columns_.reserve(form.columns.size());
  for (std::size_t c = 0; c < form.columns.size(); ++c) {
    columns_.emplace_back(form.columns[c], readings[c], most_texts);
  }
}

SWEEPNET_INLINE void table_builder::tell_readings(table_form& form) const {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    form.readings[c].store(columns_[c].reading(), std::memory_order_relaxed);
  }
}

SWEEPNET_INLINE void table_builder::append(parsed_block& block, std::int64_t first_line) {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    column_builder& column = columns_[c];
    column_part& part = block.parts[c];
    if (column.needs_other(part)) {
      read_column_part(block.text.bytes, block.text.index, c, form_.text.delimiter,
                       form_.columns[c], column.reading(), part);
    }
    column.append(part);
  }
  for (const line_run& run : block.lines) {
    const line_run here{.row = table_.rows + run.row, .line = first_line - 1 + run.line};
    if (table_.lines.empty() || here.line != table_.line_of(here.row)) table_.lines.push_back(here);
  }
  table_.rows += static_cast<std::int64_t>(block.text.index.rows());
}

SWEEPNET_INLINE void table_builder::expect(std::size_t rows) {
  for (column_builder& column : columns_) column.expect(rows);
}

SWEEPNET_INLINE std::uint64_t table_builder::bytes() const {
  std::uint64_t sum = table_.lines.size() * sizeof(line_run);
  for (const column_builder& column : columns_) sum += column.bytes();
  return sum;
}

SWEEPNET_INLINE std::vector<std::size_t> table_builder::to_be_read_again() const {
  std::vector<std::size_t> again;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c].is_to_be_read_again()) again.push_back(c);
  }
  return again;
}

SWEEPNET_INLINE bool table_builder::agrees_with(const table_builder& other) const {
  return table_.rows == other.table_.rows && table_.lines == other.table_.lines &&
         std::ranges::equal(form_.columns, other.form_.columns, {}, &column_form::name,
                            &column_form::name);
}

SWEEPNET_INLINE void table_builder::replace(std::span<const std::size_t> columns,
                                            table_builder& other) {
  for (const std::size_t c : columns) columns_[c] = std::move(other.columns_[c]);
}

SWEEPNET_INLINE raw_table table_builder::finish() {
  std::size_t first = columns_.size();
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const std::int64_t row = columns_[c].refused().first.row;
    if (row < 0) continue;
    if (first == columns_.size() || row < columns_[first].refused().first.row) first = c;
  }
  if (first < columns_.size()) {
    const auto [cell, expected] = columns_[first].refused();
    throw data_error(fmt::format("{}:{}:{}: column '{}' expected {}, got '{}'", table_.source,
                                 table_.line_of(cell.row), first + 1,
                                 shown_text(form_.columns[first].name), expected, cell.text));
  }
  table_.columns.reserve(columns_.size());
  for (column_builder& column : columns_) table_.columns.push_back(column.finish());
  return std::move(table_);
}

}  // namespace sweepnet::csv
