// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Places of a table in messages, and what is missing there.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/table/cell_text.hpp"
#include "sweepnet/data/table/raw_table.hpp"

namespace sweepnet {

/// Where a cell stands, as messages begin with it: source:line:cell.
[[nodiscard]] inline std::string place_in(const raw_table& table, std::int64_t row,
                                          const raw_column& column) {
  return fmt::format("{}:{}:{}", table.source, table.line_of(row),
                     &column - table.columns.data() + 1);
}

/// Throws data_error, telling the nearest, unless the table has a column of that name, for which
/// `what` asks.
inline const raw_column& require_column(const raw_table& table, const std::string& name,
                                        const std::string& what) {
  if (const raw_column* column = table.find(name)) return *column;
  std::vector<std::string> names;
  for (const raw_column& column : table.columns) names.push_back(csv::shown_text(column.name));
  std::string nearest = did_you_mean(name, names);
  constexpr std::size_t longest = 300;
  if (nearest.size() > longest) nearest = fmt::format(" (of {} columns)", names.size());
  throw data_error(fmt::format("{}: has no column '{}', which {} names{}", table.source,
                               csv::shown_text(name), what, nearest));
}

/// Throws data_error for a cell in which nothing stands; `remedy` ends the message.
[[noreturn]] inline void refuse_missing(const raw_table& table, const raw_column& column,
                                        std::int64_t row, const std::string& remedy) {
  throw data_error(fmt::format("{}: column '{}' has no value here{}", place_in(table, row, column),
                               csv::shown_text(column.name), remedy));
}

}  // namespace sweepnet
