// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A column of a table, built from its parts, which come in the order of the rows.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "sweepnet/data/table/column_part.hpp"
#include "sweepnet/data/table/distinct_texts.hpp"
#include "sweepnet/data/table/raw_table.hpp"

namespace sweepnet::csv {

class column_builder {
 public:
  column_builder(const column_form& form, cell_reading reading, std::size_t most_texts);

  /// How the parts that come are to be read. One that was read before that changed may still be
  /// appended unless needs_other() says that it cannot.
  [[nodiscard]] part_reading reading() const { return reading_; }
  [[nodiscard]] bool needs_other(const column_part& part) const;

  /// Makes room for so many rows, which may come.
  void expect(std::size_t rows);

  void append(const column_part& part);

  /// In memory.
  [[nodiscard]] std::uint64_t bytes() const;

  /// Whether there were numbers before texts, whose own texts are gone: all of it must be read
  /// again as texts.
  [[nodiscard]] bool is_to_be_read_again() const { return numbers_lost_; }

  /// The first cell, if any, for which the column is refused, and what it was expected to be.
  [[nodiscard]] std::pair<odd_cell, const char*> refused() const;

  /// What was built; the builder is used up.
  [[nodiscard]] raw_column finish();

 private:
  void append_texts(const column_part& part);
  void turn_to_texts();
  void sort_texts();

  bool is_inferred_;
  part_reading reading_;
  raw_column column_{};
  distinct_texts<std::string> texts_{};
  std::size_t most_texts_;
  std::uint64_t text_bytes_ = 0;
  std::int64_t rows_ = 0;
  bool numbers_lost_ = false;
  odd_cell not_finite_{};
  odd_cell with_commas_{};
  bool has_plain_text_ = false;
};

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/column_builder.inl"
#endif
