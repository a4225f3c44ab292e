// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A block of a table's records, its cells read column by column.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sweepnet/data/table/column_part.hpp"
#include "sweepnet/data/table/csv_blocks.hpp"
#include "sweepnet/data/table/raw_table.hpp"

namespace sweepnet::csv {

/// What is known of a table before its rows are read; how its columns are read changes meanwhile.
struct table_form {
  std::string source{};
  shape text{};
  std::vector<column_form> columns{};
  std::unique_ptr<std::atomic<part_reading>[]> readings {};
};

struct parsed_block {
  text_block text{};
  std::vector<column_part> parts{};
  std::vector<line_run> lines{};  ///< as if the block were the whole file
};

void parse_block(const table_form& form, parsed_block& block);

/// Throws data_error for the first thing that is wrong in a block whose first line this is.
void check_block(const table_form& form, const parsed_block& block, std::int64_t first_line);

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/parsed_block.inl"
#endif
