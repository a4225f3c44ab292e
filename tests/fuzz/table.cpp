// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a table. The first byte says how its columns are taken and what delimits them.
// Blocks of any size must give the same table, or the same reason why there is none.

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/table/csv_reader.hpp"

namespace table_fuzz {

using namespace sweepnet;

std::string told_by(std::string_view content, const table_reading& reading, std::size_t block) {
  const csv::table_content source{
      .shown = "fuzz",
      .give = [&](const std::function<void(std::string_view)>& take) { take(content); },
      .is_unchanged = [] { return true; }};
  try {
    const raw_table table = csv::read_content(source, reading, {.block = block, .longest = 700});
    std::string told;
    for (const raw_column& column : table.columns) {
      told += column.name + ":";
      for (const double number : column.numbers) {
        told += fmt::format(" {:x}", std::bit_cast<std::uint64_t>(number));
      }
      for (const std::int32_t code : column.codes) {
        told += code < 0 ? " -" : " " + column.texts.at(static_cast<std::size_t>(code));
      }
      told += fmt::format(" {} {}\n", column.missing, column.first_missing);
    }
    return told + std::to_string(table.line_of(table.rows - 1));
  } catch (const data_error& e) {  // the one answer to bytes that are no table
    return e.what();
  }
}

}  // namespace table_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sweepnet;
  if (size == 0) return 0;
  const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr cell_reading taken[] = {cell_reading::inferred, cell_reading::number,
                                    cell_reading::text, cell_reading::skipped};
  table_reading reading{.delimiter = "\0,;\t|\0\0\0"[data[0] & 7], .most_texts = 20};
  reading.reading_of = [&](const std::string& name) {
    return taken[data[0] >> 3 & static_cast<unsigned char>(name.back()) & 3];
  };
  const std::string whole = table_fuzz::told_by(content, reading, std::size_t{1} << 19);
  if (table_fuzz::told_by(content, reading, 50) != whole) std::abort();
  return 0;
}
