// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One small sweep, as a process, and what must be true of its files when it has ended.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data_files.hpp"
#include "process.hpp"
#include "support.hpp"
#include "sweepnet/describe/encode.hpp"

namespace testing {

/// What is trained, from which data, with which options of the program.
struct sweep_plan {
  std::string paramsets;
  std::size_t size;     ///< paramsets
  std::size_t failing;  ///< the one that has no finite loss
  sweepnet::dataset data;
  std::string threads{"2"};  ///< of the whole sweep
  std::vector<std::string> options{};
};

/// Eight, which are long enough to be killed at any moment.
inline sweep_plan sweep_of_eight() {
  return {.paramsets =
              "- {epochs: 9, batch_size: 8, input_units: 150, hidden_nodes: [20], "
              "optimizer: adam}\n"
              "- {epochs: 1, input_units: 4, hidden_nodes: []}\n"
              "- {epochs: 5, batch_size: 16, input_units: 100, hidden_nodes: [30, 30], "
              "reduce_lr_on_plateau: {patience: 1}}\n"
              "- {epochs: 2, input_units: 8, hidden_nodes: [], learning_rate: 1e30}\n"
              "- {epochs: 12, batch_size: 4, input_units: 40, hidden_nodes: [8], "
              "early_stopping: {patience: 3}}\n"
              "- {epochs: 3, input_units: 8, hidden_nodes: [], seed: 5}\n"
              "- {epochs: 7, batch_size: 10, input_units: 90, hidden_nodes: [16]}\n"
              "- {epochs: 2, input_units: 16, hidden_nodes: [4], seed: 6}\n",
          .size = 8,
          .failing = 3,
          .data = random_dataset(300, 60, 4)};
}

/// A sweep, and what each of its runs gives alone.
class killed_sweep {
 public:
  explicit killed_sweep(const sweep_plan& plan = sweep_of_eight())
      : size_(plan.size), threads_(plan.threads), options_(plan.options) {
    write_idx_directory(directory_ / "data", plan.data);
    write_file(directory_ / "sweep.yml", plan.paramsets);
    for (std::size_t i = 0; i < size_; ++i) {
      const ending alone =
          start("alone", "train", {"--index", std::to_string(i), "--threads", "1"}).wait();
      INFO(alone.err);
      REQUIRE(alone.code == (i == plan.failing ? 65 : 0));
    }
    const auto begun = std::chrono::steady_clock::now();
    const ending calm = start("calm").wait();
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    INFO(calm.err);
    REQUIRE(calm.code == 65);
    check_equal_to_alone("calm");
  }

  [[nodiscard]] double seconds() const { return seconds_; }

  /// With the plan's threads unless there are more words.
  [[nodiscard]] process start(const std::string& name, const std::string& command = "sweep",
                              std::vector<std::string> more = {},
                              const std::string& twin = "") const {
    if (more.empty()) more = {"--threads", threads_};
    std::vector<std::string> words{SWEEPNET_PROGRAM,
                                   command,
                                   directory_ / "sweep.yml",
                                   "--data",
                                   directory_ / "data",
                                   "--output",
                                   directory_ / name,
                                   "--verbose",
                                   "0",
                                   "--csv-log",
                                   "--save-predictions",
                                   "--keep-state",
                                   "--save-every",
                                   "0.01"};
    words.insert(words.end(), options_.begin(), options_.end());
    words.insert(words.end(), more.begin(), more.end());
    return process(words, {}, directory_ / (name + twin + ".err"));
  }

  /// All files of all runs, byte by byte, but for what a clock writes; and nothing is left over.
  void check_equal_to_alone(const std::string& name, bool with_states = true) const {
    auto found = files_of(name);
    auto expected = files_of("alone");
    const auto is_state = [](const auto& file) { return file.first.starts_with("state_"); };
    if (!with_states) {
      std::erase_if(found, is_state);
      std::erase_if(expected, is_state);
    }
    CHECK(found.erase("best.json") == 1);
    const auto best = found.lower_bound("best.");
    REQUIRE(best != found.end());
    CHECK(best->first.starts_with("best."));
    found.erase(best);
    for (const auto& [file, content] : expected) {
      INFO(file);
      CHECK((found[file] == content));
    }
    CHECK(found.size() == expected.size());
  }

  void clear(const std::string& name) const { std::filesystem::remove_all(directory_ / name); }

 private:
  [[nodiscard]] std::map<std::string, std::string> files_of(const std::string& name) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ / name)) {
      const std::string file = entry.path().filename().string();
      std::string content = read_file(entry.path());
      if (file.starts_with("result_")) {
        auto result = sweepnet::ordered_json::parse(content);
        for (const char* key :
             {"seconds", "threads", "scheduler", "variable", "array_size", "attempt", "model"}) {
          result.erase(key);
        }
        content = result.dump();
      }
      files[file] = content;
    }
    return files;
  }

  temporary_directory directory_{};
  std::size_t size_;
  std::string threads_;
  std::vector<std::string> options_;
  double seconds_ = 0;
};

}  // namespace testing
