// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What the program tells of data before anyone trains on them.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
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
  [[nodiscard]] std::string out(const std::string& name,
                                const description_words& more = {}) const {
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
  CHECK(files.out("patients.csv", {"--target", "outcome"}) == "");
}
