// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A directory with a search space and a few rows, on which commands are run.

#include <string>
#include <vector>

#include "data_files.hpp"
#include "program.hpp"
#include "support.hpp"
#include "sweepnet/core/environment.hpp"

namespace testing {

struct space_place {
  explicit space_place(const std::string& text) {
    write_file(directory / "space.yml", text);
    write_idx_directory(directory / "data", random_dataset(60, 12, 3));
  }
  [[nodiscard]] outcome run(const std::string& command, const std::string& output,
                            const std::vector<std::string>& more = {},
                            const sweepnet::environment_map& environment = {}) const {
    command_line line{.arguments = {command, directory / "space.yml", "--data", directory / "data",
                                    "--output", directory / output},
                      .environment = environment};
    line.arguments.insert(line.arguments.end(), more.begin(), more.end());
    return run_program(line);
  }

  temporary_directory directory{};
};

inline bool tells(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace testing
