// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The README's C++ is code that is built and run elsewhere.

#include <string>

#include "support.hpp"

namespace {

/// The part of a file from its first line that starts with `first` to its last that equals `last`.
std::string part(const std::string& file, const std::string& first, const std::string& last) {
  const std::string text = testing::read_file(testing::source_path(file));
  const std::size_t begin = text.find("\n" + first);
  const std::size_t end = text.find("\n" + last, begin);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  return text.substr(begin + 1, end + 1 + last.size() - begin - 1);
}

}  // namespace

TEST_CASE("the README's snippets are the example and the consumer's code") {
  const std::string readme = testing::read_file(testing::source_path("README.md"));
  const std::string embedding = part("examples/embedding.cpp", "#include <iostream>", "}\n");
  const std::string own_type = part("tests/consumer/main.cpp", "struct tree_params {",
                                    "               sweepnet::field(\"rate\"");
  CHECK(readme.find("```cpp\n" + embedding + "```") != std::string::npos);
  CHECK(readme.find("```cpp\n" + own_type) != std::string::npos);
}
