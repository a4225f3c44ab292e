// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/embed/fit.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "embed/small.hpp"

using namespace sweepnet;

namespace {

const dataset data = testing::small_data();
const model_spec model = testing::small_network(data);

training_options options_for(std::int64_t epochs) {
  return {.batch_size = 16, .epochs = epochs, .seed = 5};
}

/// Whether two runs have the same bits, seconds aside.
void check_same(const fit_result& a, const fit_result& b) {
  CHECK(a.best.parameters == b.best.parameters);
  CHECK(a.last.parameters == b.last.parameters);
  CHECK(pack(a.best_epoch) == pack(b.best_epoch));
  CHECK(a.state.executor.optimizer_slots == b.state.executor.optimizer_slots);
  REQUIRE(a.history.size() == b.history.size());
  for (std::size_t i = 0; i < a.history.size(); ++i) {
    CHECK(pack(a.history[i]) == pack(b.history[i]));
  }
}

/// The first epoch in which the metric is at its best.
const epoch_record& first_best(const training_history& history, metric m) {
  return *std::ranges::max_element(history, {}, [m](const epoch_record& record) {
    const double value = *record.value_of(m);
    return larger_is_better(m, {}) ? value : -value;
  });
}

/// Keeps the weights after each epoch.
struct weights_of_epochs : callback {
  std::vector<std::vector<float>> weights{};
  void on_epoch_end(training_context& context, const epoch_record&) override {
    weights.push_back(context.executor.parameters());
  }
};

}  // namespace

TEST_CASE("the best model is the best epoch's by the monitored metric") {
  for (const metric m : {metric::val_accuracy, metric::val_loss, metric::accuracy, metric::loss}) {
    weights_of_epochs kept;
    const fit_result run = fit(model, data, options_for(8), {.threads = 1, .monitor = m}, kept);
    const epoch_record& best = first_best(run.history, m);
    CHECK(pack(run.best_epoch) == pack(best));
    CHECK(run.best.parameters == kept.weights.at(static_cast<std::size_t>(best.epoch - 1)));
    CHECK(run.last.parameters == kept.weights.back());
  }
  const fit_result worst = fit(model, data, options_for(8),
                               {.threads = 1, .monitor = metric::loss, .mode = monitor_mode::max});
  CHECK(worst.best_epoch.epoch == 1);
}

TEST_CASE("without options the best epoch is told by val_accuracy, or by accuracy without rows") {
  CHECK(pack(fit(model, data, options_for(8)).best_epoch) ==
        pack(fit(model, data, options_for(8), {.monitor = metric::val_accuracy}).best_epoch));
  dataset alone = data;
  alone.validation = {};
  const fit_result run = fit(model, alone, options_for(8));
  CHECK_FALSE(run.best_epoch.validation);
  CHECK(pack(run.best_epoch) == pack(first_best(run.history, metric::accuracy)));
}

TEST_CASE("a run without a finite loss has no best model") {
  training_options diverging = options_for(2);
  diverging.optimizer = {.rule = rules::sgd{}, .learning_rate = 1e38};
  diverging.loss = categorical_crossentropy{.path = loss_path::logits};
  CHECK(testing::message_of<training_error>([&] { (void)fit(model, data, diverging); }) ==
        "no epoch gave a finite loss, so there is no best model");
}

TEST_CASE("fit() gives the bits of train() with a checkpoint") {
  const fit_result run = fit(model, data, options_for(5), {.threads = 1});
  cpu_executor by_hand(model, options_for(5), data, {.threads = 1});
  model_checkpoint checkpoint;
  const training_result trained = train(by_hand, checkpoint);
  CHECK(run.best.parameters == *by_hand.best_parameters());
  CHECK(run.last.parameters == by_hand.parameters());
  CHECK(pack(run.best_epoch) == pack(*checkpoint.best()));
  CHECK(pack(run.history.back()) == pack(trained.history.back()));
}

TEST_CASE("threads change no bit") {
  const fit_result one = fit(model, data, options_for(4), {.threads = 1});
  for (const int threads : {0, 2, 5}) {
    check_same(one, fit(model, data, options_for(4), {.threads = threads}));
  }
}

TEST_CASE("a run in halves ends in the bits of a whole one, callbacks included") {
  const auto callbacks = [] {
    return std::pair(early_stopping({.patience = 50}),
                     reduce_lr_on_plateau({.monitor = metric::loss, .patience = 1}));
  };
  auto [stop, plateau] = callbacks();
  const fit_result whole = fit(model, data, options_for(9), {.threads = 1}, stop, plateau);
  for (const std::int64_t cut : {1, 4, 8}) {
    auto [first_stop, first_plateau] = callbacks();
    auto [later_stop, later_plateau] = callbacks();
    const fit_result half =
        fit(model, data, options_for(cut), {.threads = 1}, first_stop, first_plateau);
    check_same(whole, resume(model, data, options_for(9), half.state, {.threads = 2}, later_stop,
                             later_plateau));
  }
  CHECK(pack(resume(model, data, options_for(9), whole.state).best_epoch) ==
        pack(whole.best_epoch));
}

TEST_CASE("a factory makes the executor that trains") {
  int made = 0;
  const fit_options by_factory{
      .executor = [&](const model_spec& m, const training_options& o, const dataset& d) {
        ++made;
        return std::make_unique<cpu_executor>(m, o, d, cpu_options{.threads = 3});
      }};
  struct threads_seen : callback {
    int threads = 0;
    void on_train_begin(training_context& context) override {
      threads = context.executor.threads();
    }
  } seen;
  check_same(fit(model, data, options_for(3), by_factory, seen), fit(model, data, options_for(3)));
  CHECK(made == 1);
  CHECK(seen.threads == 3);
}

TEST_CASE("a callback that stops the run leaves a result of the epochs so far") {
  struct stop_after_two : callback {
    void on_epoch_end(training_context& context, const epoch_record& record) override {
      context.stop = record.epoch == 2;
    }
  };
  const fit_result run = fit(model, data, options_for(9), stop_after_two{});
  CHECK(run.history.size() == 2);
  CHECK(run.state.stopped);
  CHECK(resume(model, data, options_for(9), run.state).history.size() == 2);
}
