// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Sweeps whose runs are compared on their way: by any number of workers, interrupted, stage by
// stage, in memory and with files, the same ones are stopped, and each is trained as alone.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/run/fit.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/run/sweep_stage.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "trained_space.hpp"

using namespace sweepnet;

namespace {

/// Twelve runs of up to 9 epochs, of which two diverge and some end by themselves.
std::string space_with(const std::string& early, const std::string& target = "") {
  return "method: grid\nmetric: {name: val_loss" + target + "}\n" +
         (early.empty() ? "" : "early_terminate: " + early + "\n") +
         "parameters:\n"
         "  learning_rate: {values: [0.003, 0.03, 0.3, 1.0e+30]}\n"
         "  hidden_nodes: {values: [[], [6]]}\n"
         "  dropout_rate: {values: [0, 0.4]}\n"
         "  input_units: {value: 8}\n"
         "  batch_size: {value: 16}\n"
         "  epochs: {value: 9}\n"
         "  early_stopping: {value: {monitor: val_loss, patience: 4}}\n"
         "  model_path: {value: 'm_{index}.safetensors'}\n";
}

struct compared_sweep : testing::trained_space {
  explicit compared_sweep(const std::string& early, const std::string& target = "")
      : trained_space(space_with(early, target), testing::random_dataset(90, 6, 3)) {}

  [[nodiscard]] run_spec spec(const std::string& name, std::size_t index) const {
    return spec_of_run(paramsets, index, data, digest_of(data), files(name));
  }
  [[nodiscard]] ordered_json result(const std::string& name, std::size_t index) const {
    return ordered_json::parse(testing::read_file(place(name) / result_name.of(index)));
  }
};

/// What became of each run.
std::vector<std::string> fates(const sweep_outcome& outcome) {
  std::vector<std::string> fates;
  for (const sweep_run& run : outcome.runs) {
    std::string fate =
        fmt::format("{} phase {} epochs {}", run.index, static_cast<int>(run.phase), run.epochs);
    if (run.stopped) fate += " " + dump(encode_stop(*run.stopped));
    fates.push_back(fate);
  }
  return fates;
}

std::size_t count(const sweep_outcome& outcome, run_phase phase) {
  return static_cast<std::size_t>(std::ranges::count(outcome.runs, phase, &sweep_run::phase));
}

constexpr const char* all_rules[] = {
    "{type: hyperband, min_iter: 2}",   "{type: asha, parallel: 3}",
    "{type: hyperband, max_epochs: 9}", "{type: i_epoch, epochs: 2, keep: 3}",
    "{type: median, min_epochs: 3}",    "{type: successive_halving}"};
constexpr std::span tried_rules(all_rules, testing::cases(std::size(all_rules), std::size_t{2}));

}  // namespace

TEST_CASE("the same runs are stopped for 1, 2 and 5 workers, in memory and with files") {
  for (const char* rule : tried_rules) {
    INFO(rule);
    const compared_sweep w(rule);
    const sweep_outcome one = w.train("one", 1);
    CHECK(one.searched);
    CHECK(one.stopped_by.empty());
    CHECK(count(one, run_phase::stopped) > 3);
    CHECK(count(one, run_phase::done) > 0);
    CHECK(count(one, run_phase::stopped) + count(one, run_phase::done) +
              count(one, run_phase::failed) ==
          16);
    const auto expected = w.contents("one");
    for (const int workers : {2, 5}) {
      const std::string name = fmt::format("by {}", workers);
      CHECK(fates(w.train(name, workers)) == fates(one));
      auto got = w.contents(name);
      for (auto& [file, content] : got) CHECK(content == expected.at(file));
      CHECK(got.size() == expected.size());
    }
    const sweep_outcome in_memory =
        run_sweep(w.paramsets, w.data, {.workers = 2, .keep = kept_of_runs::states});
    CHECK(fates(in_memory) == fates(one));
    for (const sweep_run& run : in_memory.runs) {
      INFO(run.index);
      const fit_result whole = [&] {
        try {
          return fit(w.paramsets.at(run.index), w.data);
        } catch (const training_error&) {  // no epoch gave a finite loss
          return fit_result{};
        }
      }();
      if (run.phase == run_phase::done) CHECK(run.best.parameters == whole.best.parameters);
      for (std::size_t e = 0; e < std::min(run.history.size(), whole.history.size()); ++e) {
        CHECK(run.history[e].train.loss == whole.history[e].train.loss);
      }
      if (run.phase == run_phase::stopped && run.has_model()) {
        REQUIRE(run.state);
        CHECK(resume(w.paramsets.at(run.index), w.data, *run.state).best.parameters ==
              whole.best.parameters);
      }
    }
  }
}

TEST_CASE("a stopped run keeps state, model and result, which says why, and status tells it") {
  const compared_sweep w("{type: successive_halving}");
  const sweep_outcome outcome = w.train("out", 2);
  const sweep_status status = read_sweep_status(
      w.place("out").string(), {}, {.models_up_to = SIZE_MAX, .states_up_to = SIZE_MAX});
  std::size_t by_loss = 0;
  for (const sweep_run& run : outcome.runs) {
    INFO(run.index);
    CHECK(status[run.index].phase == run.phase);
    const bool has_state = std::filesystem::exists(w.place("out") / state_name.of(run.index));
    CHECK(has_state == (run.phase == run_phase::stopped));
    if (run.phase != run_phase::stopped) continue;
    CHECK_FALSE(status[run.index].unfinished());
    const ordered_json stopped = w.result("out", run.index)["stopped"];
    CHECK(status[run.index].detail == dump(stopped));
    CHECK(stopped["by"] == "successive_halving");
    CHECK(stopped["metric"] == "val_loss");
    CHECK((stopped["band"] == 1 || stopped["band"] == 3));
    CHECK(stopped["band"] == run.epochs);
    CHECK(std::filesystem::exists(w.place("out") / fmt::format("m_{}.safetensors", run.index)) ==
          run.has_model());
    if (stopped["value"].is_null()) continue;  // it diverged
    CHECK(stopped["value"] >= stopped["threshold"]);
    ++by_loss;
  }
  CHECK(by_loss > 0);
  // Found as they are, and told again.
  const sweep_outcome again = w.train("out", 2);
  CHECK(fates(again) == fates(outcome));
  CHECK(std::ranges::none_of(again.runs, &sweep_run::trained));
}

TEST_CASE("a sweep that is cancelled again and again stops the runs that it would have stopped") {
  for (const char* rule : tried_rules) {
    INFO(rule);
    const compared_sweep w(rule);
    const sweep_outcome whole = w.train("whole", 2);
    std::vector<std::string> fate;
    int calls = 0;
    for (bool stopped = true; stopped && calls < 200; ++calls) {
      cancellation stop;
      std::atomic<int> left = 17;
      const sweep_outcome outcome =
          run_sweep(w.paramsets, w.data,
                    {.workers = 1 + calls % 3,
                     .files = w.files("pieces"),
                     .callbacks = testing::callbacks_after(left, [&] { stop.ask(); }),
                     .stop = &stop});
      stopped = !outcome.stopped_by.empty();
      if (!stopped) CHECK(fates(outcome) == fates(whole));
    }
    CHECK(calls > 3);
    CHECK(calls < 200);
    CHECK(w.contents("pieces") == w.contents("whole"));
  }
}

TEST_CASE("stopped runs that are continued end in the bytes of runs that nobody stopped") {
  const compared_sweep plain("");
  const sweep_outcome all = plain.train("out", 2);
  for (const char* rule : tried_rules) {
    INFO(rule);
    const compared_sweep w(rule);
    const sweep_outcome some = w.train("out", 2);
    const sweep_outcome rest = run_sweep(
        w.paramsets, w.data, {.workers = 2, .files = w.files("out"), .continue_stopped = true});
    CHECK(rest.searched);
    CHECK(fates(rest) == fates(all));
    CHECK(w.contents("out") == plain.contents("out"));
    // What was decided stays: nothing more is trained.
    const sweep_outcome after = w.train("out", 1);
    CHECK(std::ranges::none_of(after.runs, &sweep_run::trained));
    CHECK(fates(after) == fates(all));
    // At once, from the beginning.
    (void)run_sweep(w.paramsets, w.data,
                    {.workers = 3, .files = w.files("at once"), .continue_stopped = true});
    CHECK(w.contents("at once") == plain.contents("out"));
  }
}

namespace {

/// What a stage asks, by results alone, each run trained by itself; false behind the last one.
bool train_stage(const compared_sweep& w, const std::string& name, std::int64_t stage) {
  const sweep_stage asked = read_stage(
      rules_of(*w.paramsets.space()), w.paramsets.count(),
      [&](std::size_t i) { return w.spec(name, i); }, w.data, stage);
  run_observer nobody;
  for (const sweep_task& task : asked.tasks) {
    const run_spec spec = w.spec(name, task.run);
    if (task.stop) {
      write_stop(spec, *task.stop);
      continue;
    }
    const auto on_two = [](const model_spec& model, const training_options& training,
                           const dataset& rows) -> std::unique_ptr<executor> {
      return std::make_unique<cpu_executor>(model, training, rows, cpu_options{.threads = 2});
    };
    const run_outcome outcome =
        train_run(spec, w.data, on_two, w.files(name), nobody, {}, nullptr, {.leg = task.leg});
    CHECK(outcome.ending == run_ending::trained);
  }
  return asked.is_there;
}

}  // namespace

TEST_CASE("stage by stage, each run alone and told by results, it comes to the same") {
  for (const char* rule : tried_rules) {
    INFO(rule);
    const compared_sweep w(rule);
    (void)w.train("together", 2);
    std::int64_t stage = 1;
    while (train_stage(w, "alone", stage)) {
      if (++stage == 3) (void)train_stage(w, "alone", 1);  // again: there is nothing left
    }
    CHECK(stage > 2);
    CHECK(w.contents("alone") == w.contents("together"));
  }
}

TEST_CASE("a stage needs the results of those before it, and names what it lacks") {
  const compared_sweep w("{type: successive_halving}");
  const auto asked = [&](std::int64_t stage) {
    return testing::message_of([&] {
      (void)read_stage(
          rules_of(*w.paramsets.space()), w.paramsets.count(),
          [&](std::size_t i) { return w.spec("none", i); }, w.data, stage);
    });
  };
  CHECK(asked(2) == "stage 2 needs the results of those before it, which paramsets 0-15 lack");
  CHECK(asked(0) == "stages count from 1, got 0");
  std::vector<std::size_t> most(15);
  std::iota(most.begin(), most.end(), std::size_t{0});
  const sweep_stage first = read_stage(
      rules_of(*w.paramsets.space()), w.paramsets.count(),
      [&](std::size_t i) { return w.spec("none", i); }, w.data, 1);
  const sweep_outcome some =
      run_sweep(w.paramsets, w.data,
                {.workers = 2, .files = w.files("none"), .indices = most, .tasks = first.tasks});
  REQUIRE(some.runs.size() == 15);
  for (const sweep_run& run : some.runs) CHECK(run.waits());
  CHECK(w.result("none", 3)["stopped"].dump() ==
        fmt::format("{{\"by\":\"successive_halving\",\"metric\":\"val_loss\",\"band\":1,"
                    "\"value\":{}}}",
                    w.result("none", 3)["history"]["val_loss"][0].dump()));
  CHECK(asked(3) == "stage 3 needs the results of those before it, which paramset 15 lacks");
}

TEST_CASE("a plain run that was stopped is left as it is, and goes on where it is asked to") {
  const compared_sweep w("{type: i_epoch, keep: 1}");
  const sweep_outcome outcome = w.train("out", 2);
  const auto stopped = std::ranges::find_if(outcome.runs, [](const sweep_run& run) {
    return run.phase == run_phase::stopped && run.has_model();
  });
  REQUIRE(stopped != outcome.runs.end());
  const run_spec spec = w.spec("out", stopped->index);
  run_observer nobody;
  const auto on_one = [](const model_spec& model, const training_options& training,
                         const dataset& rows) -> std::unique_ptr<executor> {
    return std::make_unique<cpu_executor>(model, training, rows, cpu_options{.threads = 1});
  };
  const auto before = w.contents("out");
  CHECK(train_run(spec, w.data, on_one, w.files("out"), nobody).ending == run_ending::stopped);
  CHECK(w.contents("out") == before);
  run_options on = w.files("out");
  on.continue_stopped = true;
  const run_outcome whole = train_run(spec, w.data, on_one, on, nobody);
  CHECK(whole.ending == run_ending::trained);
  CHECK_FALSE(whole.result->goes_on());
  CHECK(w.result("out", stopped->index)["history"]["loss"].size() > 1);
}

TEST_CASE("a target that is reached leaves the rest unbegun, whoever trains") {
  const compared_sweep all("");
  const sweep_outcome outcome = all.train("out", 2);
  double best = 1e9;
  for (std::size_t i = 0; i < search_rules{}.at_once; ++i) {
    for (const epoch_record& record : outcome.runs[i].history) {
      best = std::min(best, record.validation->loss);
    }
  }
  const compared_sweep w("", fmt::format(", target: {}", best));
  const sweep_outcome one = w.train("one", 1);
  CHECK(one.searched);
  CHECK(count(one, run_phase::missing) == 8);
  CHECK(one.runs[7].phase != run_phase::missing);
  CHECK(one.runs[8].phase == run_phase::missing);
  CHECK(fates(w.train("five", 5)) == fates(one));
  CHECK(fates(w.train("one", 2)) == fates(one));
}

TEST_CASE("early termination by validation rows needs some") {
  const compared_sweep w("{type: median}");
  dataset without = w.data;
  without.validation = {};
  CHECK(testing::message_of<argument_error>([&] {
          (void)run_sweep(w.paramsets, without, {.workers = 1});
        }) == "val_loss is what runs are compared by, but there are no validation rows");
}

TEST_CASE("a time budget leaves a search unfinished, and a larger one takes it up") {
  const compared_sweep w("{type: successive_halving, min_epochs: 2}");
  sweep_options options{.workers = 2, .files = w.files("out")};
  options.files->time_budget = 1e-9;
  const sweep_outcome spent = run_sweep(w.paramsets, w.data, options);
  CHECK_FALSE(spent.searched);
  CHECK(count(spent, run_phase::budget) > 0);
  CHECK(count(spent, run_phase::done) == 0);
  const sweep_outcome whole = w.train("out", 2);
  CHECK(whole.searched);
  CHECK(fates(whole) == fates(w.train("whole", 1)));
  CHECK(w.contents("out") == w.contents("whole"));
}
