// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A table, built from its blocks in the order of the rows.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/data/table/column_builder.hpp"
#include "sweepnet/data/table/parsed_block.hpp"
#include "sweepnet/data/table/raw_table.hpp"

namespace sweepnet::csv {

class table_builder {
 public:
  table_builder(const table_form& form, std::span<const cell_reading> readings,
                std::size_t most_texts);

  /// Tells those who read blocks how the columns of the next ones are best read.
  void tell_readings(table_form& form) const;

  /// A block whose first line this is, with nothing wrong in it.
  void append(parsed_block& block, std::int64_t first_line);

  [[nodiscard]] std::int64_t rows() const { return table_.rows; }

  /// Makes room for so many rows in all, which may come.
  void expect(std::size_t rows);

  /// In memory.
  [[nodiscard]] std::uint64_t bytes() const;

  /// The columns that must be read again, as texts.
  [[nodiscard]] std::vector<std::size_t> to_be_read_again() const;

  /// Whether another builder has the same columns and rows, on the same lines.
  [[nodiscard]] bool agrees_with(const table_builder& other) const;

  /// Puts columns of one that agrees in the place of these.
  void replace(std::span<const std::size_t> columns, table_builder& other);

  /// Throws data_error for the first cell of a column that was meant to hold numbers, as all of its
  /// cells show, but holds others. The builder is used up.
  [[nodiscard]] raw_table finish();

 private:
  const table_form& form_;
  std::vector<column_builder> columns_{};
  raw_table table_{};
};

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/table_builder.inl"
#endif
