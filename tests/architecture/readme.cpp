// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The README's C++ is code that is built and run elsewhere.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "support.hpp"

namespace {

/// What stands between each `begin` and the next `end`.
std::vector<std::string> parts(const std::string& text, const std::string& begin,
                               const std::string& end) {
  std::vector<std::string> found;
  for (std::size_t at = text.find(begin); at != text.npos; at = text.find(begin, at)) {
    at += begin.size();
    const std::size_t last = text.find(end, at);
    REQUIRE(last != text.npos);
    found.push_back(text.substr(at, last - at));
    at = last;
  }
  return found;
}

std::vector<std::string> examples() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(testing::source_path("examples"))) {
    if (entry.path().extension() == ".cpp") texts.push_back(testing::read_file(entry.path()));
  }
  return texts;
}

}  // namespace

TEST_CASE("each of the README's C++ snippets is whole lines of an example") {
  const std::vector<std::string> programs = examples();
  const std::vector<std::string> snippets =
      parts(testing::read_file(testing::source_path("README.md")), "```cpp\n", "```\n");
  CHECK(snippets.size() >= 7);
  for (const std::string& snippet : snippets) {
    INFO(snippet);
    CHECK(std::ranges::any_of(programs, [&](const std::string& program) {
      return program.find("\n" + snippet) != program.npos;
    }));
  }
}

TEST_CASE("the README's search spaces are example files that are swept elsewhere") {
  const std::vector<std::string> snippets =
      parts(testing::read_file(testing::source_path("README.md")), "```yaml\n", "```\n");
  for (const char* example : {"examples/wandb_sweep.yml", "examples/early_termination.yml"}) {
    INFO(example);
    const std::string space = testing::read_file(testing::source_path(example));
    CHECK(std::ranges::find(snippets, space) != snippets.end());
  }
}
