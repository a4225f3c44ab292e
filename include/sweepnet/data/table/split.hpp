// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which rows of a table train, and which validate.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/data/data_request.hpp"

namespace sweepnet {

/// Both in the order of the table.
struct row_split {
  std::vector<std::int64_t> train{};
  std::vector<std::int64_t> validation{};
  std::string how{};  ///< in words
};

/// Of so many rows those before the last share, which validates.
[[nodiscard]] std::int64_t rows_before_validation(std::int64_t rows, double share);

/// Throws usage_error for a share that leaves one side of so many rows empty.
void require_both_sides(std::int64_t trained, std::int64_t rows, double share);

/// What `request` asks of so many rows, whose classes are `classes`, none of real values; where
/// rows are to stay together `groups` is a number for each row, of what it belongs to, else empty.
/// A pure function: the seed and a row's number decide whether it is drawn. Throws usage_error for
/// a split that leaves one side empty, and for keys that contradict each other.
[[nodiscard]] row_split split_rows(std::int64_t rows, std::span<const std::int32_t> classes,
                                   std::span<const std::int32_t> groups,
                                   const data_request& request);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/split.inl"
#endif
