// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A whole sweep inside another program: a search space as W&B writes it, all of it trained on two
// workers, ranked; each model is the one that the run alone would give, bit for bit.
#include <cstdio>
#include <sweepnet/sweepnet.hpp>

#include "spirals.hpp"

int main() {
  const auto sweep = sweepnet::parse_sweep<sweepnet::paramset>(R"(
method: grid
metric: {name: val_accuracy, goal: maximize}
parameters:
  activate_fn: {values: [relu, tanh]}
  dropout_rate: {values: [0.0, 0.1, 0.3]}
  hidden_nodes: {values: [[16], [32, 16]]}
  early_stopping: {value: {monitor: val_loss, patience: 5}}
  batch_size: {value: 32}
  epochs: {value: 20}
)");
  const auto [x, y] = spirals(2000, 3, 1);
  const auto [x_validation, y_validation] = spirals(500, 3, 2);
  const sweepnet::dataset data = sweepnet::make_dataset(x, y, x_validation, y_validation);

  const auto outcome = sweepnet::run_sweep(sweep, data, {.workers = 2});
  const auto ranked = outcome.ranked();  // best first
  for (const auto& run : ranked) {
    std::printf("%3lld  %.4f  %s\n", static_cast<long long>(run.index),
                run.best_epoch.validation->accuracy,
                sweepnet::encode(sweep.at(run.index)).dump().c_str());
  }
  const auto alone =
      sweepnet::fit(sweep.at(ranked.front().index), data);  // its monitor and callbacks, too
  return ranked.size() == 12 && alone.best.parameters == ranked.front().best.parameters ? 0 : 1;
}
