// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Results as runs write them, made by hand, and reports of runs that never were.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"
#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/sweep_report.hpp"

namespace testing {

/// A result of three epochs, the second one best, changed by `changes`.
inline sweepnet::ordered_json small_result(
    std::size_t index, std::size_t size,
    const sweepnet::ordered_json& changes = sweepnet::ordered_json::object()) {
  const std::string model = fmt::format("model_{}.h5", index);
  sweepnet::ordered_json result = {
      {"index", index},
      {"size", size},
      {"paramset",
       {{"learning_rate",
         {{"name", "constant"}, {"value", 0.001 * static_cast<double>(index + 1)}}},
        {"optimizer", {{"name", index % 2 == 0 ? "adam" : "sgd"}}},
        {"units", 8 * (index + 1)},
        {"monitor", "val_accuracy"},
        {"model_path", ""},
        {"seed", 0}}},
      {"data", "rows"},
      {"data_digest", "d1"},
      {"model", model},
      {"model_digest", sweepnet::digest_of("weights")},
      {"best", {{"epoch", 2}, {"val_accuracy", 0.5 + 0.01 * static_cast<double>(index)}}},
      {"stopped", nullptr},
      {"history",
       {{"loss", {1.0, 0.5, 0.25}},
        {"accuracy", {0.25, 0.5, 0.75}},
        {"val_loss", {1.5, 1.0, 1.25}},
        {"val_accuracy", {0.1, 0.5 + 0.01 * static_cast<double>(index), 0.2}},
        {"learning_rate", {0.001, 0.001, 0.001}}}},
      {"seconds",
       {{"total", 2.5},
        {"began", 1700000000.25},
        {"worker", index % 2},
        {"epochs", {{"train", {0.5, 0.5, 0.5}}, {"validate", {0.25, 0.25, 0.25}}}}}},
      {"version", "0.1.0"}};
  result.update(changes);
  return result;
}

/// A directory of results.
struct small_outputs {
  temporary_directory directory{};

  void write(std::size_t index, const sweepnet::ordered_json& result) const {
    write_file(directory / fmt::format("model_{}.h5", index), "weights");
    write_file(directory / fmt::format("result_{}.json", index), result.dump());
  }
  /// Writes results of all runs of a sweep.
  void fill(std::size_t size) const {
    for (std::size_t i = 0; i < size; ++i) write(i, small_result(i, size));
  }
  [[nodiscard]] sweepnet::report::sweep_report read(
      const sweepnet::report::sweep_source& source = {}) const {
    return sweepnet::report::read_sweep_report(directory.path().string(), source,
                                               {.models_up_to = 1 << 20, .states_up_to = 1 << 20});
  }
  [[nodiscard]] std::string place(std::size_t index) const {
    return directory / fmt::format("result_{}.json", index);
  }
};

/// A report of runs that are done with these values of val_accuracy, after one epoch.
inline sweepnet::report::sweep_report report_of(const std::vector<double>& values) {
  sweepnet::report::sweep_report report{.name = "made", .output = "made", .size = values.size()};
  for (std::size_t i = 0; i < values.size(); ++i) {
    sweepnet::report::reported_run run{.index = i, .phase = sweepnet::run_phase::done};
    run.history.push_back({.epoch = 1,
                           .train = {.loss = 1, .accuracy = 0.5},
                           .validation = sweepnet::metrics{.loss = 1, .accuracy = values[i]}});
    run.best_epoch = 1;
    report.runs.push_back(std::move(run));
  }
  return report;
}

}  // namespace testing
