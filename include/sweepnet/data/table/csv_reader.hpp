// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a table's bytes to the table, wherever they come from: once through, in blocks that several
// threads read; and once more for columns whose first rows had looked like numbers.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sweepnet/data/table/csv_blocks.hpp"
#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/table_reading.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet::csv {

struct table_content {
  std::string shown{};  ///< in messages
  /// Gives the content to `take` in pieces, each time it is called.
  storage::piece_producer give{};
  std::uint64_t bytes = 0;  ///< of what is given; 0: nobody knows
  /// Whether the content is what it was when it was given first.
  std::function<bool()> is_unchanged{};
};

/// read_table() and read_table_blocks(), of any size of blocks.
[[nodiscard]] raw_table read_content(const table_content& content, const table_reading& reading,
                                     const block_sizes& sizes = {});
void read_content_blocks(const table_content& content, const table_reading& reading,
                         const std::function<void(raw_table)>& take, const block_sizes& sizes = {});

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/csv_reader.inl"
#endif
