// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/training/executor.hpp"

namespace testing {

/// An executor that trains nothing: it plays back validation metrics, so that the trainer and its
/// callbacks are tested alone.
struct fake_executor {
  sweepnet::training_options trained_by{};
  sweepnet::dataset trained_on = random_dataset(4, 3, 3);
  std::vector<double> val_losses{};
  std::vector<double> val_accuracies{};  ///< 0 where not given
  double rate = 0.001;

  std::vector<std::vector<std::uint32_t>> orders{};  ///< that train_epoch was given
  std::vector<double> rates{};                       ///< at the start of each epoch but the first
  std::vector<std::int64_t> kept{};                  ///< epochs after which keep_best was called

  void train_epoch(std::span<const std::uint32_t> order, sweepnet::pass_progress& progress,
                   const sweepnet::step_observer& observe = {}) {
    if (!orders.empty()) rates.push_back(rate);
    orders.emplace_back(order.begin(), order.end());
    const auto rows = static_cast<std::int64_t>(order.size()) - progress.rows;
    progress.add(rows, 2.0 * static_cast<double>(rows), rows / 4);
    if (observe) observe(progress);
  }
  sweepnet::metrics evaluate(const sweepnet::step_observer& observe = {}) {
    if (observe) observe({.rows = 1});
    const std::size_t epoch = orders.size() - 1;
    return {.loss = val_losses.at(epoch),
            .accuracy = epoch < val_accuracies.size() ? val_accuracies[epoch] : 0};
  }
  void keep_best() { kept.push_back(static_cast<std::int64_t>(orders.size())); }
  [[nodiscard]] std::vector<float> best_parameters() const { return {}; }
  [[nodiscard]] sweepnet::executor_state export_state() const { return {}; }
  void import_state(const sweepnet::executor_state&) {}
  [[nodiscard]] double learning_rate() const { return rate; }
  void scale_learning_rate(double factor) { rate *= factor; }
  [[nodiscard]] std::string device() const { return "none"; }
  [[nodiscard]] const sweepnet::dataset& data() const { return trained_on; }
  [[nodiscard]] const sweepnet::training_options& options() const { return trained_by; }
};

static_assert(sweepnet::executor<fake_executor>);

}  // namespace testing
