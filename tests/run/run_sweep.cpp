// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Whole sweeps as a program of one's own trains them, with files and without.

#include "sweepnet/run/run_sweep.hpp"

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/run/fit.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

namespace {

/// Networks, batches, optimizers and epochs of all sorts; the one at index 3 has no finite loss.
constexpr const char* mixed =
    "- {epochs: 6, hidden_nodes: [8], input_units: 16, batch_size: 7}\n"
    "- {epochs: 3, hidden_nodes: [40, 20], input_units: 64, batch_size: 32, optimizer: adam}\n"
    "- {epochs: 9, hidden_nodes: [], input_units: 5, batch_size: 90, dropout_rate: 0}\n"
    "- {epochs: 2, hidden_nodes: [4], learning_rate: 1e30, input_units: 8}\n"
    "- {epochs: 5, hidden_nodes: [12, 12, 12], input_units: 12, optimizer: {name: sgd, momentum: "
    "0.9},\n   early_stopping: {monitor: val_loss, patience: 1}}\n"
    "- {epochs: 4, hidden_nodes: [10], input_units: 20, l2: 0.01, seed: 5}\n";

/// Results without what a clock, a scheduler and the number of threads have written into them.
ordered_json timeless(const std::filesystem::path& path) {
  ordered_json result = ordered_json::parse(testing::read_file(path.string()));
  for (const char* key : {"seconds", "threads", "scheduler", "variable", "array_size", "attempt"}) {
    result.erase(key);
  }
  return result;
}

struct workshop {
  testing::temporary_directory directory{};
  dataset data = testing::random_dataset(90, 6, 3);
  sweep<paramset> paramsets = parse_sweep<paramset>(mixed, "text");

  [[nodiscard]] run_options files(const std::string& name) const {
    return {.output = (directory.path() / name).string(), .models = model_bounds::output};
  }
  [[nodiscard]] std::filesystem::path place(const std::string& name) const {
    return directory.path() / name;
  }

  /// Each run alone, as `train --index` does it, by two threads.
  void train_alone(const std::string& name) const {
    const std::string digest = digest_of(data);
    const executor_factory on_two = [](const model_spec& model, const training_options& training,
                                       const dataset& rows) -> std::unique_ptr<executor> {
      return std::make_unique<cpu_executor>(model, training, rows, cpu_options{.threads = 2});
    };
    run_observer nobody;
    for (std::size_t i = 0; i < paramsets.size(); ++i) {
      const run_options options = files(name);
      (void)train_run(spec_of_run(paramsets, i, data, digest, options), data, on_two, options,
                      nobody);
    }
  }

  /// Model by model, byte by byte; result by result but for the clock's.
  void check_same(const std::string& one, const std::string& other) const {
    const std::string there = place(one).string() + "/";
    std::map<std::string, std::string> files[2];
    for (const auto& [which, name] : {std::pair(0, one), std::pair(1, other)}) {
      for (const auto& entry : std::filesystem::directory_iterator(place(name))) {
        const std::string file = entry.path().filename().string();
        if (file.starts_with("result_")) {
          ordered_json result = timeless(entry.path());
          if (result["model"].is_string()) {
            result["model"] =
                result["model"].get<std::string>().substr(place(name).string().size());
          }
          files[which][file] = result.dump();
        } else {
          files[which][file] = testing::read_file(entry.path().string());
        }
      }
    }
    CHECK(files[0] == files[1]);
  }
};

}  // namespace

TEST_CASE("each run of a sweep is the run alone, byte by byte, for any number of workers") {
  const workshop w;
  w.train_alone("alone");
  const int workers = GENERATE(1, 2, 3, 8);
  const sweep_outcome outcome =
      run_sweep(w.paramsets, w.data, {.workers = workers, .files = w.files("together")});
  w.check_same("alone", "together");
  REQUIRE(outcome.runs.size() == 6);
  CHECK(outcome.stopped_by.empty());
  for (const sweep_run& run : outcome.runs) {
    INFO(run.index);
    CHECK(run.trained);
    CHECK(run.phase == (run.index == 3 ? run_phase::failed : run_phase::done));
  }
  CHECK(outcome.runs[3].error == "no epoch gave a finite loss");
}
