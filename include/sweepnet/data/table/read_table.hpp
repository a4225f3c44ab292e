// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tables in text files (CSV), as RFC 4180 has them and as pandas and spreadsheets write them:
// UTF-8, plain or gzip-compressed, cells between commas, semicolons, tabs or bars, the first line
// their names.
//
// A cell in quotes may hold delimiters, line ends and doubled quotes; elsewhere a quote is a
// character like others. Blank lines are skipped. Which cells are missing, and which are numbers,
// in quotes or not: cell_text.hpp.

#include <functional>
#include <string>
#include <string_view>

#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/table_reading.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet {

/// The table in a file. Throws data_error for what is no table, naming the first place where that
/// shows: `patients.csv:17:4: column 'age' expected a number, got 'abc'`, by line and by cell in
/// it; as storage::read() does; and as read_bound does beyond the limit.
/// Where a column turns out to hold texts only after numbers, a file is read once more; standard
/// input and pipes are kept in memory until the table is there.
[[nodiscard]] raw_table read_table(const storage::location& where,
                                   const table_reading& reading = {});

/// The same in blocks of rows, one after the other, in bounded memory whatever their number: `take`
/// gets each as a table of its own, on the caller's thread. Nothing can be inferred so: throws
/// argument_error where reading_of says so.
void read_table_blocks(const storage::location& where, const table_reading& reading,
                       const std::function<void(raw_table)>& take);

/// read_table() of what a file would hold; `source` is for messages.
[[nodiscard]] raw_table read_table_text(std::string_view content, const std::string& source,
                                        const table_reading& reading = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/read_table.inl"
#endif
