// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// CMake's lists split a test's name at a semicolon, and Catch2 2 succeeds with a name that no test
// has: such a test would never run.

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support.hpp"

TEST_CASE("no test's name holds a semicolon") {
  const std::regex name(R"(TEST_CASE\(\s*"[^;"]*("\s*"[^;"]*)*;)");
  std::vector<std::string> found;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(testing::source_path("tests"))) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".cu") continue;
    const std::string text = testing::read_file(entry.path());
    std::smatch match;
    if (std::regex_search(text, match, name)) found.push_back(entry.path().string() + match.str());
  }
  CHECK(found == std::vector<std::string>{});
}
