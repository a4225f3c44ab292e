// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What is no table is refused in so many words, the first thing first, whatever the blocks and the
// threads; and before more of it is read than needed.

#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "sweepnet/data/table/csv_reader.hpp"
#include "table_text.hpp"

using namespace std::string_literals;
using sweepnet::cell_reading;
using testing::read_as;

namespace {

/// Why a content is refused, by whatever blocks and threads it is read.
std::string refusal_of(const std::string& content, const sweepnet::table_reading& reading = {},
                       std::size_t longest = 1000) {
  std::string first;
  for (const std::size_t block : {1U, 100U, 1U << 19}) {
    for (const int threads : {1, 3}) {
      sweepnet::table_reading each = reading;
      each.threads = threads;
      const std::string told = testing::message_of<sweepnet::data_error>([&] {
        (void)sweepnet::csv::read_content(testing::content_in_pieces(content, block), each,
                                          {.block = block, .longest = longest});
      });
      if (first.empty()) first = told;
      INFO("blocks of " << block << ", " << threads << " threads");
      CHECK(told == first);
    }
  }
  return first;
}

}  // namespace

TEST_CASE("a file without a table is refused") {
  CHECK(refusal_of("") == "t.csv: expected the columns' names in the first line, found nothing");
  CHECK(refusal_of("\n\r\n  \n") ==
        "t.csv: expected the columns' names in the first line, found nothing");
  CHECK(refusal_of("\xef\xbb\xbf") ==
        "t.csv: expected the columns' names in the first line, found nothing");
  CHECK(refusal_of("a,b\n") == "t.csv: expected rows below the columns' names, found none");
  CHECK(refusal_of("a,b") == "t.csv: expected rows below the columns' names, found none");
  CHECK(refusal_of("a,b\n\n\n") == "t.csv: expected rows below the columns' names, found none");
}

TEST_CASE("files of other formats are told by name") {
  const std::string expected =
      "t.csv: expected a table as text in UTF-8 (CSV), plain or gzip-compressed, found ";
  CHECK(refusal_of("\xff\xfe"s + "a\0,\0b\0\n\0"s) == expected + "UTF-16");
  CHECK(refusal_of("\xfe\xff\0a\0,\0b\0\n"s) == expected + "UTF-16");
  CHECK(refusal_of("PK\x03\x04 and so on\n") ==
        expected + "a zip archive or a spreadsheet (.xlsx)");
  CHECK(refusal_of("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == expected + "a spreadsheet (.xls)");
  CHECK(refusal_of("PAR1\x15\x04") == expected + "Parquet");
  CHECK(refusal_of("\x28\xb5\x2f\xfd\x24") == expected + "compressed with zstd");
  CHECK(refusal_of("a\0,\0b\0\n\0"s) ==
        "t.csv:1:1: expected text, found a NUL byte: is it UTF-16, or no text?");
}

TEST_CASE("a header that names no columns is refused") {
  CHECK(refusal_of("1,2.5\n3,4\n") ==
        "t.csv:1: expected the columns' names in the first line, found numbers alone: '1'");
  CHECK(refusal_of("\n\n7\n3\n") ==
        "t.csv:3: expected the columns' names in the first line, found numbers alone: '7'");
  CHECK(refusal_of("a,b,a\n1,2,3\n") ==
        "t.csv:1:3: the column's name 'a' is that of column 1, too");
  CHECK(refusal_of("\na,\"a\"\n1,2\n") ==
        "t.csv:2:2: the column's name 'a' is that of column 1, too");
  CHECK(refusal_of("a,,b\n1,2,3\n") == "t.csv:1:2: the column has no name");
  CHECK(refusal_of("a, \n1,2\n") == "t.csv:1:2: the column has no name");
  CHECK(refusal_of(",a\n0,2\n") ==
        "t.csv:1:1: the column has no name; pandas writes its index so: index=False");
  CHECK(refusal_of("a,b;c\n1,2;3\n") ==
        "t.csv:1: cannot tell what delimits the columns' names: ',' and ';' each give 2 of them");
  CHECK(refusal_of("a\tb;c\n") ==
        "t.csv:1: cannot tell what delimits the columns' names: ';' and a tab each give 2 of them");
  CHECK(refusal_of("a,b\xe9\n1,2\n") == "t.csv:1:2: expected UTF-8, found the byte \\xe9");
  CHECK(refusal_of("a,b\r1,2\r3,4\r") ==
        "t.csv:1:2: expected lines that end in LF or CRLF, found a carriage return alone");
  CHECK(refusal_of("a,\"b\n1,2\n") == "t.csv:1:2: the quote that opens here is never closed");
  CHECK(refusal_of("a,\"b\"c\n1,2\n") ==
        "t.csv:1:2: expected ',' or the line's end behind the closing quote, found 'c'");
}

TEST_CASE("rows that are shorter or longer than the header are refused") {
  CHECK(refusal_of("a,b,c\n1,2,3\n1,2\n") == "t.csv:3: expected 3 cells, found 2");
  CHECK(refusal_of("a,b,c\n1,2,3,4,5\n1,2\n") == "t.csv:2: expected 3 cells, found 5");
  CHECK(refusal_of("a,b\n1,2,\n") == "t.csv:2: expected 2 cells, found 3");
  CHECK(refusal_of("a,b\n1,\"x\n\ny\"\n\n1,5,2,5\n") == "t.csv:6: expected 2 cells, found 4");
  CHECK(refusal_of("a\n\"1\",2\n") == "t.csv:2: expected 1 cell, found 2");
  CHECK(refusal_of("a,b\n1;2\n") == "t.csv:2: expected 2 cells, found 1");
}

TEST_CASE("quotes that end in nothing, or within a cell, are refused where they are") {
  CHECK(refusal_of("a,b\n1,2\n3,\"4\n5,6\n7,8\n") ==
        "t.csv:3:2: the quote that opens here is never closed");
  CHECK(refusal_of("a,b\n\"x\ny\",\"z") == "t.csv:3:2: the quote that opens here is never closed");
  CHECK(refusal_of("a,b\n1,\"2\"\"\n") == "t.csv:2:2: the quote that opens here is never closed");
  CHECK(refusal_of("a,b\n1,\"2\" \n") ==
        "t.csv:2:2: expected ',' or the line's end behind the closing quote, found ' '");
  CHECK(refusal_of("a;b\n1;\"2\"\xc3\xa9\n") ==
        "t.csv:2:2: expected ';' or the line's end behind the closing quote, found '\xc3\xa9'");
  CHECK(
      refusal_of("a\tb\n\"x\n\n\"y\t2\n") ==
      "t.csv:4:1: expected a tab or the line's end behind the closing quote of line 2, found 'y'");
  CHECK(refusal_of("a,b\n\"1\"\r2,3\n") ==
        "t.csv:2:1: expected ',' or the line's end behind the closing quote, found '\\x0d'");
  CHECK(refusal_of("a,b\n1,\"x\n2,\"y\"\n") ==
        "t.csv:3:2: expected ',' or the line's end behind the closing quote of line 2, found 'y'");
  for (std::size_t before = 40; before < 70; ++before) {  // a block's end within the character
    CHECK(refusal_of("a\n" + std::string(before, 'x') + "\n\"x\"\xf0\x9f\x98\x80\n") ==
          "t.csv:3:1: expected ',' or the line's end behind the closing quote, found "
          "'\xf0\x9f\x98\x80'");
  }
  CHECK(refusal_of("a\n\"x\"\xf0\x9f") ==
        "t.csv:2:1: expected ',' or the line's end behind the closing quote, found '\\xf0'");
}

TEST_CASE("what is no text is refused") {
  CHECK(refusal_of("a,b\n1,2\n3,\0\n"s) ==
        "t.csv:3:2: expected text, found a NUL byte: is it UTF-16, or no text?");
  CHECK(refusal_of("a,b\n\"1\n\0\",2\n"s) ==
        "t.csv:3:1: expected text, found a NUL byte: is it UTF-16, or no text?");
  CHECK(refusal_of("a,b\nx,y\nx,\xe9t\xe9\n") == "t.csv:3:2: expected UTF-8, found the byte \\xe9");
  CHECK(refusal_of("a,b\nx,y\nx,\"\xed\xa0\x80\"\n") ==
        "t.csv:3:2: expected UTF-8, found the byte \\xed");
  CHECK(refusal_of("a,b\nx,y\rz\n") ==
        "t.csv:2:2: expected lines that end in LF or CRLF, found a carriage return alone");
}

TEST_CASE("cells of numbers that are none are refused") {
  const auto numbers = read_as({{"age", cell_reading::number}});
  CHECK(refusal_of("id,age\nx,1\ny,abc\n", numbers) ==
        "t.csv:3:2: column 'age' expected a number, got 'abc'");
  CHECK(refusal_of("id,age\nx,1\ny,\"a\"\"b\nc\"\n", numbers) ==
        "t.csv:3:2: column 'age' expected a number, got 'a\"b\\x0ac'");
  CHECK(refusal_of("age\n " + std::string(59, '1') + "\xc3\xa9 and so on\n", numbers) ==
        "t.csv:2:1: column 'age' expected a number, got ' " + std::string(59, '1') + "...'");
  CHECK(refusal_of("age,b\n  ,1\n", numbers) ==
        "t.csv:2:1: column 'age' expected a number, got '  '");
  CHECK(refusal_of("age\n1\n-inf\n", numbers) ==
        "t.csv:3:1: column 'age' expected a finite number, got '-inf'");
  CHECK(refusal_of("age\n1\n1e400\n", numbers) ==
        "t.csv:3:1: column 'age' expected a finite number, got '1e400'");
  CHECK(refusal_of("age\n1\n-NaN\n", numbers) ==
        "t.csv:3:1: column 'age' expected a finite number, got '-NaN'");
  CHECK(refusal_of("age;b\n3,14;x\n", numbers) ==
        "t.csv:2:1: column 'age' expected a number, got '3,14': expected a decimal point and no "
        "thousands separators");
  CHECK(
      refusal_of("age,b\n\"12,345.5\",x\n", numbers) ==
      "t.csv:2:1: column 'age' expected a number, got '12,345.5': expected a decimal point and no "
      "thousands separators");
}

TEST_CASE("columns that were meant to hold numbers are refused, not taken for texts") {
  const std::string finite = "column 'a' expected finite numbers, got ";
  CHECK(refusal_of("a\n1\ninf\n2\nInfinity\n") == "t.csv:3:1: " + finite + "'inf'");
  CHECK(refusal_of("a\n1\n-1e999\n") == "t.csv:3:1: " + finite + "'-1e999'");
  CHECK(refusal_of("a\n1" + std::string(400, '0') + "e-20\n") ==
        "t.csv:2:1: " + finite + "'1" + std::string(59, '0') + "...'");
  CHECK(refusal_of("b,a\n\n\nx,NAN\n") == "t.csv:4:2: " + finite + "'NAN'");
  CHECK(testing::cells_of(testing::table_of("a\n1\ninf\nx\n")) == "a: '1' 'inf' 'x'");

  const std::string points =
      "column 'w' expected numbers with a decimal point and no thousands separators, got ";
  CHECK(refusal_of("w;b\n3;x\n3,14;y\n") == "t.csv:3:1: " + points + "'3,14'");
  CHECK(refusal_of("b\tw\nx\t-,5\ny\t1,25E+03\n") == "t.csv:2:2: " + points + "'-,5'");
  CHECK(refusal_of("w;b\n1.234.567,8;x\n") == "t.csv:2:1: " + points + "'1.234.567,8'");
  CHECK(refusal_of("w,b\n7,x\n\"1,234\",y\n\"12,345.5\",z\n") ==
        "t.csv:3:1: " + points + "'1,234'");
  CHECK(refusal_of("w;b\n1,234,567;x\n") == "t.csv:2:1: " + points + "'1,234,567'");
  // Some other text in the column, or lists of numbers where commas are delimiters.
  CHECK(testing::cells_of(testing::table_of("w;b\n3,14;x\nlarge;y\n")) ==
        "w: '3,14' 'large'\nb: 'x' 'y'");
  CHECK(testing::cells_of(testing::table_of("w,b\n\"1,2\",x\n")) == "w: '1,2'\nb: 'x'");
  CHECK(testing::cells_of(testing::table_of("w;b\n1,2,3;x\n")) == "w: '1,2,3'\nb: 'x'");
  std::string many = "w;b\n";
  for (int i = 0; i < 500; ++i) many += fmt::format("{},5;x\n", i);
  CHECK(refusal_of(many, {.most_texts = 10}) == "t.csv:2:1: " + points + "'0,5'");
  // The first place in the file, not the first column.
  CHECK(refusal_of("a;w\n1;2\n3;4,5\ninf;6\n") == "t.csv:3:2: " + points + "'4,5'");
}

TEST_CASE("the first of several errors is the one that is told") {
  const auto numbers = read_as({{"a", cell_reading::number}, {"b", cell_reading::number}});
  CHECK(refusal_of("a,b\n1,2\n3,x\ny,4\n5\n", numbers) ==
        "t.csv:3:2: column 'b' expected a number, got 'x'");
  CHECK(refusal_of("a,b\n1,2\ny,x\n5\n", numbers) ==
        "t.csv:3:1: column 'a' expected a number, got 'y'");
  CHECK(refusal_of("a,b\n1,2\n5\ny,x\n", numbers) == "t.csv:3: expected 2 cells, found 1");
  CHECK(refusal_of("a,b\n1,2\n\n5,\"x\"y\n7,\0\n"s, numbers) ==
        "t.csv:4:2: expected ',' or the line's end behind the closing quote, found 'y'");
  CHECK(refusal_of("a,b\n1,\xff\n\"", {}) == "t.csv:2:2: expected UTF-8, found the byte \\xff");
  // Also where a column is to be read again, and nobody keeps its texts.
  std::string late = "a,b\n";
  for (int i = 0; i < 300; ++i) late += "01,1\n";
  late += "x,1\n";
  for (int i = 0; i < 300; ++i) late += "01,1\n";
  CHECK(refusal_of(late + "\xff,1\n1\n") == "t.csv:603:1: expected UTF-8, found the byte \\xff");
  CHECK(refusal_of(late + "1\n\xff,1\n") == "t.csv:603: expected 2 cells, found 1");
}

TEST_CASE("compressed tables that are cut or damaged are refused, behind what is wrong before") {
  std::string content = "a,b\n";
  for (int i = 0; i < 2000; ++i) content += fmt::format("{},{}\n", i, i * i % 1009);
  const std::string packed = testing::gzip(content);
  CHECK(refusal_of(packed.substr(0, packed.size() / 2)) ==
        "t.csv: truncated: the gzip stream has no end");
  CHECK(refusal_of(packed.substr(0, 1)) ==
        "t.csv: expected rows below the columns' names, found none");
  CHECK(refusal_of(packed + "x") == "t.csv: truncated: the gzip stream has no end");
  std::string damaged = packed;
  damaged[damaged.size() / 2] ^= 1;
  damaged[damaged.size() / 2 + 1] ^= 7;
  CHECK(refusal_of(damaged).starts_with("t.csv"));
  content += "1,2,3\n" + content;
  const std::string wrong = testing::gzip(content);
  CHECK(refusal_of(wrong.substr(0, wrong.size() - 9)) == "t.csv:2002: expected 2 cells, found 3");
}

TEST_CASE("records are refused beyond a length, wherever their blocks end") {
  const std::string expected = "expected a record of at most 50 bytes, found more";
  const std::string fits(48, 'x');
  CHECK(testing::cells_of(
            sweepnet::csv::read_content(testing::content_in_pieces("a,b\n" + fits + ",\n", 7), {},
                                        {.block = 1, .longest = 50}))
            .starts_with("a: 'xxx"));
  CHECK(refusal_of("a,b\n1,2\nx" + fits + ",y\n1,2\n", {}, 50) == "t.csv:3: " + expected);
  CHECK(refusal_of("a,b\n1,2\n" + std::string(5000, 'x'), {}, 50) == "t.csv:3: " + expected);
  CHECK(refusal_of("a,b\n1,2\n1,2," + fits + "\n", {}, 50) == "t.csv:3: " + expected);
  CHECK(refusal_of("a,b\n1,\"" + std::string(60, '\n') + "\"\n", {}, 50) ==
        "t.csv:2:2: the quote that opens here is never closed");
  CHECK(refusal_of("a,b\n1,\"" + std::string(60, '\n') + "\"x\n", {}, 50) ==
        "t.csv:2:2: the quote that opens here is never closed");
  CHECK(refusal_of("a,b\n1,\"2\"x" + std::string(60, 'x') + "\n", {}, 50) ==
        "t.csv:2:2: expected ',' or the line's end behind the closing quote, found 'x'");
  CHECK(refusal_of("a,b\n" + fits + "xxx\0,\n"s, {}, 50) == "t.csv:2: " + expected);
  CHECK(refusal_of("a,b\n" + fits + "\0,\n"s, {}, 50) ==
        "t.csv:2:1: expected text, found a NUL byte: is it UTF-16, or no text?");
  CHECK(refusal_of(std::string(60, 'a') + "\n1\n", {}, 50) == "t.csv:1: " + expected);
  CHECK(refusal_of(std::string(60, '\n') + std::string(60, 'a'), {}, 50) ==
        "t.csv:61: " + expected);
}

TEST_CASE("a file without line ends is refused before more of it is read than a record may have") {
  const std::string piece(std::size_t{1} << 20, 'x');
  const std::string quoted = "a,b\n1,\"";
  for (const bool opens : {false, true}) {
    std::size_t given = 0;
    const sweepnet::csv::table_content endless{
        .shown = "t.csv", .give = [&](const std::function<void(std::string_view)>& take) {
          if (opens) take(quoted);
          while (given < 1024) {
            ++given;
            take(piece);
          }
        }};
    CHECK(testing::message_of<sweepnet::data_error>([&] {
            (void)sweepnet::csv::read_content(endless, {});
          }) == (opens ? "t.csv:2:2: the quote that opens here is never closed"
                       : "t.csv:1: expected a record of at most 16777216 bytes, found more"));
    CHECK(given <= 33);  // MiB
  }
}

TEST_CASE("a table of too many columns is refused") {
  std::string header = "x0";
  for (int i = 1; i <= 131072; ++i) header += fmt::format(",x{}", i);
  CHECK(testing::message_of<sweepnet::data_error>([&] {
          (void)testing::table_of(header + "\n");
        }) == "t.csv:1: expected at most 131072 columns, found 131073");
}
