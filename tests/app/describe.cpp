// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What the program tells of data before anyone trains on them.

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "program.hpp"
#include "sweepnet/app/text_width.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/json.hpp"

namespace {

using sweepnet::ordered_json;
using testing::outcome;
using description_words = std::vector<std::string>;

/// A table with one of all that is suspicious about columns.
constexpr const char* patients =
    "id,age,colour,visit,note,site,score,points,grade,ward,outcome\n"
    "1,20,red,2024-01-01,calm 0,north,0.00,0.00,1,A,yes\n"
    "2,57,red,2024-02-02,came late 5,north,3.62,3.62,2,B,no\n"
    "3,33,red,2024-03-03,tall 10,north,1.38,1.38,1,A,yes\n"
    "4,70,green,2024-01-04,calm 15,north,5.00,5.00,3,B,no\n"
    "5,46,blue,2024-02-05,came late 20,north,2.75,2.75,2,A,yes\n"
    "6,22,red,2024-03-06,tall 25,north,0.50,0.50,3,B,no\n"
    "7,,red,2024-01-07,calm 30,north,4.12,4.12,3,B,no\n"
    "8,35,red,2024-02-08,came late 35,north,1.88,1.88,4,A,yes\n"
    "9,72,green,2024-03-09,tall 40,north,5.50,5.50,3,B,no\n"
    "10,48,blue,2024-01-10,calm 45,north,3.25,3.25,1,A,yes\n"
    "11,24,red,2024-02-11,came late 50,north,1.00,1.00,4,B,no\n"
    "12,61,red,2024-03-12,tall 55,north,4.62,4.62,1,A,yes\n"
    "13,37,red,2024-01-13,calm 60,north,2.38,2.38,1,B,no\n"
    "14,74,green,2024-02-14,came late 65,north,0.12,0.12,2,B,no\n"
    "15,50,blue,2024-03-15,tall 70,north,3.75,3.75,1,A,yes\n"
    "16,26,red,2024-01-16,calm 75,north,1.50,1.50,3,B,no\n"
    "17,63,red,2024-02-17,came late 80,north,5.12,5.12,2,A,yes\n"
    "18,39,red,2024-03-18,tall 85,north,2.88,2.88,3,B,no\n"
    "19,76,green,2024-01-19,calm 90,north,0.62,0.62,3,A,yes\n"
    "20,52,blue,2024-02-20,came late 95,north,4.25,4.25,4,B,no\n"
    "21,28,red,2024-03-21,tall 100,north,2.00,2.00,3,B,no\n"
    "22,65,red,2024-01-22,calm 105,north,5.62,5.62,1,A,yes\n"
    "23,41,red,2024-02-23,came late 110,north,3.38,3.38,4,B,no\n"
    "24,78,green,2024-03-24,tall 115,north,1.12,1.12,1,A,yes\n";

struct described_files {
  testing::temporary_directory directory{};

  described_files() { testing::write_file(directory / "patients.csv", patients); }

  [[nodiscard]] std::string path(const std::string& name) const { return directory / name; }

  /// What is told of a file, DIR for the directory.
  [[nodiscard]] outcome told(const std::string& name, const description_words& more = {},
                             bool terminal = false) const {
    testing::command_line line{.arguments = {"describe", path(name)}, .terminal = terminal};
    line.arguments.insert(line.arguments.end(), more.begin(), more.end());
    outcome result = testing::run_program(line);
    for (std::string* text : {&result.out, &result.err}) {
      const std::string here = directory.path().string();
      for (std::size_t at = text->find(here); at != text->npos; at = text->find(here, at)) {
        text->replace(at, here.size(), "DIR");
      }
    }
    return result;
  }
  [[nodiscard]] std::string out(const std::string& name, const description_words& more = {}) const {
    const outcome result = told(name, more);
    CHECK(result.err == "");
    CHECK(result.code == 0);
    return result.out;
  }
};

std::size_t widest_line(std::string_view text) {
  std::size_t widest = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    widest = std::max(widest, sweepnet::app::text_width(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return widest;
}

}  // namespace

TEST_CASE("A table is described: columns, target, inputs and what to look at") {
  const described_files files;
  CHECK(files.out("patients.csv", {"--target", "outcome"}) ==
        "DIR/patients.csv: 24 rows, 11 columns\n"
        "\n"
        "#  number    missing  distinct  min     mean       sd  median   max\n"
        "1  id              0        24    1     12.5  6.92219    12.5    24\n"
        "2  age     1 (4.17%)        23   20  48.5652  18.3749      48    78\n"
        "7  score           0        24    0    2.765  1.72254   2.815  5.62\n"
        "8  points          0        24    0    2.765  1.72254   2.815  5.62\n"
        "9  grade           0         4    1  2.33333  1.10554     2.5     4\n"
        "\n"
        " #  other    type      missing  distinct  most frequent\n"
        " 3  colour   category        0         3  red 15 (62.5%), green 5 (20.8%), ...\n"
        " 4  visit    date            0        24  such as 2024-01-01\n"
        " 5  note     text            0        24  such as calm 0\n"
        " 6  site     constant        0         1  north 24 (100%)\n"
        "10  ward     category        0         2  B 13 (54.2%), A 11 (45.8%)\n"
        "11  outcome  category        0         2  no 13 (54.2%), yes 11 (45.8%)\n"
        "\n"
        "target 'outcome': 2 classes; always 'no' is right in 54.2% of the rows\n"
        "class  rows  share\n"
        "no       13  54.2%\n"
        "yes      11  45.8%\n"
        "inputs: 11 (5 numbers, 3 columns of categories), without 'visit', 'note', which cannot be "
        "any\n"
        "\n"
        "to look at:\n"
        "- column 'ward' alone tells the target in 100% of the rows: drop it, unless it is known "
        "before the target is\n"
        "- column 'id' has each integer from 1 to 24 once: drop it if it numbers the rows\n"
        "- column 'note' has another text in each row, such as 'calm 0': drop it\n"
        "- column 'visit' has dates, such as '2024-01-01': drop it, or turn it into numbers\n"
        "- column 'site' is 'north' in each row: drop it\n"
        "- column 'points' equals column 'score' in each row: drop one of them\n"
        "- column 'age' lacks some values: choose what they are taken for (missing: mean, median, "
        "mode or indicator)\n"
        "- column 'grade' has 4 different integers from 1 to 4: name it among categories if they "
        "are no amounts\n"
        "\n"
        "train on it: sweepnet train SWEEP --data DIR/patients.csv --target outcome --drop "
        "id,note,visit,site,points --missing indicator\n");
}

TEST_CASE("The command that a description gives trains on the table") {
  const described_files files;
  const std::string told = files.out(
      "patients.csv", {"--target", "outcome", "--drop", "ward,id", "--categories", "grade"});
  CHECK(told.find("column 'ward'") == told.npos);
  CHECK(told.find("10  ward     skipped         -         -\n") != told.npos);
  constexpr std::string_view before = "train on it: sweepnet ";
  const std::size_t at = told.find(before);
  REQUIRE(at != told.npos);
  std::string command = told.substr(at + before.size());
  CHECK(command ==
        "train SWEEP --data DIR/patients.csv --target outcome --drop "
        "ward,id,note,visit,site,points --categories grade --missing indicator\n");
  testing::write_file(files.path("sweep.yml"), "- {epochs: 2, hidden_nodes: [4]}\n");
  description_words arguments;
  for (std::size_t start = 0; start < command.size();) {
    const std::size_t end = command.find_first_of(" \n", start);
    std::string word = command.substr(start, end - start);
    if (word == "SWEEP") word = files.path("sweep.yml");
    if (word == "DIR/patients.csv") word = files.path("patients.csv");
    arguments.push_back(std::move(word));
    start = end + 1;
  }
  arguments.insert(arguments.end(), {"--index", "0", "--output", files.path("out")});
  const outcome trained = testing::run_program({.arguments = arguments});
  CHECK(trained.err == "");
  CHECK(trained.code == 0);
  CHECK(told.find("inputs: 11 (3 numbers, 3 columns of categories), without 'visit', 'note', which "
                  "cannot be any\n") != told.npos);
  CHECK(trained.out.find("patients.csv: 9 inputs (2 numbers, 2 columns of categories); 18 rows ") !=
        std::string::npos);
}

TEST_CASE("A table without a target is described as far as it can be") {
  const described_files files;
  const std::string told = files.out("patients.csv", {"--features", "age,colour"});
  CHECK(told.ends_with(
      "target: none is named; --target COLUMN tells its classes, and what tells them\n"
      "\n"
      "to look at:\n"
      "- column 'age' lacks some values: choose what they are taken for (missing: mean, median, "
      "mode or indicator)\n"));
  CHECK(told.find("train on it") == told.npos);
}

TEST_CASE("Classes that are missing give no command that trains, real values do") {
  const described_files files;
  const std::string real = files.out("patients.csv", {"--target", "score"});
  CHECK(real.find("target 'score': real values\ninputs: ") != real.npos);
  CHECK(real.find("- column 'points' equals the target in each row: drop it, unless "
                  "it is known before the target is\n") != real.npos);
  CHECK(real.find("train on it") != real.npos);
  const std::string missing = files.out("patients.csv", {"--target", "age"});
  CHECK(
      missing.find("- the target 'age' is missing in 1 row, first on line 8: remove these rows") !=
      missing.npos);
  CHECK(missing.find("train on it") == missing.npos);
}

TEST_CASE("Of many columns the first are told, and all where that is asked for") {
  const described_files files;
  std::string wide = "y";
  for (int c = 0; c < 300; ++c) wide += fmt::format(",x{}", c);
  for (int row = 0; row < 30; ++row) {
    wide += row % 3 == 0 ? "\na" : "\nb";
    for (int c = 0; c < 300; ++c) {
      const double scattered = row * 17 % 31 + c * (row * row % 7) / 8.0;
      wide += fmt::format(",{}", c < 40 ? 7.0 : scattered);
    }
  }
  testing::write_file(files.path("wide.csv"), wide + "\n");
  const std::string told = files.out("wide.csv", {"--target", "y"});
  CHECK(told.find("\n20  x18    constant        0         1  7 30 (100%)\n\n"
                  "... 281 more columns: --columns all\n") != told.npos);
  CHECK(told.find("- column 'x4' is '7' in each row: drop it\n... 35 more like that: --columns "
                  "all\n") != told.npos);
  CHECK(std::ranges::count(told, '\n') < 60);
  const std::string all = files.out("wide.csv", {"--target", "y", "--columns", "all"});
  CHECK(all.find("more") == all.npos);
  CHECK(all.find("\n301  x299") != all.npos);
  CHECK(all.find("- column 'x39' is '7' in each row: drop it\n") != all.npos);
  const std::string few = files.out("wide.csv", {"--target", "y", "--columns", "1"});
  CHECK(few.find("... 300 more columns: --columns all\n") != few.npos);
  CHECK(few.find("a        10  33.3%\n... 1 more class: --columns all\n") != few.npos);
}

TEST_CASE("Long and hostile names neither steer a terminal nor widen the table") {
  const described_files files;
  std::string table = "\"\x1b[31mred\x07\",\"" + std::string(200, 'x') +
                      "\",\u540d\u524d\u540d\u524d\u540d\u524d\u540d\u524d\u540d\u524d,y,"
                      "a column of numbers so large and so small that they hardly fit\n";
  for (int row = 0; row < 30; ++row) {
    table += fmt::format("\x1b]0;{}\x07,{} {},\u6771\u4eac\u6771\u4eac\u6771\u4eac{},{},{}\n",
                         row % 2, std::string(90, 'w'), row % 29, row % 3, row % 2 ? "a" : "b",
                         (row % 5 - 3) * (row % 2 ? 1.2345e-9 : 1.2345e+77));
  }
  testing::write_file(files.path("hostile.csv"), table);
  const std::string told = files.out("hostile.csv", {"--target", "y"});
  CHECK(told.find('\x1b') == told.npos);
  CHECK(told.find('\x07') == told.npos);
  CHECK(widest_line(told.substr(0, told.find("\ninputs"))) <= 80);
  CHECK(told.find("\\x1b[31mred\\x07' alone tells the target in 100% of the rows") != told.npos);
  CHECK(told.ends_with("\ntrain on it: sweepnet train SWEEP --data DIR/hostile.csv --target y\n"));
  // No command line names columns that cannot be shown.
  const std::string other = files.out("hostile.csv", {"--target", "\x1b[31mred\x07"});
  CHECK(other.find("train on it") == other.npos);
  const std::string json = files.out("hostile.csv", {"--target", "y", "--json"});
  CHECK(json.find('\x1b') == json.npos);
  CHECK(ordered_json::parse(json)["columns"][0]["name"] == "\x1b[31mred\x07");
}

TEST_CASE("Texts are as wide as a terminal shows them") {
  using sweepnet::app::shortened;
  using sweepnet::app::text_width;
  CHECK(text_width("") == 0);
  CHECK(text_width("caf\u00e9") == 4);
  CHECK(text_width("\u6771\u4eac") == 4);
  CHECK(shortened("abcdef", 6) == "abcdef");
  CHECK(shortened("abcdefg", 6) == "abc...");
  CHECK(shortened("\u6771\u4eac\u6771\u4eac", 6) == "\u6771...");
  CHECK(shortened("abcdefg", 2) == "..");
  CHECK(shortened("abcdefg", 0) == "");
}

TEST_CASE("A description is JSON, of all columns") {
  const described_files files;
  const auto told = ordered_json::parse(
      files.out("patients.csv", {"--target", "outcome", "--json", "--columns", "2"}));
  CHECK(told["rows"] == 24);
  REQUIRE(told["columns"].size() == 11);
  CHECK(told["columns"][1]["missing"] == 1);
  CHECK(told["columns"][1]["numbers"]["median"] == 48);
  CHECK(told["columns"][9]["telling"]["measure"] == "rows");
  CHECK(told["target"]["classes"][1]["value"] == "yes");
  CHECK(told["inputs"]["inputs"] == 11);
  CHECK(told["duplicate_rows"] == 0);
  CHECK(told["findings"][1] ==
        ordered_json({{"kind", "identifier"},
                      {"columns", {"id"}},
                      {"text", "column 'id' has each integer from 1 to 24 once"},
                      {"advice", "drop it if it numbers the rows"}}));
}

TEST_CASE("Arrays are described: classes, range and what to look at") {
  const described_files files;
  const outcome mnist = testing::run_program({.arguments = {"describe", "mnist"}});
  CHECK(mnist.err == "");
  CHECK(
      mnist.out.starts_with("mnist: 10000 rows to train on, 10000 to validate on\n"
                            "inputs: 784, uint8 times 0.00392157, from 0 to 1; "));
  CHECK(mnist.out.find("\n10 classes; always 1 is right in 11.3% of the rows to train on\n"
                       "class  train  share  validation\n"
                       "    0   1001    10%         980\n") != std::string::npos);

  // Rows (0, 0), (0, 255), (0, 5) of classes 2, 0, 2; (0, 5) and (1, 1) to validate on.
  using testing::idx;
  const std::string directory = files.path("arrays");
  std::filesystem::create_directories(directory);
  const auto write = [&](const std::string& name, const std::string& content) {
    testing::write_file(directory + "/" + name, content);
  };
  using namespace std::string_literals;
  write("train-images-idx2-ubyte", idx(8, {3, 2}, "\0\0\0\xff\0\5"s));
  write("train-labels-idx1-ubyte", idx(8, {3}, "\2\0\2"s));
  write("t10k-images-idx2-ubyte", idx(8, {2, 2}, "\0\5\1\1"s));
  write("t10k-labels-idx1-ubyte", idx(8, {2}, "\0\2"s));
  CHECK(files.out("arrays") ==
        "DIR/arrays: 3 rows to train on, 2 to validate on\n"
        "note: DIR/arrays/train-images-idx2-ubyte: uint8 features are divided by 255\n"
        "inputs: 2, uint8 times 0.00392157, from 0 to 1; 1 is constant in the rows to train on\n"
        "3 classes; always 2 is right in 66.7% of the rows to train on\n"
        "class  train  share  validation\n"
        "    0      1  33.3%           1\n"
        "    1      0     0%           0\n"
        "    2      2  66.7%           1\n"
        "\n"
        "to look at:\n"
        "- no row to train on is of class 1: a network has an output for it all the same\n"
        "- 1 row to validate on has the features of a row to train on: copies flatter the "
        "validation\n");
  const auto json = ordered_json::parse(files.out("arrays", {"--json"}));
  CHECK(json["seen_rows"] == 1);
  CHECK(json["classes"][2] ==
        ordered_json({{"label", 2}, {"train", 2}, {"train_share", 2.0 / 3}, {"validation", 1}}));
  CHECK(files.out("arrays", {"--validation-split", "0.5"})
            .starts_with("DIR/arrays: 1 row to train on, 2 to validate on\n"));
}

TEST_CASE("What cannot be described is refused") {
  const described_files files;
  const auto refused = [&](int code, const std::string& name, const description_words& more = {}) {
    const outcome result = files.told(name, more);
    CHECK(result.out == "");
    CHECK(result.code == code);
    return result.err;
  };
  CHECK(refused(65, "patients.csv", {"--target", "outcom"}) ==
        "sweepnet: DIR/patients.csv: has no column 'outcom', which target names (did you mean "
        "'outcome'?)\n");
  CHECK(refused(65, "patients.csv", {"--drop", "aeg"}) ==
        "sweepnet: DIR/patients.csv: has no column 'aeg', which drop names (did you mean "
        "'age'?)\n");
  CHECK(refused(64, "patients.csv", {"--validation-split", "0.5"}) ==
        "sweepnet: DIR/patients.csv: a table is described as a whole, without a validation "
        "split\n");
  CHECK(refused(64, "patients.csv", {"--columns", "0"}) ==
        "sweepnet: --columns must be an integer at least 1, or all, got '0'\n");
  CHECK(refused(66, "none.csv") ==
        "sweepnet: DIR/none.csv: cannot open: No such file or directory\n");
  testing::write_file(files.path("text"), "text");
  CHECK(refused(64, "text").starts_with("sweepnet: DIR/text: is no data set: expected mnist, "));
  const outcome alone = testing::run_program({.arguments = {"describe"}});
  CHECK(alone.code == 64);
  CHECK(alone.err == "sweepnet: data is required (see --help)\n");
  const outcome drop = testing::run_program({.arguments = {"describe", "mnist", "--drop", "x"}});
  CHECK(drop.code == 64);
  CHECK(drop.err == "sweepnet: mnist: drop is for tables (.csv, .tsv or .txt, or with a target)\n");
  const outcome variable = testing::run_program(
      {.arguments = {"describe"}, .environment = {{"SWEEPNET_DATA", files.path("patients.csv")}}});
  CHECK(variable.code == 0);
}
