// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A search space whose runs are trained on a few random rows, and what they leave in directories.

#include <filesystem>
#include <map>
#include <string>

#include "data_files.hpp"
#include "support.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace testing {

struct trained_space {
  temporary_directory directory{};
  sweepnet::dataset data;
  sweepnet::sweep<sweepnet::paramset> paramsets;

  trained_space(const std::string& text, sweepnet::dataset rows)
      : data(std::move(rows)), paramsets(sweepnet::parse_sweep<sweepnet::paramset>(text, "text")) {}

  [[nodiscard]] std::filesystem::path place(const std::string& name) const {
    return directory.path() / name;
  }
  [[nodiscard]] sweepnet::run_options files(const std::string& name) const {
    return {.output = place(name).string()};
  }
  [[nodiscard]] sweepnet::sweep_outcome train(const std::string& name, int workers) const {
    return sweepnet::run_sweep(paramsets, data, {.workers = workers, .files = files(name)});
  }

  /// All files, but for what a clock and a scheduler have written into results.
  [[nodiscard]] std::map<std::string, std::string> contents(const std::string& name) const {
    std::map<std::string, std::string> contents;
    for (const auto& entry : std::filesystem::directory_iterator(place(name))) {
      const std::string file = entry.path().filename().string();
      std::string content = read_file(entry.path());
      if (file.starts_with("result_")) {
        auto result = sweepnet::ordered_json::parse(content);
        for (const char* key : {"seconds", "threads", "model"}) result.erase(key);
        content = result.dump();
      }
      contents[file] = content;
    }
    return contents;
  }
};

}  // namespace testing
