// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A directory with a table and a sweep.yml, for commands whose words may name its files.

#include <string>
#include <vector>

#include "data_files.hpp"
#include "program.hpp"
#include "support.hpp"

namespace testing {

struct table_place {
  temporary_directory directory{};

  /// "@FILE" is one of the directory.
  [[nodiscard]] outcome run(std::vector<std::string> words) const {
    for (std::string& word : words) {
      if (word.starts_with("@")) word = directory / word.substr(1);
    }
    return run_program({.arguments = words});
  }

  /// Trains by the sweep with these words more, which must fail so and leave nothing.
  void check_refused_training(const std::vector<std::string>& more, const std::string& message,
                              int code) const {
    CAPTURE(message);
    std::vector<std::string> words{"train", "@sweep.yml", "--output", "@bad", "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    const outcome o = run(words);
    CAPTURE(o.err);
    CHECK(o.err.find(message) != std::string::npos);
    CHECK(o.code == code);
    CHECK(files_below(directory / "bad").empty());
  }
};

}  // namespace testing
