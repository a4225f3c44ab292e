// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/parsed_block.hpp"

#include <algorithm>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet::csv {

namespace detail {

/// The line of each row, in runs.
inline void find_lines(const text_block& block, std::vector<line_run>& lines) {
  const record_index& index = block.index;
  lines.clear();
  if (index.rows() == 0) return;
  lines.push_back({.row = 0, .line = 1});
  if (index.lines == index.rows()) return;
  const std::string_view text = block.bytes;
  std::int64_t line = 1;
  std::size_t at = 0;
  for (std::size_t row = 0; row < index.rows(); ++row) {
    line += std::ranges::count(text.substr(at, index.begins[row] - at), '\n');
    at = index.begins[row];
    const auto here = static_cast<std::int64_t>(row);
    const std::int64_t expected = lines.back().line + here - lines.back().row;
    if (row == 0) {
      lines.front().line = line;
    } else if (line != expected) {
      lines.push_back({.row = here, .line = line});
    }
  }
}

}  // namespace detail

SWEEPNET_INLINE void parse_block(const table_form& form, parsed_block& block) {
  record_index& index = block.text.index;
  if (!block.text.is_indexed) index_records(block.text.bytes, form.text, index);
  block.text.is_indexed = true;
  detail::find_lines(block.text, block.lines);
  block.parts.resize(form.columns.size());
  for (std::size_t c = 0; c < form.columns.size(); ++c) {
    read_column_part(block.text.bytes, index, c, form.text.delimiter, form.columns[c],
                     form.readings[c].load(std::memory_order_relaxed), block.parts[c]);
  }
}

SWEEPNET_INLINE void check_block(const table_form& form, const parsed_block& block,
                                 std::int64_t first_line) {
  const record_index& index = block.text.index;
  std::size_t first = block.parts.size();
  for (std::size_t c = 0; c < block.parts.size(); ++c) {
    const auto& fault = block.parts[c].fault;
    if (!fault) continue;
    if (first == block.parts.size() || fault->row < block.parts[first].fault->row) first = c;
  }
  if (first < block.parts.size()) {
    const cell_fault& fault = *block.parts[first].fault;
    const std::string_view before =
        std::string_view(block.text.bytes)
            .substr(0, index.begins[static_cast<std::size_t>(fault.row)]);
    throw data_error(fmt::format("{}:{}:{}: {}", form.source,
                                 first_line + std::ranges::count(before, '\n'), first + 1,
                                 fault.why));
  }
  if (index.broken) {
    refuse(*index.broken, block.text.bytes, form.text, form.source, first_line);
  }
}

}  // namespace sweepnet::csv
