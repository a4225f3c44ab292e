// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"
#include "sweepnet/training/executor.hpp"

namespace testing {

/// What a fake_executor plays back, an entry an epoch.
struct fake_epochs {
  std::vector<double> val_losses{};
  std::vector<double> val_accuracies{};  ///< 0 where not given
};

/// An executor that trains nothing: it plays back validation metrics, so that the trainer and its
/// callbacks are tested alone. Without options it trains as many epochs as it has losses.
class fake_executor final : public sweepnet::executor {
 public:
  explicit fake_executor(const fake_epochs& epochs, double rate = 0.001)
      : fake_executor(epochs, {.epochs = std::ssize(epochs.val_losses)}, small_dataset(), rate) {}
  fake_executor(fake_epochs epochs, const sweepnet::training_options& options,
                const sweepnet::dataset& data, double rate = 0.001)
      : executor(model_for(data), with_rate(options, rate), data), epochs_(std::move(epochs)) {}

  std::vector<std::vector<std::uint32_t>> orders{};  ///< that train_epoch was given
  std::vector<double> rates{};                       ///< at the start of each epoch but the first
  std::vector<std::int64_t> kept{};                  ///< epochs after which keep_best was called

  void keep_best() override { kept.push_back(std::ssize(orders)); }
  [[nodiscard]] std::vector<float> parameters() const override { return {}; }
  [[nodiscard]] std::optional<std::vector<float>> best_parameters() const override { return {}; }
  [[nodiscard]] std::string device() const override { return "none"; }

 private:
  static const sweepnet::dataset& small_dataset() {
    static const sweepnet::dataset data = random_dataset(4, 3, 3);
    return data;
  }
  static sweepnet::model_spec model_for(const sweepnet::dataset& data) {
    return {.inputs = data.inputs(), .layers = {sweepnet::dense{.units = data.classes()}}};
  }
  static sweepnet::training_options with_rate(sweepnet::training_options options, double rate) {
    options.optimizer.learning_rate = rate;
    return options;
  }

  void do_train_epoch(std::span<const std::uint32_t> order, sweepnet::pass_progress& progress,
                      const sweepnet::step_observer& observe) override {
    if (!orders.empty()) rates.push_back(learning_rate());
    orders.emplace_back(order.begin(), order.end());
    const std::int64_t rows = std::ssize(order) - progress.rows;
    progress.add(rows, {.loss = 2.0 * static_cast<double>(rows), .correct = rows / 4});
    if (observe) observe(progress);
  }
  sweepnet::metrics do_evaluate(const sweepnet::step_observer& observe) override {
    if (observe) observe({.rows = 1});
    const std::size_t epoch = orders.size() - 1;
    return {.loss = epochs_.val_losses.at(epoch),
            .accuracy = epoch < epochs_.val_accuracies.size() ? epochs_.val_accuracies[epoch] : 0};
  }
  [[nodiscard]] std::vector<std::vector<float>> export_slots() const override { return {}; }
  void import_weights(const sweepnet::executor_state&) override {}

  fake_epochs epochs_;
};

}  // namespace testing
