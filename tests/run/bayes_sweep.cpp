// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Sweeps by method bayes: by any number of workers, interrupted, stage by stage, in memory and with
// files, they propose and train the same.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/run/sweep_stage.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "trained_space.hpp"

using namespace sweepnet;

namespace {

/// Twelve random points, then three at a time up to twenty.
struct learning_sweep : testing::trained_space {
  explicit learning_sweep(const std::string& more = "",
                          const std::string& metric = "{name: val_loss}")
      : trained_space(
            "method: bayes\nparallel: 3\nrun_cap: 20\nmetric: " + metric + "\n" + more +
                "parameters:\n"
                "  learning_rate: {distribution: log_uniform_values, min: 0.001, max: 1.0}\n"
                "  hidden_nodes: {values: [[], [6], [4, 4]]}\n"
                "  dropout_rate: {min: 0.0, max: 0.5}\n"
                "  input_units: {value: 8}\n"
                "  batch_size: {value: 16}\n"
                "  epochs: {value: 4}\n"
                "  model_path: {value: 'm_{index}.safetensors'}\n",
            testing::random_dataset(90, 6, 3)) {}
};

/// How each run ended, and by which value.
std::vector<std::string> ends_of(const sweep_outcome& outcome) {
  std::vector<std::string> ends;
  for (const sweep_run& run : outcome.runs) {
    ends.push_back(fmt::format("{} phase {} epochs {} val_loss {}", run.index,
                               static_cast<int>(run.phase), run.epochs,
                               run.value_of(metric::val_loss).value_or(-1)));
  }
  return ends;
}

const std::vector<std::string> with_and_without_rules{
    "", "early_terminate: {type: successive_halving}\n", "repeats: 2\n"};
const std::span tried_of_these(with_and_without_rules.data(), testing::cases<std::size_t>(3, 2));

}  // namespace

TEST_CASE("a sweep by bayes is the same for 1, 2 and 5 workers, in memory and with files") {
  for (const std::string& more : tried_of_these) {
    INFO(more);
    const learning_sweep w(more);
    const sweep_outcome one = w.train("one", 1);
    CHECK(one.searched);
    CHECK(one.runs.size() == w.paramsets.count());
    CHECK(std::ranges::none_of(one.runs, [](const sweep_run& run) {
      return run.phase == run_phase::missing || run.phase == run_phase::failed;
    }));
    const auto expected = w.contents("one");
    for (const int workers : {2, 5}) {
      const std::string name = fmt::format("by {}", workers);
      CHECK(ends_of(w.train(name, workers)) == ends_of(one));
      CHECK(w.contents(name) == expected);
    }
    const sweep_outcome in_memory = run_sweep(w.paramsets, w.data, {.workers = 2});
    CHECK(ends_of(in_memory) == ends_of(one));

    // Who is told what came of them knows them all.
    sweep<paramset> told = w.paramsets;
    told.tell(in_memory.told);
    CHECK(told.known() == told.count());
    for (std::size_t i = 0; i < told.count(); ++i) {
      const ordered_json result =
          ordered_json::parse(testing::read_file(w.place("one") / result_name.of(i)));
      CHECK(result["paramset"] == encode(for_task(told.at(i), task::multiclass)));
    }
    CHECK(ends_of(run_sweep(told, w.data, {.workers = 2})) == ends_of(one));
  }
}

TEST_CASE("a sweep by bayes finds better runs than its random ones") {
  const learning_sweep w;
  const sweep_outcome outcome = run_sweep(w.paramsets, w.data, {.workers = 2});
  const auto mean = [&](std::size_t first, std::size_t last) {
    double sum = 0;
    for (std::size_t i = first; i < last; ++i) sum += *outcome.runs[i].value_of(metric::val_loss);
    return sum / static_cast<double>(last - first);
  };
  CHECK(mean(12, 20) < mean(0, 12));
}

TEST_CASE("a sweep by bayes that is cancelled again and again comes to the same") {
  for (const std::string& more : tried_of_these) {
    INFO(more);
    const learning_sweep w(more);
    const sweep_outcome whole = w.train("whole", 2);
    int calls = 0;
    for (bool stopped = true; stopped && calls < 200; ++calls) {
      cancellation stop;
      std::atomic<int> left = 29;
      const sweep_outcome outcome =
          run_sweep(w.paramsets, w.data,
                    {.workers = 1 + calls % 3,
                     .files = w.files("pieces"),
                     .callbacks = testing::callbacks_after(left, [&] { stop.ask(); }),
                     .stop = &stop});
      stopped = !outcome.stopped_by.empty();
      CHECK(outcome.runs.size() == w.paramsets.count());
      CHECK(outcome.searched != stopped);
      if (!stopped) CHECK(ends_of(outcome) == ends_of(whole));
    }
    CHECK(calls > 3);
    CHECK(calls < 200);
    CHECK(w.contents("pieces") == w.contents("whole"));
  }
}

namespace {

/// What a stage asks of jobs that know results alone, each of which trains one run; false behind
/// the last one.
bool train_stage_of_bayes(const learning_sweep& w, const std::string& name, std::int64_t stage) {
  sweep<paramset> paramsets = w.paramsets;
  const auto spec_of = [&](std::size_t index) {
    return spec_of_run(paramsets, index, w.data, digest_of(w.data), w.files(name));
  };
  const sweep_stage asked =
      read_stage(rules_of(*paramsets.space()), paramsets.count(), spec_of, w.data, stage,
                 {.known = [&] { return paramsets.known(); },
                  .tell = [&](const std::vector<told_run>& runs) { paramsets.tell(runs); }});
  run_observer nobody;
  for (const sweep_task& task : asked.tasks) {
    const run_spec spec = spec_of(task.run);
    if (task.stop) {
      write_stop(spec, *task.stop);
      continue;
    }
    const auto on_one = [](const model_spec& model, const training_options& training,
                           const dataset& rows) -> std::unique_ptr<executor> {
      return std::make_unique<cpu_executor>(model, training, rows, cpu_options{.threads = 1});
    };
    CHECK(train_run(spec, w.data, on_one, w.files(name), nobody, {}, nullptr, {.leg = task.leg})
              .ending == run_ending::trained);
  }
  return asked.is_there;
}

}  // namespace

TEST_CASE("stage by stage, on results alone, bayes comes to the same") {
  for (const std::string& more : tried_of_these) {
    INFO(more);
    const learning_sweep w(more);
    (void)w.train("together", 2);
    std::int64_t stage = 1;
    while (train_stage_of_bayes(w, "alone", stage)) ++stage;
    CHECK(stage >= 5);
    CHECK(w.contents("alone") == w.contents("together"));
  }
}

TEST_CASE("a stage of bayes names the results that it lacks") {
  const learning_sweep w;
  CHECK(testing::message_of<input_missing>([&] { (void)train_stage_of_bayes(w, "none", 2); }) ==
        "stage 2 needs the results of those before it, which paramsets 0-11 lack");
}

TEST_CASE("a target ends a sweep by bayes") {
  const learning_sweep reached("", "{name: val_loss, target: 1000}");
  const sweep_outcome outcome = reached.train("out", 2);
  CHECK(outcome.searched);
  CHECK(std::ranges::count(outcome.runs, run_phase::done, &sweep_run::phase) == 3);
  CHECK(outcome.runs.size() == 20);
  const learning_sweep without;
  const learning_sweep beyond("", "{name: val_loss, target: 1.0e-9}");
  CHECK(ends_of(beyond.train("out", 2)) == ends_of(without.train("out", 2)));
}

TEST_CASE("what a disk or a program did to a run decides on no other one") {
  const learning_sweep w;
  const sweep_outcome whole = w.train("whole", 2);
  std::atomic<int> left = 50;
  const sweep_outcome broken = run_sweep(
      w.paramsets, w.data,
      {.workers = 1, .files = w.files("out"), .callbacks = testing::callbacks_after(left, [] {
                                                throw io_error("a full disk");
                                              })});
  CHECK_FALSE(broken.searched);
  CHECK(std::ranges::count(broken.runs, run_phase::failed, &sweep_run::phase) == 1);
  CHECK(std::ranges::count(broken.runs, run_phase::missing, &sweep_run::phase) == 8);
  CHECK(ends_of(w.train("out", 2)) == ends_of(whole));
  CHECK(w.contents("out") == w.contents("whole"));
}

TEST_CASE("a proposal that is no paramset ends the sweep once all others are saved") {
  const learning_sweep w;
  sweep<paramset> picky = w.paramsets;
  std::set<double> random;
  for (std::size_t i = 0; i < picky.known(); ++i) random.insert(picky.at(i).dropout_rate);
  picky.revise([random](paramset& p) {
    if (!random.contains(p.dropout_rate)) throw data_error("text: not this one");
  });
  CHECK(testing::message_of<data_error>([&] {
          (void)run_sweep(picky, w.data, {.workers = 2, .files = w.files("out")});
        }) == "text: not this one");
  CHECK(w.contents("out").size() == 24);  // models and results
}

TEST_CASE("results of another sweep do not lead bayes astray") {
  const learning_sweep w;
  (void)w.train("out", 2);
  const std::string file = (w.place("out") / result_name.of(5)).string();
  ordered_json result = ordered_json::parse(testing::read_file(file));
  result["paramset"]["dropout_rate"] = 0.25;
  testing::write_file(file, result.dump());
  const sweep_outcome again = w.train("out", 2);
  CHECK_FALSE(again.searched);
  CHECK(again.runs[5].phase == run_phase::damaged);
  CHECK(again.runs[5].error.find("belongs to another run: paramset.dropout_rate is 0.25 there") !=
        std::string::npos);
  CHECK(std::ranges::count(again.runs, run_phase::missing, &sweep_run::phase) == 8);
}
