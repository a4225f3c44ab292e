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

namespace sweepnet {

/// The classes of a table's rows.
struct table_classes {
  column_type type = column_type::category;
  std::vector<std::string> names{};     ///< numbers in their order, texts sorted
  std::vector<std::int32_t> of_rows{};  ///< index into names
};

/// The classes in the column `target`. Throws data_error with source, line and cell for a column
/// that is not there, a row without a class, real values, and a single class.
[[nodiscard]] table_classes classes_of(const raw_table& table, const std::string& target);

/// The same by classes that are known; a row of another one is refused.
[[nodiscard]] std::vector<std::int32_t> classes_of(const raw_table& table,
                                                   const table_schema& schema);

/// The schema of the columns that `request` asks for, by the training rows. Throws data_error with
/// source, line and cell for missing values where they are to be refused, for dates and free text
/// by the column's name, and for a column that `request` names and the table lacks.
[[nodiscard]] table_schema fit_schema(const raw_table& table, std::span<const std::int64_t> rows,
                                      const data_request& request, const table_classes& classes);

namespace detail {

/// Throws data_error for a name that is none of a column, or has another part.
void check_names(const raw_table& table, const data_request& request);

}  // namespace detail

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/fit_schema.inl"
#endif
