// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/training/callbacks.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "fake_executor.hpp"
#include "golden.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

/// A golden sequence; null stands for NaN.
std::vector<double> sequence_of(const ordered_json& values) {
  std::vector<double> sequence;
  for (const ordered_json& value : values) {
    sequence.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                       : value.get<double>());
  }
  return sequence;
}

bool has_nan(const std::vector<double>& sequence) {
  return std::ranges::any_of(sequence, [](double value) { return std::isnan(value); });
}

}  // namespace

TEST_CASE("early_stopping stops where Keras' EarlyStopping does") {
  const ordered_json cases = testing::golden_json("callbacks.json")["early_stopping"];
  REQUIRE(cases.size() > 5);
  for (const ordered_json& entry : cases) {
    const std::vector<double> losses = sequence_of(entry["sequence"]);
    testing::fake_executor executor({.val_losses = losses});
    if (std::isnan(losses[0])) continue;  // see "NaN is never best"
    early_stopping stopping(
        decode_json<early_stopping_options>(entry["config"], "golden", "early_stopping"));
    const training_result result = train(executor, stopping);
    INFO(entry["config"].dump() << " " << entry["sequence"].dump());
    if (entry["stopped_epoch"].is_null()) {
      CHECK(stopping.stopped_epoch() == 0);
      CHECK(result.history.size() == losses.size());
    } else {
      CHECK(stopping.stopped_epoch() == entry["stopped_epoch"].get<std::int64_t>() + 1);
      CHECK(result.stop_reason.starts_with("early stopping: val_loss has not improved for "));
    }
  }
}

TEST_CASE("reduce_lr_on_plateau sets Keras' learning rates") {
  const ordered_json cases = testing::golden_json("callbacks.json")["reduce_lr_on_plateau"];
  REQUIRE(cases.size() > 5);
  for (const ordered_json& entry : cases) {
    const std::vector<double> losses = sequence_of(entry["sequence"]);
    if (has_nan(losses)) continue;
    testing::fake_executor executor({.val_losses = losses},
                                    entry["initial_learning_rate"].get<double>());
    reduce_lr_on_plateau reduce(decode_json<reduce_lr_on_plateau_options>(entry["config"], "golden",
                                                                          "reduce_lr_on_plateau"));
    train(executor, reduce);
    INFO(entry["config"].dump() << " " << entry["sequence"].dump());
    const ordered_json& expected = entry["learning_rates"];
    REQUIRE(executor.rates.size() == expected.size() - 1);
    for (std::size_t epoch = 0; epoch < executor.rates.size(); ++epoch) {
      const double rate = expected[epoch].get<double>();
      INFO("after epoch " << epoch);
      CHECK(std::abs(executor.rates[epoch] - rate) <= 1e-6 * rate);
    }
  }
}

TEST_CASE("model_checkpoint saves the epochs that Keras' ModelCheckpoint saves") {
  const ordered_json cases = testing::golden_json("callbacks.json")["model_checkpoint"];
  REQUIRE(cases.size() > 5);
  for (const ordered_json& entry : cases) {
    const ordered_json& config = entry["config"];
    const std::vector<double> losses = sequence_of(entry["sequence"]);
    if (has_nan(losses) || config.contains("initial_value_threshold")) continue;
    testing::fake_executor executor({.val_losses = losses});
    std::vector<std::int64_t> saved;
    model_checkpoint checkpoint(
        {.monitor = metric::val_loss,
         .mode = *from_name<monitor_mode>(config["mode"].get<std::string>()),
         .save = [&](const epoch_record& r) { saved.push_back(r.epoch - 1); }});
    train(executor, checkpoint);
    INFO(config.dump() << " " << entry["sequence"].dump());
    CHECK(saved == entry["saved_epochs"].get<std::vector<std::int64_t>>());
  }
}

TEST_CASE("NaN is never best, and does not hide later epochs") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  testing::fake_executor executor({.val_losses = {nan, 0.5, nan, 0.4}});
  model_checkpoint checkpoint({.monitor = metric::val_loss});
  early_stopping stopping({.patience = 3});
  train(executor, checkpoint, stopping);
  CHECK(executor.kept == std::vector<std::int64_t>{2, 4});
  CHECK(checkpoint.best()->epoch == 4);
  CHECK(stopping.best() == 0.4);
}

TEST_CASE("an epoch whose loss is NaN is not best even if its accuracy is a number") {
  testing::fake_executor executor({.val_losses = {std::numeric_limits<double>::quiet_NaN(), 0.7},
                                   .val_accuracies = {0.9, 0.5}});
  model_checkpoint checkpoint;
  train(executor, checkpoint);
  CHECK(checkpoint.best()->epoch == 2);
}

TEST_CASE("ties do not replace the best epoch") {
  testing::fake_executor executor({.val_losses = {1, 1, 1}, .val_accuracies = {0.5, 0.5, 0.6}});
  model_checkpoint checkpoint;
  train(executor, checkpoint);
  CHECK(executor.kept == std::vector<std::int64_t>{1, 3});
}

TEST_CASE("without save_best_only every save_freq-th epoch is saved") {
  testing::fake_executor executor({.val_losses = {1, 2, 3, 4, 5}});
  std::vector<std::int64_t> saved;
  model_checkpoint checkpoint({.monitor = metric::val_loss,
                               .save_best_only = false,
                               .save_freq = 2,
                               .save = [&](const epoch_record& r) { saved.push_back(r.epoch); }});
  train(executor, checkpoint);
  CHECK(saved == std::vector<std::int64_t>{2, 4});
  CHECK(checkpoint.best()->epoch == 1);
}

TEST_CASE("terminate_on_nan stops at the first loss that is not finite") {
  testing::fake_executor executor({.val_losses = {1, std::numeric_limits<double>::infinity(), 1}});
  const training_result result = train(executor, terminate_on_nan{});
  CHECK(result.history.size() == 2);
  CHECK(result.stop_reason == "the loss of epoch 2 is not finite");
}

TEST_CASE("a spent time budget ends the run after its epoch") {
  testing::fake_executor executor({.val_losses = {1, 1, 1}});
  CHECK(train(executor, time_budget(0)).history.size() == 1);
  testing::fake_executor patient({.val_losses = {1, 1, 1}});
  CHECK(train(patient, time_budget(3600)).history.size() == 3);
}

TEST_CASE("csv_logger writes Keras' lines") {
  testing::fake_executor executor({.val_losses = {0.5, 0.25}, .val_accuracies = {0.875, 1}});
  std::string text;
  train(executor, csv_logger([&](std::string_view line) { text += line; }));
  CHECK(text ==
        "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n"
        "0,0.25,0.001,2.0,0.875,0.5\r\n"
        "1,0.25,0.001,2.0,1.0,0.25\r\n");
}
