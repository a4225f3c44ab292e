// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What is read of a file depends on its bytes alone: not on blocks, pieces, threads, compression.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "sweepnet/data/table/csv_reader.hpp"
#include "table_text.hpp"

using sweepnet::cell_reading;

namespace {

/// The table, or why there is none.
std::string outcome(const sweepnet::csv::table_content& content,
                    const sweepnet::table_reading& reading,
                    const sweepnet::csv::block_sizes& sizes) {
  try {
    return testing::text_of_table(sweepnet::csv::read_content(content, reading, sizes));
  } catch (const sweepnet::data_error& e) {
    return e.what();
  }
}

/// A file of a few columns that are mostly of one kind, with all that a CSV file may hold.
class random_file {
 public:
  explicit random_file(std::uint64_t seed) : random_(seed) {}

  std::string make() {
    delimiter_ = pick({",", ";", "\t", "|"});
    const int columns = 1 + up_to(6);
    const int rows = up_to(300);
    // One file in two has an error somewhere.
    const int wrong = up_to(2) == 0 ? up_to(rows + 1) : -1;
    std::string content = up_to(4) == 0 ? "\xef\xbb\xbf" : "";
    std::vector<int> kinds;
    for (int c = 0; c < columns; ++c) {
      kinds.push_back(up_to(6));
      const std::string number = std::to_string(c);
      content +=
          (c == 0 ? "" : delimiter_) + pick({"x" + number, "\"y" + number + "\"",
                                             "\"z \"\"q\"\"\n" + number + "\"", "é" + number});
    }
    content += end();
    for (int row = 0; row < rows; ++row) {
      for (int c = 0; c < columns; ++c) {
        content += (c == 0 ? "" : delimiter_) + cell(kinds[static_cast<std::size_t>(c)], row, rows);
      }
      if (row == wrong) {
        content += pick({"\"", delimiter_ + "1", "\"a\"b", std::string(1, '\0'), "\xff", "\r",
                         "\n\"unclosed", "\n" + std::string(500, 'x'), "\ninf"});
      }
      content += row + 1 < rows || up_to(2) == 0 ? end() : "";
    }
    return content;
  }

 private:
  int up_to(int count) { return static_cast<int>(random_() % static_cast<std::uint64_t>(count)); }
  std::string pick(const std::vector<std::string>& of) {
    return of[static_cast<std::size_t>(up_to(static_cast<int>(of.size())))];
  }
  std::string end() { return pick({"\n", "\n", "\n", "\r\n", "\n\n", "\n \n"}); }

  std::string cell(int kind, int row, int rows) {
    const auto number = [&] {
      return pick({std::to_string(up_to(1000)), "1.5", "-2e-3", " 7 ", "\"8\"", "0.1234567890123",
                   "NA", "", "12345678901234567890"});
    };
    const auto text = [&] {
      return pick({"a", "b c", "\"q" + delimiter_ + "\"", "\"two\nlines\"", "\"\"\"\"", "é", "?",
                   "x\"y", "1",
                   "\"" + std::string(static_cast<std::size_t>(up_to(200)), 'l') + "\""});
    };
    switch (kind) {
      case 0:
      case 1: return number();
      case 2: return text();
      case 3: return row > rows / 2 ? text() : number();  // its beginning is to be read again
      case 4: return row > rows / 2 ? text() : "";
      default: return row == rows - 1 ? pick({"x", "inf", "3,5", "1"}) : pick({"01", "1.0", "2"});
    }
  }

  std::mt19937_64 random_;
  std::string delimiter_{};
};

}  // namespace

TEST_CASE("blocks, pieces, threads and compression do not change a table, nor why there is none") {
  int tables = 0;
  const int files = testing::cases(200, 40);
  for (int seed = 0; seed < files; ++seed) {
    const std::string content = random_file(static_cast<std::uint64_t>(seed)).make();
    const std::string packed = testing::gzip(content);
    sweepnet::table_reading reading{.most_texts = seed % 3 == 0 ? 5U : 1000U};
    if (seed % 4 == 1) {
      reading.reading_of = [](const std::string& name) {
        return name.ends_with('1')   ? cell_reading::number
               : name.ends_with('2') ? cell_reading::skipped
               : name.ends_with('3') ? cell_reading::text
                                     : cell_reading::inferred;
      };
    }
    const std::string expected =
        outcome(testing::content_in_pieces(content, content.size() + 1), reading, {.longest = 400});
    tables += expected.find(" rows, lines") != expected.npos ? 1 : 0;
    for (const int threads : {1, 2, 5}) {
      reading.threads = threads;
      for (const std::size_t block : {1U, 97U, 1000U}) {
        for (const std::string& each : {content, packed}) {
          INFO("seed " << seed << ", " << threads << " threads, blocks of " << block);
          CHECK(outcome(testing::content_in_pieces(each, block + 2), reading,
                        {.block = block, .longest = 400}) == expected);
        }
      }
    }
  }
  INFO(tables << " of " << files << " files hold tables");
  CHECK(tables > files / 4);
  CHECK(tables < 3 * files / 4);
}

TEST_CASE("blocks of rows are what the whole table holds") {
  const auto texts = [](const std::string& name) {
    return name.ends_with('1') ? cell_reading::skipped : cell_reading::text;
  };
  for (int seed = 0; seed < testing::cases(100, 20); ++seed) {
    const std::string content = random_file(static_cast<std::uint64_t>(seed)).make();
    const auto source = testing::content_in_pieces(content, 50);
    std::string whole;
    std::string joined;
    const auto add_rows = [](const sweepnet::raw_table& table, std::string& to) {
      for (std::int64_t row = 0; row < table.rows; ++row) {
        to += fmt::format("{}:", table.line_of(row));
        for (const sweepnet::raw_column& column : table.columns) {
          const std::int32_t code =
              column.was_skipped ? -1 : column.codes[static_cast<std::size_t>(row)];
          to += code < 0 ? " -" : " [" + column.texts[static_cast<std::size_t>(code)] + "]";
        }
        to += "\n";
      }
    };
    const sweepnet::csv::block_sizes sizes{.block = 100, .longest = 400};
    std::string why;
    try {
      add_rows(sweepnet::csv::read_content(source, {.reading_of = texts}, sizes), whole);
    } catch (const sweepnet::data_error& e) {
      why = e.what();
    }
    INFO("seed " << seed);
    try {
      sweepnet::csv::read_content_blocks(
          source, {.reading_of = texts, .threads = 2},
          [&](const sweepnet::raw_table& block) { add_rows(block, joined); }, sizes);
      CHECK(joined == whole);
    } catch (const sweepnet::data_error& e) {
      CHECK(e.what() == why);
    }
  }
}
