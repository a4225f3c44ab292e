// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One small training run, as a process, and what must be true of its files at any moment.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "data_files.hpp"
#include "process.hpp"
#include "support.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/model/safetensors/container.hpp"

namespace testing {

/// What is trained, from which data, with which options of the program.
struct crash_plan {
  std::string paramset;
  sweepnet::dataset data;
  std::vector<std::string> options;
};

/// Long enough to be killed at any moment; its callbacks all have state.
inline crash_plan long_plan() {
  return {.paramset =
              "- {batch_size: 8, epochs: 8, input_units: 200, hidden_nodes: [20], seed: 3,\n"
              "   optimizer: adam, learning_rate: 0.002, early_stopping: {patience: 6},\n"
              "   reduce_lr_on_plateau: {patience: 1, factor: 0.5}}\n",
          .data = random_dataset(cases(600, 150), 300, 5),
          .options = {"--save-every", "0.01", "--keep-state"}};
}

/// Short, since it is run for each of its calls; it makes all kinds of them. Who saves now and then
/// looks at the clock at every step, by which the shim lets time pass; a save is never due.
inline crash_plan short_plan() {
  return {.paramset = "- {batch_size: 1, epochs: 2, input_units: 8, hidden_nodes: [4], seed: 3}\n",
          .data = random_dataset(300, 20, 5),
          .options = {"--save-every", "1e9"}};
}

/// A sweep of one paramset, its data, and the files of a run of it that nothing disturbed.
class crash_site {
 public:
  explicit crash_site(const crash_plan& plan = long_plan()) : options_(plan.options) {
    write_idx_directory(directory_ / "data", plan.data);
    write_file(directory_ / "sweep.yml", plan.paramset);
    const auto start = std::chrono::steady_clock::now();
    const ending calm = run("calm");
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    INFO(calm.err);
    REQUIRE(calm.code == 0);
    REQUIRE(read_file(output("calm") / "result_0.json").find("\"epoch\"") != std::string::npos);
  }

  /// Of the undisturbed run.
  [[nodiscard]] double seconds() const { return seconds_; }

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
  /// Two directories that a run has to make.
  [[nodiscard]] std::filesystem::path output(const std::string& name) const {
    return directory() / name / "outputs";
  }

  /// `twin` tells this process's standard error from that of others with the same output.
  [[nodiscard]] process start(const std::string& name, std::vector<std::string> variables = {},
                              const std::vector<std::string>& more = {},
                              const std::string& twin = "") const {
    std::vector<std::string> words{SWEEPNET_PROGRAM,
                                   "train",
                                   directory_ / "sweep.yml",
                                   "--data",
                                   directory_ / "data",
                                   "--output",
                                   output(name).string(),
                                   "--verbose",
                                   "0",
                                   "--threads",
                                   "1",
                                   "--csv-log",
                                   "--save-predictions"};
    words.insert(words.end(), options_.begin(), options_.end());
    words.insert(words.end(), more.begin(), more.end());
    return process(words, std::move(variables), directory_ / (name + twin + ".err"));
  }
  [[nodiscard]] ending run(const std::string& name, std::vector<std::string> variables = {}) const {
    return start(name, std::move(variables)).wait();
  }

  /// Every file in place is whole: a reader never sees half of one.
  void check_whole(const std::string& name) const {
    const std::filesystem::path place = output(name);
    if (std::filesystem::exists(place / model)) CHECK_NOTHROW(sweepnet::read_model(place / model));
    if (std::filesystem::exists(place / state)) {
      CHECK_NOTHROW(sweepnet::read_safetensors(read_file(place / state), state));
    }
    if (std::filesystem::exists(place / "result_0.json")) {
      CHECK(sweepnet::ordered_json::accept(read_file(place / "result_0.json")));
    }
  }

  /// The run ended as the undisturbed one did: model, state, log and history, byte by byte, and
  /// nothing else is left.
  void check_equal_to_calm(const std::string& name) const {
    for (const char* file : {model, state, "log_0.csv", "predictions_0.safetensors"}) {
      INFO(file);
      CHECK(read_file(output(name) / file) == read_file(output("calm") / file));
    }
    const auto result = [&](const std::string& which) {
      return sweepnet::ordered_json::parse(read_file(output(which) / "result_0.json"));
    };
    CHECK(result(name)["history"] == result("calm")["history"]);
    CHECK(result(name)["best"] == result("calm")["best"]);
    CHECK(files_of(name) == files_of("calm"));
  }

  void clear(const std::string& name) const { std::filesystem::remove_all(directory() / name); }

#if defined(SWEEPNET_HAS_HDF5)
  static constexpr const char* model = "model_0.h5";
#else
  static constexpr const char* model = "model_0.safetensors";
#endif
  static constexpr const char* state = "state_0.safetensors";

 private:
  [[nodiscard]] std::set<std::string> files_of(const std::string& name) const {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(output(name))) {
      files.insert(entry.path().filename().string());
    }
    return files;
  }

  temporary_directory directory_{};
  std::vector<std::string> options_;
  double seconds_ = 0;
};

}  // namespace testing
