// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A data set of tables: columns by name, the rows to train on and those to validate on.

#include <string>

#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/schema.hpp"
#include "sweepnet/data/table/table_reading.hpp"

namespace sweepnet {

/// How the tables of a request are read, but for their columns. Throws usage_error for a delimiter
/// that is none.
[[nodiscard]] table_reading reading_for(const data_request& request, int threads);

/// How a column of the rows to train on is read.
[[nodiscard]] cell_reading reading_of(const data_request& request, const std::string& column);

/// The data set that `request` makes of a table: of its rows some validate. dataset::schema says
/// how columns became inputs; dataset::notes tells of rows and what is odd about them. Throws as
/// targets_of(), fit_schema(), split_rows() and encode_rows() do, and usage_error where the request
/// names no target.
[[nodiscard]] dataset table_dataset(const raw_table& table, const data_request& request);

/// The same of a table to train on and one to validate on, where the request names a test file.
[[nodiscard]] dataset table_dataset(const raw_table& table, const raw_table& test,
                                    const data_request& request);

/// The table that `request` names, its columns read as those of rows to train on. Throws as
/// read_table() does.
[[nodiscard]] raw_table load_table(const data_request& request, int threads);

/// Reads the tables that `request` names, and makes a data set of them. Throws as read_table() does
/// too.
[[nodiscard]] dataset load_table_dataset(const data_request& request, int threads);

/// A table's rows for a model that was trained on others by this schema, all of them to validate
/// on. Throws as read_table(), targets_of() and encode_rows() do.
[[nodiscard]] dataset load_table_for(const table_schema& schema, const data_request& request,
                                     int threads);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/table_dataset.inl"
#endif
