// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which columns, and which rows, of a table are equal.

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sweepnet/data/table/raw_table.hpp"

namespace sweepnet {

/// Columns whose cells are those of an earlier one, with the first such. Columns that were skipped
/// or have too many texts equal none.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> equal_columns(
    const raw_table& table);

/// A hash of 64 bits of each row's cells in some columns. Numbers that are equal, and missing ones,
/// hash alike.
[[nodiscard]] std::vector<std::uint64_t> row_hashes(const raw_table& table,
                                                    std::span<const std::size_t> columns);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/equal_cells.inl"
#endif
