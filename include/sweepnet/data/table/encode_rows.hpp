// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of a table -> a network's inputs, by the schema.

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/schema.hpp"

namespace sweepnet {

/// What was met in rows that the training rows had not.
struct unknown_cells {
  std::map<std::string, std::int64_t> categories{};  ///< cells of categories not seen, by column
  std::map<std::string, std::int64_t> missing{};     ///< cells without an indicator, by column

  /// A sentence for each column.
  [[nodiscard]] std::vector<std::string> notes(const std::string& source) const;
};

/// Whether numbers go into a network as they stand in the table, or as it was trained on them.
enum class number_scale { raw, standardized };

/// Some rows, whose columns are found by name. Throws data_error for a column that is not there or
/// of another type, and with source, line and cell for a missing value that the schema does not
/// fill. A category that the schema lacks is none of them, and counted.
[[nodiscard]] labelled_rows encode_rows(const raw_table& table, std::span<const std::int64_t> rows,
                                        const table_schema& schema, number_scale scale,
                                        unknown_cells& unknown);

/// 0, 1, ..., the table's last row.
[[nodiscard]] std::vector<std::int64_t> all_rows(const raw_table& table);

/// The same of all rows.
[[nodiscard]] labelled_rows encode_rows(const raw_table& table, const table_schema& schema,
                                        number_scale scale, unknown_cells& unknown);

/// How the cells of a table are read that is to be encoded by the schema: its columns alone, and
/// the target where that is wanted.
enum class target_reading { read, skipped };
[[nodiscard]] cell_reading reading_of(const table_schema& schema, const std::string& column,
                                      target_reading target);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/encode_rows.inl"
#endif
