// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A table and its training rows -> the schema by which all rows are taken.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/schema.hpp"
#include "sweepnet/data/table/table_targets.hpp"

namespace sweepnet {

/// The schema of the columns that `request` asks for, by the training rows. Throws data_error with
/// source, line and cell for missing values where they are to be refused, for dates and free text
/// by the column's name, for a column that `request` names and the table lacks, and for real values
/// to be predicted that are all the same.
[[nodiscard]] table_schema fit_schema(const raw_table& table, std::span<const std::int64_t> rows,
                                      const data_request& request, const table_targets& targets);

namespace detail {

/// Throws data_error for a name that is none of a column, or has another part.
void check_names(const raw_table& table, const data_request& request);

}  // namespace detail

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/fit_schema.inl"
#endif
