// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the records and the cells of a table's text begin and end, and where it is no such text.
// Source: RFC 4180, section 2; a quote that does not begin a cell is a character like others.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sweepnet::csv {

/// Bytes of the longest record that is taken: a file without line ends, or a quote that is never
/// closed, does not fill the memory.
inline constexpr std::size_t longest_record = std::size_t{16} << 20;

/// What the text of a table looks like.
struct shape {
  char delimiter = ',';
  std::size_t columns = 0;  ///< 0: as many as the first record has cells, and that alone is indexed
  std::size_t longest = longest_record;
};

/// A place where the text is none of a table.
struct fault {
  enum class kind { cell_count, after_quote, open_quote, nul, long_record };

  kind what = kind::cell_count;
  std::size_t at = 0;      ///< bytes into the text
  std::size_t cell = 0;    ///< of its record, from 0 on
  std::size_t found = 0;   ///< of cell_count: cells
  std::size_t opened = 0;  ///< of after_quote: where the cell's quote is
};

/// Records as bytes into their text. Blank lines are none, nor are lines of spaces alone.
struct record_index {
  std::vector<std::uint32_t> begins{};  ///< of each record
  std::vector<std::uint32_t> ends{};    ///< of its cells, each: columns a record; the first cell
                                        ///< begins with it, another one behind the last one's end
  std::size_t columns = 0;
  std::size_t used = 0;                ///< bytes of the whole records and blank lines
  std::size_t lines = 0;               ///< in these
  std::size_t open_cells = 0;          ///< that end in what follows, a record that does not
  std::optional<std::size_t> quote{};  ///< that is open at the end of the text
  std::optional<fault> broken{};       ///< that follows the records

  [[nodiscard]] std::size_t rows() const { return begins.size(); }
};

/// Fills `index` with the records of a text that begins with one, as far as they are whole, each
/// with its line end, and sound. Texts have less than 4 GiB.
void index_records(std::string_view text, const shape& form, record_index& index);

/// What is wrong with a record that begins at `first` and does not end within `form.longest` bytes.
[[nodiscard]] fault fault_of_long_record(std::string_view text, std::size_t first,
                                         const shape& form);

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/csv_index.inl"
#endif
