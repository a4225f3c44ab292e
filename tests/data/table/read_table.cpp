// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/table/read_table.hpp"

#include <sys/stat.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "storage/loopback.hpp"
#include "table_text.hpp"

using sweepnet::cell_reading;
using testing::cells_of;
using testing::read_as;
using testing::table_of;

TEST_CASE("a table has columns of numbers and of texts, and knows its lines") {
  const sweepnet::raw_table table = table_of("age,city\n37,Rome\n,Paris\n4.5,\n12,Rome\n");
  CHECK(table.source == "t.csv");
  CHECK(table.rows == 4);
  CHECK(cells_of(table) == "age: 37 - 4.5 12\ncity: 'Rome' 'Paris' - 'Rome'");
  CHECK(table.find("age") == &table.columns[0]);
  CHECK(table.find("Age") == nullptr);
  CHECK(table.columns[0].is_number);
  CHECK(table.columns[0].missing == 1);
  CHECK(table.columns[0].first_missing == 1);
  CHECK_FALSE(table.columns[1].is_number);
  CHECK(table.columns[1].texts == std::vector<std::string>{"Paris", "Rome"});
  CHECK(table.columns[1].codes == std::vector<std::int32_t>{1, 0, -1, 1});
  CHECK(table.columns[1].first_missing == 2);
  CHECK(table.lines == std::vector<sweepnet::line_run>{{.row = 0, .line = 2}});
  CHECK(table.line_of(3) == 5);
}

TEST_CASE("quotes hold delimiters, quotes and line ends") {
  CHECK(cells_of(table_of("a,\"b,\n\"\"c\"\"\"\n\"x,y\",\"say \"\"so\"\"\"\n\"two\nlines\","
                          "\"\"\"\"\n\"\r\n\",\"\"\n")) ==
        "a: 'x,y' 'two\nlines' '\r\n'\nb,\n\"c\": 'say \"so\"' '\"' -");
}

TEST_CASE("a quote within a cell is a character like others") {
  CHECK(cells_of(table_of("a,b\n5\" pipe,x\"\"y\n \"q\",b\"\n")) ==
        "a: '5\" pipe' ' \"q\"'\nb: 'x\"\"y' 'b\"'");
}

TEST_CASE("lines end in LF or CRLF, the last one in nothing") {
  const std::string expected = "a: 1 3\nb: 'x' 'y'";
  CHECK(cells_of(table_of("a,b\n1,x\n3,y\n")) == expected);
  CHECK(cells_of(table_of("a,b\r\n1,x\r\n3,y\r\n")) == expected);
  CHECK(cells_of(table_of("a,b\r\n1,x\n3,y")) == expected);
  CHECK(cells_of(table_of("a,b\n1,x\n3,\"y\"")) == expected);
  CHECK(cells_of(table_of("a,b\n1,x\n3,\"y\"\r")) == expected);
  CHECK(cells_of(table_of("\xef\xbb\xbf"
                          "a,b\n1,x\n3,y\n")) == expected);
}

TEST_CASE("blank lines are skipped, but counted") {
  const sweepnet::raw_table table = table_of("\n \r\na\n\n1\n2\n   \n\"\"\n\n\"x\ny\"\nz\n\n");
  CHECK(cells_of(table) == "a: '1' '2' - 'x\ny' 'z'");
  std::vector<std::int64_t> lines;
  for (std::int64_t row = 0; row < table.rows; ++row) lines.push_back(table.line_of(row));
  CHECK(lines == std::vector<std::int64_t>{5, 6, 8, 10, 12});
}

TEST_CASE("delimiters are told from the header") {
  CHECK(cells_of(table_of("a,b\n1,2\n")) == "a: 1\nb: 2");
  CHECK(cells_of(table_of("a;b\n1;2\n")) == "a: 1\nb: 2");
  CHECK(cells_of(table_of("a\tb\n1\t2\n")) == "a: 1\nb: 2");
  CHECK(cells_of(table_of("a|b\n1|2\n")) == "a: 1\nb: 2");
  CHECK(cells_of(table_of("a\n1\n")) == "a: 1");
  CHECK(cells_of(table_of("weight, kg;height;age\n1;2;3\n")) == "weight, kg: 1\nheight: 2\nage: 3");
  CHECK(cells_of(table_of("\"a;b;c\",d\n1,2\n")) == "a;b;c: 1\nd: 2");
  CHECK(cells_of(table_of("a|b,c\n1,2\n")) == "a|b: 1\nc: 2");
  CHECK(cells_of(table_of("a;b,c\n1,2\n", {.delimiter = ','})) == "a;b: 1\nc: 2");
}

TEST_CASE("numbers have every form that a decimal number has") {
  CHECK(
      cells_of(table_of("a\n1\n+2\n-3\n.5\n5.\n1e3\n1E-3\n+1.5e+2\n 7 \n\"8\"\n\" 9\"\n\t10\n")) ==
      "a: 1 2 -3 0.5 5 1000 0.001 150 7 8 9 10");
  CHECK(cells_of(table_of("a\n0.1\n1e-400\n-1e-400\n0e999999999999\n9007199254740993\n1e22\n1e23\n"
                          "123456789012345678901234567890\n2.2250738585072011e-308\n")) ==
        "a: 0.1 0 -0 0 9007199254740992 1e+22 1e+23 1.2345678901234568e+29 2.225073858507201e-308");
  const std::string small = "0." + std::string(400, '0') + "1";
  CHECK(cells_of(table_of("a\n" + small + "\n")) == "a: 0");
  for (const char* text : {"1x", "0x10", "1_000", "--1", "+-1", "-+1", "++1", "1e", "e5", ".", "-",
                           "+", "1 2", "1.2.3", "true"}) {
    INFO(text);
    CHECK(cells_of(table_of(std::string("a\n1\n") + text + "\n")) ==
          std::string("a: '1' '") + text + "'");
  }
}

TEST_CASE("missing cells are missing in columns of both kinds, in quotes or not") {
  const std::string cells = "NA\nN/A\nNaN\nnan\nnull\nNULL\nNone\n?\n\"\"\n\"NA\"\n";
  const sweepnet::raw_table numbers = table_of("a\n1\n" + cells);
  CHECK(cells_of(numbers) == "a: 1 - - - - - - - - - -");
  CHECK(numbers.columns[0].missing == 10);
  CHECK(cells_of(table_of("a\nx\n" + cells)) == "a: 'x' - - - - - - - - - -");
  CHECK(cells_of(table_of("a\nx\n" + cells, read_as({{"a", cell_reading::text}}))) ==
        "a: 'x' - - - - - - - - - -");
  CHECK(cells_of(table_of("a\nna\n NA\n")) == "a: 'na' ' NA'");
  const sweepnet::raw_table all = table_of("a,b\n,\n,\n");
  CHECK(all.columns[1].is_number);
  CHECK(cells_of(all) == "a: - -\nb: - -");
}

TEST_CASE("a column whose cells are not all numbers keeps the texts of all") {
  CHECK(cells_of(table_of("a,b\n01,1.0\n1e0,2\nx,3\n")) == "a: '01' '1e0' 'x'\nb: 1 2 3");
  std::string content = "a,b,c\n";
  for (int i = 0; i < 3000; ++i) content += "01,7,\n";
  content += "x,1,y\n";
  for (int i = 0; i < 3000; ++i) content += "01,NA,\n";
  for (const std::size_t block : {std::size_t{1}, std::size_t{1} << 19}) {
    int given = 0;
    sweepnet::csv::table_content source = testing::content_in_pieces(content, 1000);
    source.give = [&given, give = source.give](const auto& take) {
      ++given;
      give(take);
    };
    const sweepnet::raw_table table =
        sweepnet::csv::read_content(source, {}, {.block = block, .longest = 100});
    CHECK(given == (block == 1 ? 2 : 1));  // only where rows had been taken for numbers
    CHECK(table.columns[0].texts == std::vector<std::string>{"01", "x"});
    CHECK(table.columns[1].missing == 3000);
    CHECK(table.columns[2].texts == std::vector<std::string>{"y"});
    CHECK(table.columns[2].codes[3000] == 0);
    CHECK(table.columns[2].missing == 6000);
  }
}

TEST_CASE("columns are read as they are asked for") {
  std::vector<std::string> asked;
  sweepnet::table_reading reading = read_as(
      {{"id", cell_reading::text}, {"n", cell_reading::number}, {"free", cell_reading::skipped}});
  reading.reading_of = [&asked, of = reading.reading_of](const std::string& name) {
    asked.push_back(name);
    return of(name);
  };
  const sweepnet::raw_table table = table_of("id,n,free,rest\n01,1,\xff,2\n1,NA,b,3\n", reading);
  CHECK(asked == std::vector<std::string>{"id", "n", "free", "rest"});
  CHECK(cells_of(table) == "id: '01' '1'\nn: 1 -\nfree: \nrest: 2 3");
  CHECK(table.columns[2].was_skipped);
  CHECK_FALSE(table.columns[2].is_number);
}

TEST_CASE("of a column with many texts no more are kept than are wanted") {
  std::string content = "a,b\n";
  for (int i = 0; i < 1000; ++i) content += fmt::format("x{},y\n", i % 11);
  const auto read = [&](std::size_t most) { return table_of(content, {.most_texts = most}); };
  CHECK(read(11).columns[0].texts.size() == 11);
  CHECK_FALSE(read(11).columns[0].has_too_many_texts);
  CHECK(read(10).columns[0].has_too_many_texts);
  CHECK(read(10).columns[0].texts.empty());
  CHECK(read(10).columns[0].codes.empty());
  CHECK(read(10).columns[1].codes.size() == 1000);
}

TEST_CASE("tables are read from files, compressed or not, and from pipes") {
  const testing::temporary_directory directory;
  const std::string content = "a,b\n01,2\nx,3\n";
  testing::write_file(directory / "t.csv", content);
  testing::write_file(directory / "t.csv.gz",
                      testing::gzip("a,b\n01,") + testing::gzip("2\nx,3\n"));
  for (const char* name : {"t.csv", "t.csv.gz"}) {
    const sweepnet::raw_table table = sweepnet::read_table(directory / name);
    CHECK(cells_of(table) == "a: '01' 'x'\nb: 2 3");
    CHECK(table.source == directory / name);
  }
  const std::string pipe = directory / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::thread writer([&] { testing::write_file(pipe, content); });
  CHECK(cells_of(sweepnet::read_table(pipe)) == "a: '01' 'x'\nb: 2 3");
  writer.join();
}

#if defined(SWEEPNET_HAS_S3)
TEST_CASE(
    "a table behind a URL is read in pieces, once more where that is needed, and is the same") {
  std::string late = "a,b\n";  // a turns out to hold texts when its numbers' texts are gone
  for (int i = 0; i < 100'000; ++i) late += fmt::format("0{},{}\n", i, i);
  late += "x,1\n";
  bool changes = false;
  std::string content = late;
  const testing::loopback_server server([&](const testing::asked&) {
    std::string now = content;
    if (changes) content[content.size() - 10] ^= 1;
    return testing::answer(200, now);
  });
  const std::string url = server.url() + "/t.csv";
  CHECK(cells_of(sweepnet::read_table(url)) == cells_of(table_of(late)));
  CHECK(server.requests() == 2);
  content = testing::gzip(late);
  CHECK(cells_of(sweepnet::read_table(url)) == cells_of(table_of(late)));
  content = late;
  changes = true;
  CHECK(testing::message_of<sweepnet::data_error>([&] { (void)sweepnet::read_table(url); }) ==
        url + ": was changed while it was read");
  // Nothing of it is kept beyond its table, so a limit for that is none for the file.
  changes = false;
  content = "a,b\n" + std::string(std::size_t{1} << 20, '\n') + "1,2\n";
  CHECK(cells_of(sweepnet::read_table(url, {.limit = {.bytes = 10'000}})) == "a: 1\nb: 2");
}
#endif

TEST_CASE("a table comes in blocks of rows, each a table of its own") {
  const testing::temporary_directory directory;
  std::string content = "a,b,c\n";
  for (int i = 0; i < 5000; ++i) content += fmt::format("{},x{},?\n", i, i % 7);
  content += "NA,\"q\nr\",z\n5000,s,t\n";
  const auto reading = read_as(
      {{"a", cell_reading::number}, {"b", cell_reading::text}, {"c", cell_reading::skipped}});
  for (const int threads : {1, 3}) {
    std::int64_t rows = 0;
    int blocks = 0;
    sweepnet::raw_table last;
    sweepnet::table_reading each = reading;
    each.threads = threads;
    sweepnet::csv::read_content_blocks(
        testing::content_in_pieces(content, 777), each,
        [&](const sweepnet::raw_table& block) {
          ++blocks;
          CHECK(block.columns[0].numbers.size() == static_cast<std::size_t>(block.rows));
          CHECK(block.columns[1].codes.size() == static_cast<std::size_t>(block.rows));
          CHECK(block.line_of(0) == 2 + rows);
          if (rows < 5000) CHECK(block.columns[0].numbers[0] == static_cast<double>(rows));
          rows += block.rows;
          last = block;
        },
        {.block = 1000, .longest = 100});
    CHECK(rows == 5002);
    CHECK(blocks > 10);
    CHECK(last.line_of(last.rows - 1) == last.line_of(last.rows - 2) + 2);
    CHECK(last.columns[0].first_missing == last.rows - 2);
    CHECK(last.columns[1].texts.back() == "x6");
  }
  testing::write_file(directory / "t.csv", content);
  int calls = 0;
  sweepnet::read_table_blocks(directory / "t.csv", reading, [&](const sweepnet::raw_table& block) {
    ++calls;
    CHECK(block.rows == 5002);
  });
  CHECK(calls == 1);
}

TEST_CASE("a table that is larger than allowed is refused, as it grows") {
  std::string content = "a,b\n";
  for (int i = 0; i < 100'000; ++i) content += fmt::format("{},x{}\n", i, i % 7);
  CHECK(table_of(content, {.limit = {.bytes = 1'300'000}}).rows == 100'000);
  CHECK(testing::message_of<sweepnet::data_error>([&] {
          (void)table_of(content, {.limit = {.bytes = 1'000'000}});
        }) == "t.csv: expected at most 1000000 bytes, found more");
}

TEST_CASE("what cannot be asked of a table is told") {
  const auto told = [](const sweepnet::table_reading& reading) {
    return testing::message_of<sweepnet::argument_error>(
        [&] { (void)table_of("a\n1\n", reading); });
  };
  CHECK(told({.threads = 0}) == "a table's threads must be at least 1, got 0");
  CHECK(told({.delimiter = 'x'}) == "a table's delimiter must be ',', ';', a tab or '|', got 'x'");
  CHECK(told({.delimiter = '\n'}) ==
        "a table's delimiter must be ',', ';', a tab or '|', got '\\x0a'");
  CHECK(
      testing::message_of<sweepnet::argument_error>([&] {
        sweepnet::csv::read_content_blocks(testing::content_in_pieces("a,b\n1,2\n", 3),
                                           read_as({{"a", cell_reading::number}}), {});
      }) ==
      "t.csv: column 'b' must be read as numbers, as texts or not at all, where a table is read in "
      "blocks");
  CHECK(testing::message_of<sweepnet::input_missing>([] {
          (void)sweepnet::read_table("/nowhere/t.csv");
        }) == "/nowhere/t.csv: cannot open: No such file or directory");
}

TEST_CASE("a file that changes between two looks at it is refused") {
  std::string content = "a\n";
  for (int i = 0; i < 100; ++i) content += "1\n";
  content += "x\n";
  sweepnet::csv::table_content source = testing::content_in_pieces(content, 10);
  const sweepnet::csv::block_sizes small{.block = 1, .longest = 100};
  const auto told = [&] {
    return testing::message_of<sweepnet::data_error>(
        [&] { (void)sweepnet::csv::read_content(source, {}, small); });
  };
  source.is_unchanged = [] { return false; };
  CHECK(told() == "t.csv: was changed while it was read");
  int given = 0;
  source.is_unchanged = [] { return true; };
  source.give = [&](const std::function<void(std::string_view)>& take) {
    take(given++ == 0 ? content : "b\n1\n");
  };
  CHECK(told() == "t.csv: was changed while it was read");
}
