// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One column's cells in one block of records.

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/data/table/csv_index.hpp"
#include "sweepnet/data/table/distinct_texts.hpp"

namespace sweepnet::csv {

/// As what cells are read. `counted` ones are texts that nobody keeps; all of them have the same
/// faults, so that it is no matter for these which blocks were read before it was known that they
/// need not be kept.
enum class part_reading { numbers, numbers_or_texts, texts, counted, skipped };

struct column_form {
  std::string name{};
  bool is_inferred = false;  ///< then texts are looked at as what may have been meant as numbers
};

/// A cell that is of interest if nothing else is in its column.
struct odd_cell {
  std::int64_t row = -1;  ///< none
  std::string text{};     ///< as messages show it
};

struct cell_fault {
  std::int64_t row = 0;
  std::string why{};
};

struct column_part {
  bool is_number = false;             ///< or all cells are missing
  std::vector<double> numbers{};      ///< as in raw_column
  std::vector<std::int32_t> codes{};  ///< indices into texts
  distinct_texts<std::string_view> texts{};
  std::list<std::string> kept{};  ///< those that the block's bytes do not hold as they are
  std::int64_t rows = 0;
  std::int64_t missing = 0;
  std::int64_t first_missing = -1;
  odd_cell not_finite{};              ///< the first one, of numbers
  odd_cell with_commas{};             ///< the first number with commas, of texts
  bool has_plain_text = false;        ///< neither a number nor one with commas
  std::optional<cell_fault> fault{};  ///< the first one
};

/// Reads the cells of column `c`; views in `part` are of `text`, or of what it keeps.
void read_column_part(std::string_view text, const record_index& index, std::size_t c,
                      char delimiter, const column_form& form, part_reading reading,
                      column_part& part);

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/column_part.inl"
#endif
