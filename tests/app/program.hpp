// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs command lines in-process, in a world of the test's own.

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/core/environment.hpp"

namespace testing {

struct outcome {
  int code = -1;
  std::string out{};
  std::string err{};
};

struct command_line {
  std::vector<std::string> arguments;
  sweepnet::environment_map environment{};
  bool terminal = false;
};

/// Runs the program for the built-in paramset, with MNIST embedded.
outcome run_program(const command_line& line);

/// The regular files below a directory, relative to it.
inline std::set<std::string> files_below(const std::filesystem::path& directory) {
  std::set<std::string> files;
  if (!std::filesystem::exists(directory)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_directory()) files.insert(std::filesystem::relative(entry, directory).string());
  }
  return files;
}

}  // namespace testing
