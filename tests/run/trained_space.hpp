// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A search space whose runs are trained on a few random rows, and what they leave in directories.

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data_files.hpp"
#include "support.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/training/callback.hpp"

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

/// Does something once, after so many steps of a sweep's runs.
class after_steps final : public sweepnet::callback {
 public:
  after_steps(std::atomic<int>& left, std::function<void()> act)
      : left_(&left), act_(std::move(act)) {}
  void on_step(sweepnet::training_context&, const sweepnet::pass_progress&) override {
    if (--*left_ == 0) act_();
  }

 private:
  std::atomic<int>* left_;
  std::function<void()> act_;
};

inline std::function<std::vector<std::unique_ptr<sweepnet::callback>>(std::size_t)> callbacks_after(
    std::atomic<int>& left, const std::function<void()>& act) {
  return [&left, act](std::size_t) {
    std::vector<std::unique_ptr<sweepnet::callback>> own;
    own.push_back(std::make_unique<after_steps>(left, act));
    return own;
  };
}

}  // namespace testing
