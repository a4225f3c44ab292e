// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/run/fit.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

namespace {

struct counter final : callback {
  int epochs = 0;
  void on_epoch_end(training_context&, const epoch_record&) override { ++epochs; }
};

constexpr const char* sweep_text =
    "- {epochs: 9, hidden_nodes: [8], seed: 4, monitor: val_loss, model_path: m.safetensors,\n"
    "   early_stopping: {patience: 2, min_delta: 0.2}}\n";

}  // namespace

TEST_CASE("a paramset is trained in memory as the program trains it to files") {
  const testing::temporary_directory directory;
  const dataset data = testing::random_dataset(90, 6, 3);
  const auto paramsets = parse_sweep<paramset>(sweep_text, "text");
  const run_options options{.output = directory.path().string()};
  const executor_factory on_the_cpu = [](const model_spec& model, const training_options& training,
                                         const dataset& rows) -> std::unique_ptr<executor> {
    return std::make_unique<cpu_executor>(model, training, rows, cpu_options{.threads = 1});
  };
  run_observer nobody;
  const run_outcome run = train_run(spec_of_run(paramsets, 0, data, "digest", options), data,
                                    on_the_cpu, options, nobody);
  REQUIRE(run.result);

  counter own;
  const fit_result fitted = fit(paramsets.at(0), data, {.threads = 1}, own);
  CHECK(fitted.history.size() == run.result->training.history.size());
  CHECK(fitted.history.size() < 9);  // it stopped early
  CHECK(own.epochs == static_cast<int>(fitted.history.size()));
  CHECK(fitted.best_epoch.epoch == run.result->best->epoch);
  CHECK(fitted.best.parameters == read_model(directory / "m.safetensors").parameters);
}

TEST_CASE("a state goes to a file and comes back, and the run goes on from it") {
  const testing::temporary_directory directory;
  const dataset data = testing::random_dataset(90, 6, 3);
  const paramset whole{.epochs = 6, .hidden_nodes = {8}, .seed = 4};
  paramset half = whole;
  half.epochs = 3;
  const fit_result first = fit(half, data, {.threads = 1});
  const std::string path = directory / "half.state";
  write_run_state(path, first.state);
  const fit_result rest = resume(whole, data, read_run_state(path), {.threads = 2});
  const fit_result straight = fit(whole, data);
  CHECK(rest.history.size() == 6);
  CHECK(rest.last.parameters == straight.last.parameters);
  CHECK(rest.best.parameters == straight.best.parameters);
}

TEST_CASE("a state file that is none is refused by name") {
  const testing::temporary_directory directory;
  const std::string path = directory / "half.state";
  CHECK(testing::message_of<input_missing>([&] {
          (void)read_run_state(path);
        }).starts_with(path + ": "));
  testing::write_file(path, "nothing");
  CHECK(testing::message_of<unusable_run>([&] {
          (void)read_run_state(path);
        }).starts_with(path + ": "));
}
