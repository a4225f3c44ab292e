// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Whole sweeps as a program of one's own trains them, with files and without.

#include "sweepnet/run/run_sweep.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/run/fit.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/training/executor_group.hpp"

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

struct sweep_site {
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
    for (std::size_t i = 0; i < paramsets.count(); ++i) {
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
  const sweep_site w;
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

TEST_CASE("a sweep in memory gives what fit() gives, and what is asked to be kept of it") {
  const sweep_site w;
  const sweep_outcome outcome =
      run_sweep(w.paramsets, w.data, {.workers = 2, .keep = kept_of_runs::states});
  for (const sweep_run& run : outcome.runs) {
    INFO(run.index);
    if (run.index == 3) {
      CHECK(run.phase == run_phase::failed);
      CHECK(run.code == exit_code::data);
      CHECK_FALSE(run.has_model());
      continue;
    }
    const fit_result alone = fit(w.paramsets.at(run.index), w.data);
    CHECK(run.best.parameters == alone.best.parameters);
    CHECK(run.best_epoch.epoch == alone.best_epoch.epoch);
    CHECK(run.history.size() == alone.history.size());
    CHECK(run.epochs == std::ssize(alone.history));
    REQUIRE(run.state);
    CHECK(run.state->executor.parameters == alone.state.executor.parameters);
    CHECK(run.state->executor.optimizer_slots == alone.state.executor.optimizer_slots);
  }
  const sweep_outcome few =
      run_sweep(w.paramsets, w.data, {.indices = {4, 0}, .keep = kept_of_runs::summaries});
  REQUIRE(few.runs.size() == 2);
  CHECK(few.runs[0].index == 4);
  CHECK(few.runs[0].history.empty());
  CHECK(few.runs[0].best.parameters.empty());
  CHECK(few.runs[0].best_epoch.epoch > 0);
}

TEST_CASE("an outcome ranks its runs, best first, and leaves out those without a model") {
  const sweep_site w;
  const sweep_outcome outcome = run_sweep(w.paramsets, w.data, {.workers = 2});
  const ranked_runs ranked = outcome.ranked();
  REQUIRE(ranked.size() == 5);
  double before = 2;
  for (const sweep_run& run : ranked) {
    CHECK(run.index != 3);
    CHECK(run.best_epoch.validation->accuracy <= before);
    before = run.best_epoch.validation->accuracy;
  }
}

TEST_CASE("finished runs are found by their files, with history and model, and not trained again") {
  const sweep_site w;
  const sweep_options options{.workers = 2, .files = w.files("out")};
  const sweep_outcome first = run_sweep(w.paramsets, w.data, options);
  const sweep_outcome second = run_sweep(w.paramsets, w.data, options);
  for (std::size_t i = 0; i < 6; ++i) {
    INFO(i);
    CHECK(first.runs[i].trained);
    CHECK_FALSE(second.runs[i].trained);
    CHECK(second.runs[i].phase == first.runs[i].phase);
    CHECK(second.runs[i].error == first.runs[i].error);
    CHECK(second.runs[i].best.parameters == first.runs[i].best.parameters);
    CHECK(second.runs[i].best_epoch.epoch == first.runs[i].best_epoch.epoch);
    CHECK(second.runs[i].epochs == first.runs[i].epochs);
    REQUIRE(second.runs[i].history.size() == first.runs[i].history.size());
    for (std::size_t e = 0; e < first.runs[i].history.size(); ++e) {
      if (i == 3) break;  // not finite
      CHECK(second.runs[i].history[e].train.loss == first.runs[i].history[e].train.loss);
      CHECK(second.runs[i].history[e].validation->accuracy ==
            first.runs[i].history[e].validation->accuracy);
    }
  }
}

TEST_CASE("a run whose files are damaged is told, the others go on, and it may begin anew") {
  const sweep_site w;
  const auto state = w.place("out") / "state_2.safetensors";
  testing::write_file(state, "no state at all");
  sweep_options options{.workers = 2, .files = w.files("out")};
  const sweep_outcome outcome = run_sweep(w.paramsets, w.data, options);
  CHECK(outcome.runs[2].phase == run_phase::damaged);
  CHECK(outcome.runs[2].code == exit_code::data);
  CHECK(outcome.runs[2].error.find("state_2.safetensors") != std::string::npos);
  CHECK(outcome.runs[1].phase == run_phase::done);
  CHECK(outcome.runs[4].phase == run_phase::done);
  CHECK(testing::read_file(state) == "no state at all");
  options.retry_failed = true;
  const sweep_outcome again = run_sweep(w.paramsets, w.data, options);
  CHECK(again.runs[2].phase == run_phase::done);
  CHECK(again.runs[2].trained);
  CHECK(again.runs[3].trained);  // it had failed
  CHECK(again.runs[3].phase == run_phase::failed);
  CHECK_FALSE(again.runs[1].trained);
  w.train_alone("alone");
  w.check_same("alone", "out");
}

namespace {

/// Sums what runs side by side need, and asks to stop in time.
struct watcher final : sweep_observer {
  cancellation* stop = nullptr;
  std::size_t stop_behind = SIZE_MAX;  ///< so many runs
  std::size_t over = 0;
  std::size_t under_way = 0;
  std::size_t most_under_way = 0;
  int waits = 0;

  void on_begin(const run_spec&, const executor& executor) override {
    CHECK(executor.threads() == 1);
    most_under_way = std::max(most_under_way, ++under_way);
  }
  void on_end(const run_spec&, const sweep_run& run) override {
    if (run.trained) --under_way;
    if (++over == stop_behind) stop->ask();
  }
  void on_wait() override { ++waits; }
};

/// Asks to stop after some steps of a run.
class stop_in_run final : public callback {
 public:
  explicit stop_in_run(cancellation& stop) : stop_(&stop) {}
  void on_step(training_context&, const pass_progress&) override {
    if (++steps_ == 5) stop_->ask();
  }

 private:
  cancellation* stop_;
  int steps_ = 0;
};

/// Callbacks of a run's own: one that asks `stop`.
auto stopped_in_run(cancellation& stop) {
  return [&stop](std::size_t) {
    std::vector<std::unique_ptr<callback>> own;
    own.push_back(std::make_unique<stop_in_run>(stop));
    return own;
  };
}

}  // namespace

TEST_CASE("runs are admitted by the memory that they take, and one that takes all fails alone") {
  const sweep_site w;
  double largest = 0;
  std::vector<double> needs;
  for (std::size_t i = 0; i < w.paramsets.count(); ++i) {
    const paramset p = w.paramsets.at(i);
    needs.push_back(cpu_training_memory(build_model(p, 6, 3), training_options_of(p), w.data));
    largest = std::max(largest, needs.back());
  }
  watcher one_by_one;
  const sweep_outcome tight =
      run_sweep(w.paramsets, w.data, {.workers = 3, .memory = largest, .observer = &one_by_one});
  CHECK(one_by_one.over == 6);
  for (const sweep_run& run : tight.runs) CHECK(run.code != exit_code::configuration);

  const sweep_outcome short_of =
      run_sweep(w.paramsets, w.data, {.workers = 3, .memory = largest - 1});
  std::size_t refused = 0;
  for (const sweep_run& run : short_of.runs) {
    if (run.code != exit_code::configuration) continue;
    ++refused;
    CHECK(needs[run.index] == largest);
    CHECK(run.phase == run_phase::failed);
    CHECK(run.error.starts_with("to train and save a network of "));
    CHECK(run.error.find(" of memory, the sweep may take ") != std::string::npos);
  }
  CHECK(refused == 1);
  CHECK(short_of.runs[0].phase == run_phase::done);
}

TEST_CASE("a program cancels its sweep: runs under way are saved, the same call goes on") {
  const sweep_site w;
  w.train_alone("alone");
  const int workers = GENERATE(1, 3);
  const std::string name = "out" + std::to_string(workers);
  bool stopped = true;
  int calls = 0;
  for (; stopped && calls < 50; ++calls) {
    cancellation stop;
    const sweep_outcome outcome = run_sweep(w.paramsets, w.data,
                                            {.workers = workers,
                                             .files = w.files(name),
                                             .callbacks = stopped_in_run(stop),
                                             .stop = &stop});
    stopped = !outcome.stopped_by.empty();
    if (stopped) CHECK(outcome.stopped_by == "a cancellation");
  }
  CHECK(calls > 2);
  CHECK_FALSE(stopped);
  w.check_same("alone", name);
}

TEST_CASE("a run in memory that is cancelled leaves its state, from which resume() goes on") {
  const sweep_site w;
  cancellation stop;
  const sweep_outcome outcome = run_sweep(w.paramsets, w.data,
                                          {.workers = 1,
                                           .keep = kept_of_runs::states,
                                           .callbacks = stopped_in_run(stop),
                                           .stop = &stop});
  CHECK(outcome.stopped_by == "a cancellation");
  std::size_t left = 0;
  for (const sweep_run& run : outcome.runs) {
    if (run.phase != run_phase::interrupted) continue;
    ++left;
    REQUIRE(run.state);
    const paramset p = w.paramsets.at(run.index);
    CHECK(resume(p, w.data, *run.state).best.parameters == fit(p, w.data).best.parameters);
  }
  CHECK(left == 1);
}

TEST_CASE("an error that is none of the library's ends the sweep once all others are saved") {
  const sweep_site w;
  class broken final : public callback {
   public:
    explicit broken(std::size_t index) : index_(index) {}
    void on_epoch_end(training_context&, const epoch_record&) override {
      if (index_ == 5) throw std::logic_error("a bug");
    }

   private:
    std::size_t index_;
  };
  sweep_options options{.workers = 2, .files = w.files("out")};
  options.callbacks = [](std::size_t index) {
    std::vector<std::unique_ptr<callback>> own;
    own.push_back(std::make_unique<broken>(index));
    return own;
  };
  CHECK(testing::message_of<std::logic_error>(
            [&] { (void)run_sweep(w.paramsets, w.data, options); }) == "a bug");
  options.callbacks = {};
  (void)run_sweep(w.paramsets, w.data, options);
  w.train_alone("alone");
  w.check_same("alone", "out");
}

TEST_CASE("what cannot be swept is refused before anything is trained") {
  const sweep_site w;
  CHECK(testing::message_of<argument_error>([&] {
          (void)run_sweep(w.paramsets, w.data, {.indices = {1, 6}});
        }) == "the sweep has 6 paramsets, got the index 6");
  CHECK(testing::message_of<argument_error>([&] {
          (void)run_sweep(w.paramsets, w.data, {.memory = -1});
        }) == "memory must be at least 0 bytes, got -1");
  const auto no_group = [](const dataset&) { return std::unique_ptr<executor_group>(); };
  CHECK(testing::message_of<argument_error>([&] {
          (void)run_sweep(w.paramsets, w.data, {.group = no_group});
        }) == "the factory of groups made none");
  const auto no_executor = [](const auto&...) { return std::unique_ptr<executor>(); };
  CHECK(testing::message_of<argument_error>([&] {
          (void)run_sweep(w.paramsets, w.data, {.executor = no_executor, .group = no_group});
        }) == "runs train in a group or by executors of their own, not both");
  const auto outside = parse_sweep<paramset>("- {}\n- {model_path: ../m.safetensors}\n", "text");
  CHECK(testing::message_of<data_error>([&] {
          (void)run_sweep(outside, w.data, {.files = w.files("no")});
        }).find("model_path must lie in the output directory") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(w.place("no")));
}

TEST_CASE("a queue hands out the dearest run first, waits for memory, and shares out its cores") {
  sweep_queue queue({{.cost = 1, .memory = 1},
                     {.cost = 9, .memory = 6},
                     {.cost = 5, .memory = 6},
                     {.cost = 9, .memory = 2}},
                    5, {.memory = 8});
  queue.add(
      {{.run = 0, .cost = 1}, {.run = 1, .cost = 9}, {.run = 2, .cost = 5}, {.run = 3, .cost = 9}});
  CHECK(queue.take() == std::size_t{1});
  CHECK(queue.take() == std::size_t{3});  // of equal cost, the one behind
  // Nothing else fits: two workers of five are at work, so three cores are free.
  CHECK(queue.threads_of(1) == 3);
  CHECK(queue.threads_of(3) == 2);
  queue.give_back(3);
  CHECK(queue.threads_of(1) == 1);  // another could be begun
  CHECK(queue.take() == std::size_t{0});
  CHECK(queue.threads_of(0) == 2);
  queue.give_back(1);
  CHECK(queue.take() == std::size_t{2});
  queue.give_back(0);
  CHECK(queue.threads_of(2) == 5);
  CHECK(queue.is_drained());
  CHECK_FALSE(queue.is_idle());
  queue.give_back(2);
  CHECK(queue.is_idle());
  queue.add({{.run = 1, .cost = 2}});  // again, for what is left of it
  CHECK(queue.take() == std::size_t{1});
  queue.give_back(1);
  queue.close();
  CHECK(queue.take() == std::nullopt);
}

TEST_CASE("a queue waits for memory of the device as for that of the host") {
  sweep_queue queue({{.cost = 3, .memory = 1, .device_memory = 6},
                     {.cost = 2, .memory = 1, .device_memory = 3},
                     {.cost = 1, .memory = 1, .device_memory = 2}},
                    3, {.memory = 2, .device_memory = 8});
  queue.add({{.run = 0, .cost = 3}, {.run = 1, .cost = 2}, {.run = 2, .cost = 1}});
  CHECK(queue.take() == std::size_t{0});
  CHECK(queue.take() == std::size_t{2});  // which fits beside it
  queue.give_back(0);
  CHECK(queue.take() == std::size_t{1});
  queue.give_back(1);
  queue.give_back(2);
  queue.close();
  CHECK(queue.take() == std::nullopt);
}

namespace {

/// The CPU's executors as members of a group, whose device has so much memory.
class group_of_cpu final : public executor_group {
 public:
  group_of_cpu(const dataset& data, double memory) : data_(&data), memory_(memory) {}
  [[nodiscard]] std::unique_ptr<executor> make(const model_spec& model,
                                               const training_options& options) override {
    return std::make_unique<cpu_executor>(model, options, *data_, cpu_options{.threads = 1});
  }
  [[nodiscard]] double memory_of(const model_spec& model, const training_options&) const override {
    return static_cast<double>(parameter_layout(model).size);
  }
  [[nodiscard]] double memory() const override { return memory_; }
  [[nodiscard]] int useful_members() const override { return 3; }

 private:
  const dataset* data_;
  double memory_;
};

}  // namespace

TEST_CASE("the runs of a sweep may be members of a group, so many at once as its device holds") {
  const sweep_site w;
  w.train_alone("alone");
  double largest = 0;
  for (std::uint64_t i = 0; i < w.paramsets.count(); ++i) {
    const model_spec model = build_model(w.paramsets.at(i), 6, 3);
    const double size = static_cast<double>(parameter_layout(model).size);
    largest = std::max(largest, size);
  }
  for (const double memory : {1e9, largest}) {
    const std::string name = memory > largest ? "together" : "in turn";
    watcher seen;
    const sweep_outcome outcome = run_sweep(
        w.paramsets, w.data,
        {.files = w.files(name),
         .group = [=](const dataset& data) { return std::make_unique<group_of_cpu>(data, memory); },
         .observer = &seen});
    CHECK(seen.over == 6);
    CHECK(seen.most_under_way <= 3);
    w.check_same("alone", name);
  }
  const sweep_outcome refused =
      run_sweep(w.paramsets, w.data, {.group = [&](const dataset& data) {
                  return std::make_unique<group_of_cpu>(data, largest - 1);
                }});
  const auto failed = std::ranges::find(refused.runs, exit_code::configuration, &sweep_run::code);
  REQUIRE(failed != refused.runs.end());
  CHECK(failed->error ==
        fmt::format("to train a network of {0} parameters takes {1} of the device's memory, the "
                    "sweep may take {2}",
                    static_cast<std::int64_t>(largest), detail::text_of_bytes(largest),
                    detail::text_of_bytes(largest - 1)));
}
