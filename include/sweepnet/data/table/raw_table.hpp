// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A table as it stands in a file: named columns of numbers or of texts, and which cells are
// missing.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sweepnet {

/// How a column's cells are taken: as numbers if all of them are, else as texts; as one of these
/// whatever they look like; or not at all.
enum class cell_reading { inferred, number, text, skipped };

struct raw_column {
  std::string name{};
  bool is_number = false;             ///< each cell that is not missing is a finite number
  std::vector<double> numbers{};      ///< of numbers: rows, NaN where missing
  std::vector<std::int32_t> codes{};  ///< of texts: rows, the index of each in texts, -1: missing
  std::vector<std::string> texts{};   ///< of texts: the distinct ones, sorted by their bytes
  std::int64_t missing = 0;           ///< cells
  std::int64_t first_missing = -1;    ///< row; -1: none is
  bool was_skipped = false;           ///< then nothing is known of its cells
  bool has_too_many_texts = false;  ///< more distinct ones than are kept: codes and texts are empty
};

/// From `row` on, rows begin on `line` and on the lines that follow it.
struct line_run {
  std::int64_t row = 0;
  std::int64_t line = 1;
  bool operator==(const line_run&) const = default;
};

struct raw_table {
  std::string source{};  ///< as messages show it
  std::int64_t rows = 0;
  std::vector<raw_column> columns{};
  std::vector<line_run> lines{};  ///< ascending; more than one where records span lines, or lines
                                  ///< between them are blank

  /// The line on which a row begins, from 1 on.
  [[nodiscard]] std::int64_t line_of(std::int64_t row) const {
    const auto after = std::ranges::upper_bound(lines, row, {}, &line_run::row);
    if (after == lines.begin()) return 0;
    return (after - 1)->line + row - (after - 1)->row;
  }

  /// The column of that name, or nullptr.
  [[nodiscard]] const raw_column* find(std::string_view name) const {
    const auto found = std::ranges::find(columns, name, &raw_column::name);
    return found == columns.end() ? nullptr : &*found;
  }
};

}  // namespace sweepnet
