// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A run left after any step and resumed, in another process as it were, ends in the same state.

#include "sweepnet/training/run_state.hpp"

#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

/// Captures the run after its `at`-th step, counted over all epochs and validations, and leaves it.
class leave_after final : public callback {
 public:
  leave_after(std::int64_t at, std::optional<run_state>& captured)
      : at_(at), captured_(&captured) {}
  void on_step(training_context& context, const pass_progress&) override { count(context); }
  void on_validation_step(training_context& context, const pass_progress&) override {
    count(context);
  }

 private:
  void count(training_context& context) {
    if (++steps_ != at_) return;
    *captured_ = context.capture();
    throw std::runtime_error("left");
  }
  std::int64_t at_;
  std::optional<run_state>* captured_;
  std::int64_t steps_ = 0;
};

/// Never leaves.
struct stay final : callback {};

/// Captures the run after every epoch.
struct remember final : callback {
  explicit remember(std::optional<run_state>& to) : captured(&to) {}
  std::optional<run_state>* captured;
  void on_epoch_end(training_context& context, const epoch_record&) override {
    *captured = context.capture();
  }
};

/// A user's callback with state of its own.
struct highest_loss final : callback {
  double highest = 0;
  std::int64_t epoch = 0;
  [[nodiscard]] std::string_view name() const override { return "highest_loss"; }
  void state(archive& a) override { a(highest, epoch); }
  void on_epoch_end(training_context&, const epoch_record& record) override {
    if (record.train.loss <= highest) return;
    highest = record.train.loss;
    epoch = record.epoch;
  }
};

struct whole_run {
  dataset data = testing::random_dataset(90, 6, 3);
  training_options options{.batch_size = 32, .epochs = 7, .seed = 4};
  model_spec model{.inputs = 6,
                   .layers = {dense{.units = 8, .activate = {activations::tanh{}}}, dropout{0.2},
                              dense{.units = 3, .activate = {activations::softmax{}}}}};

  struct outcome {
    training_result result{};
    run_state last{};
    model_checkpoint checkpoint{};
    highest_loss own{};
    std::string log{};
  };

  /// Trains to the end, or until `leave` throws; from `saved` if it is there.
  template <class Leave> outcome run(const std::optional<run_state>& saved, Leave&& leave) const {
    cpu_executor executor(model, options, data, {.threads = 1});
    outcome o;
    reduce_lr_on_plateau reduce({.factor = 0.5, .patience = 0, .min_delta = 0.3});
    early_stopping stopping({.patience = 5});
    csv_logger log([&](std::string_view line) { o.log += line; });
    std::optional<run_state> last;
    const auto go = [&](auto&&... callbacks) {
      o.result = saved ? resume(*saved, executor, callbacks...) : train(executor, callbacks...);
    };
    go(o.checkpoint, reduce, stopping, log, o.own, remember(last), leave);
    if (last) o.last = *last;
    return o;
  }
};

void check_equal(const run_state& a, const run_state& b) {
  CHECK(a.executor.parameters == b.executor.parameters);
  CHECK(a.executor.best_parameters == b.executor.best_parameters);
  CHECK(a.executor.optimizer_slots == b.executor.optimizer_slots);
  CHECK(a.executor.step == b.executor.step);
  CHECK(a.executor.rate_factor == b.executor.rate_factor);
  CHECK(pack(a.progress) == pack(b.progress));
  REQUIRE(a.history.size() == b.history.size());
  for (std::size_t i = 0; i < a.history.size(); ++i)
    CHECK(pack(a.history[i]) == pack(b.history[i]));
  CHECK(a.callbacks == b.callbacks);
  CHECK(a.stopped == b.stopped);
  CHECK(a.stop_reason == b.stop_reason);
}

}  // namespace

TEST_CASE("a run left after any step and resumed equals one that was never left") {
  const whole_run run;
  const auto straight = run.run(std::nullopt, stay{});
  CHECK(straight.last.callbacks.size() == 4);
  CHECK(straight.last.executor.rate_factor < 1);  // the plateau callback has acted
  for (std::int64_t at = 1; at <= 28; ++at) {     // seven epochs of three steps and a validation
    INFO("left after step " << at);
    std::optional<run_state> captured;
    CHECK_THROWS_AS(run.run(std::nullopt, leave_after(at, captured)), std::runtime_error);
    REQUIRE(captured);
    const auto resumed = run.run(captured, stay{});
    check_equal(resumed.last, straight.last);
    CHECK(resumed.log == straight.log);
    CHECK(resumed.own.epoch == straight.own.epoch);
    CHECK(resumed.result.history.size() == straight.result.history.size());
  }
}

TEST_CASE("after a restart a worse epoch does not overwrite the best model") {
  // The pain of keras #17012, #11420, #12803: there, the restarted checkpoint begins at infinity.
  whole_run run;
  run.options.optimizer.learning_rate = 0.5;
  const auto straight = run.run(std::nullopt, stay{});
  REQUIRE(straight.checkpoint.best());
  const std::int64_t best_epoch = straight.checkpoint.best()->epoch;
  REQUIRE(best_epoch < 7);
  std::optional<run_state> captured;
  CHECK_THROWS_AS(run.run(std::nullopt, leave_after(4 * best_epoch + 1, captured)),
                  std::runtime_error);
  const auto resumed = run.run(captured, stay{});
  CHECK(resumed.checkpoint.best()->epoch == best_epoch);
  CHECK(resumed.last.executor.best_parameters == straight.last.executor.best_parameters);
}

TEST_CASE("a finished or stopped run trains no further when it is resumed") {
  whole_run run;
  const auto straight = run.run(std::nullopt, stay{});
  const auto again = run.run(straight.last, stay{});
  check_equal(run_state(straight.last), straight.last);
  CHECK(again.result.history.size() == straight.result.history.size());
}

TEST_CASE("numbers of every kind are packed and come back") {
  const double infinity = std::numeric_limits<double>::infinity();
  std::int64_t count = -(std::int64_t{1} << 53);
  bool flag = true;
  std::optional<double> none;
  std::optional<double> some = -infinity;
  std::optional<epoch_record> record =
      epoch_record{.epoch = 3,
                   .task = task::regression,
                   .train = {.loss = 0.1, .mae = 0.2, .mse = 0.25},
                   .validation = metrics{.loss = 0.3, .mae = 0.4, .mse = 0.45, .r2 = 0.9},
                   .learning_rate = 0.5};
  const std::vector<double> packed = pack(count, flag, none, some, record);
  const double as_number = static_cast<double>(task::regression);
  CHECK(packed == std::vector<double>{static_cast<double>(count),
                                      1,
                                      0,
                                      1,
                                      -infinity,
                                      1,
                                      3,
                                      as_number,
                                      0.1,
                                      0,
                                      0,
                                      0,
                                      0,
                                      0.2,
                                      0.25,
                                      0,
                                      1,
                                      0.3,
                                      0,
                                      0,
                                      0,
                                      0,
                                      0.4,
                                      0.45,
                                      0.9,
                                      0.5});
  std::int64_t count2 = 0;
  bool flag2 = false;
  std::optional<double> none2 = 1;
  std::optional<double> some2;
  std::optional<epoch_record> record2;
  unpack(packed, count2, flag2, none2, some2, record2);
  CHECK(count2 == count);
  CHECK(flag2);
  CHECK_FALSE(none2);
  CHECK(some2 == some);
  REQUIRE(record2);
  CHECK(pack(*record2) == pack(*record));

  const auto message = [&](std::vector<double> numbers) {
    return testing::message_of<argument_error>([&] { unpack(numbers, count2, flag2); });
  };
  CHECK(message({1}) == "the saved state is too short");
  CHECK(message({1, 1, 1}) == "the saved state is too long");
  CHECK(message({std::numeric_limits<double>::quiet_NaN(), 1}) ==
        "the saved state holds no integer where one must be");
  CHECK(message({1e300, 1}) == "the saved state holds no integer where one must be");
}

TEST_CASE("a state that fits neither data nor callbacks is refused") {
  const whole_run run;
  const run_state good = run.run(std::nullopt, stay{}).last;
  const auto message = [&](const run_state& bad) {
    return testing::message_of<argument_error>([&] { run.run(bad, stay{}); });
  };
  run_state bad = good;
  bad.progress.rows = 91;
  CHECK(message(bad) == "the saved position is 91 rows into an epoch of 90");
  bad = good;
  bad.history[1].epoch = 7;
  CHECK(message(bad) == "the saved history does not count its epochs from 1");
  bad = good;
  bad.callbacks["early_stopping"].pop_back();
  CHECK(message(bad) == "the saved state is too short");
  bad = good;
  bad.progress.sums.correct = 1;
  CHECK(message(bad) == "the saved position has 1 of 0 rows right");
  bad = good;
  bad.history[2].validation.reset();
  CHECK(message(bad) == "the saved history lacks the validation rows' metrics");
  bad = good;
  bad.executor.rate_factor = std::numeric_limits<double>::quiet_NaN();
  CHECK(message(bad) == "the saved factor of the learning rate is nan");
  bad = good;
  bad.executor.best_parameters->clear();
  CHECK(message(bad) == "the state belongs to another model or optimizer: expected " +
                            std::to_string(bad.executor.parameters.size()) +
                            " best parameters, got 0");
}

TEST_CASE("a callback's state that contradicts the history is refused") {
  const whole_run run;
  const run_state good = run.run(std::nullopt, stay{}).last;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto message = [&](const std::string& callback, std::size_t at, double number) {
    run_state bad = good;
    bad.callbacks.at(callback).at(at) = number;
    return testing::message_of<argument_error>([&] { run.run(bad, stay{}); });
  };
  // best: present, epoch, task, metrics, validation present, its metrics from 12 on, rate
  const std::vector<double>& checkpoint = good.callbacks.at("model_checkpoint");
  REQUIRE(checkpoint[0] == 1);
  const std::string epoch = std::to_string(static_cast<int>(checkpoint[1]));
  const std::string another = "the saved best epoch " + epoch + " is another than the history's";
  CHECK(message("model_checkpoint", 1, -5) == "the saved best epoch is -5 of 7");
  CHECK(message("model_checkpoint", 1, 8) == "the saved best epoch is 8 of 7");
  CHECK(message("model_checkpoint", 1, 1.5) ==
        "the saved state holds no integer where one must be");
  CHECK(message("model_checkpoint", 0, 2) == "the saved state holds no integer where one must be");
  CHECK(message("model_checkpoint", 2, 9) == "the saved state holds an unknown choice");
  CHECK(message("model_checkpoint", 12, nan) == another);
  CHECK(message("model_checkpoint", 13, 1.25) == another);

  run_state bad = good;  // a best epoch without validation, of a metric that needs it
  std::vector<double>& numbers = bad.callbacks.at("model_checkpoint");
  numbers[11] = 0;
  numbers.erase(numbers.begin() + 12, numbers.begin() + 20);
  CHECK(testing::message_of<argument_error>([&] { run.run(bad, stay{}); }) == another);

  CHECK(message("early_stopping", 0, -1) == "a callback has counted -1 epochs of 7");
  CHECK(message("early_stopping", 0, 8) == "a callback has counted 8 epochs of 7");
  CHECK(message("early_stopping", 2, nan) ==
        "the saved best val_loss is of no epoch in the history");
  CHECK(message("reduce_lr_on_plateau", 0, 1e9) == "a callback has counted 1000000000 epochs of 7");
  CHECK(message("reduce_lr_on_plateau", 1, 3) == "the saved cooldown is 3 epochs, of at most 0");
  CHECK(message("reduce_lr_on_plateau", 3, 1e-30) ==
        "the saved best val_loss is of no epoch in the history");
}

TEST_CASE("a run left by its time budget goes on bit by bit, and its state says nothing of it") {
  const whole_run run;
  const auto straight = run.run(std::nullopt, stay{});
  CHECK(straight.result.leave_reason.empty());
  std::optional<run_state> last;
  for (int epochs = 1; epochs < 7; ++epochs) {
    const auto left = run.run(last, time_budget(0));
    CHECK(left.result.leave_reason == "the time budget is spent");
    CHECK(left.result.stop_reason.empty());
    CHECK(left.result.history.size() == static_cast<std::size_t>(epochs));
    CHECK_FALSE(left.last.stopped);
    last = left.last;
  }
  const auto whole = run.run(last, time_budget(0));
  CHECK(whole.result.leave_reason.empty());  // there was nothing to leave
  check_equal(whole.last, straight.last);
}
