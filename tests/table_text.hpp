// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tables from texts, and tables as texts.

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "support.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/table/csv_reader.hpp"
#include "sweepnet/data/table/read_table.hpp"

namespace testing {

using sweepnet::raw_column;
using sweepnet::raw_table;
using sweepnet::table_reading;

/// A content that comes in pieces of some size.
inline sweepnet::csv::table_content content_in_pieces(std::string_view content, std::size_t piece) {
  return {.shown = "t.csv",
          .give =
              [content, piece](const std::function<void(std::string_view)>& take) {
                for (std::size_t at = 0; at < content.size(); at += piece) {
                  take(content.substr(at, piece));
                }
              },
          .bytes = content.size(),
          .is_unchanged = [] { return true; }};
}

/// All that a table holds; a number by its bits.
inline std::string text_of_table(const raw_table& table) {
  std::string text = fmt::format("{}: {} rows, lines", table.source, table.rows);
  for (const auto& [row, line] : table.lines) text += fmt::format(" {}@{}", row, line);
  for (const raw_column& column : table.columns) {
    text += fmt::format("\n{}{}{}{}:", column.name, column.is_number ? " (number)" : "",
                        column.was_skipped ? " (skipped)" : "",
                        column.has_too_many_texts ? " (too many)" : "");
    for (const double number : column.numbers) {
      text += fmt::format(" {:x}", std::bit_cast<std::uint64_t>(number));
    }
    for (const std::int32_t code : column.codes) text += fmt::format(" {}", code);
    for (const std::string& each : column.texts) text += fmt::format(" [{}]", each);
    text += fmt::format(" missing {} from {}", column.missing, column.first_missing);
  }
  return text;
}

/// The cells of a column, as people would write them: texts in quotes, '-' where missing.
inline std::string cells_of(const raw_column& column) {
  std::string cells;
  const auto add = [&](const std::string& cell) { cells += (cells.empty() ? "" : " ") + cell; };
  for (const double number : column.numbers) {
    add(std::isnan(number) ? "-" : fmt::format("{}", number));
  }
  for (const std::int32_t code : column.codes) {
    add(code < 0 ? "-" : fmt::format("'{}'", column.texts[static_cast<std::size_t>(code)]));
  }
  return cells;
}

/// Of columns in their order, one a line.
inline std::string cells_of(const raw_table& table) {
  std::string cells;
  for (const raw_column& column : table.columns) {
    cells += (cells.empty() ? "" : "\n") + column.name + ": " + cells_of(column);
  }
  return cells;
}

inline raw_table table_of(std::string_view content, const table_reading& reading = {}) {
  return sweepnet::read_table_text(content, "t.csv", reading);
}

/// Takes each column for what `readings` says of its name, those that are not there for inferred.
inline table_reading read_as(const std::map<std::string, sweepnet::cell_reading>& readings) {
  return {.reading_of = [readings](const std::string& name) {
    const auto found = readings.find(name);
    return found == readings.end() ? sweepnet::cell_reading::inferred : found->second;
  }};
}

}  // namespace testing
