// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What tables are here, for judge.py: each line of standard input is an object with a file, its
// delimiter ("" to have it told), how all columns are read and by what blocks; each line of
// standard output has the table, numbers by their bits, or why there is none.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

#include "../search/answer_lines.hpp"
#include "sweepnet/data/table/csv_reader.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/storage/store.hpp"

using namespace sweepnet;

namespace {

ordered_json json_of(const raw_column& column) {
  ordered_json values = ordered_json::array();
  for (const double number : column.numbers) values.push_back(std::bit_cast<std::uint64_t>(number));
  for (const std::int32_t code : column.codes) {
    values.push_back(code < 0 ? ordered_json(nullptr)
                              : ordered_json(column.texts[static_cast<std::size_t>(code)]));
  }
  return {{"name", column.name},
          {"number", column.is_number},
          {"missing", column.missing},
          {"first_missing", column.first_missing},
          {"sorted", std::ranges::is_sorted(column.texts)},
          {"values", values}};
}

ordered_json answer(const ordered_json& request) {
  const std::string path = request["file"];
  const std::string delimiter = request["delimiter"];
  const bool is_text = request["texts"];
  const csv::table_content content{
      .shown = "t.csv",
      .give = [&](const auto& take) { storage::read_pieces(path, take); },
      .is_unchanged = [] { return true; }};
  const raw_table table =
      csv::read_content(content,
                        {.delimiter = delimiter.empty() ? '\0' : delimiter.front(),
                         .reading_of =
                             [&](const std::string&) {
                               return is_text ? cell_reading::text : cell_reading::inferred;
                             },
                         .threads = request["threads"]},
                        {.block = request["block"]});
  ordered_json columns = ordered_json::array();
  for (const raw_column& column : table.columns) columns.push_back(json_of(column));
  ordered_json lines = ordered_json::array();
  for (std::int64_t row = 0; row < table.rows; ++row) lines.push_back(table.line_of(row));
  return {{"columns", columns}, {"lines", lines}};
}

}  // namespace

int main() { testing::answer_lines(answer); }
