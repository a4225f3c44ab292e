// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Networks for one group, and what training leaves of each.

#include <cstdint>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/trainer.hpp"

namespace testing {

/// One of a group.
struct member_plan {
  sweepnet::model_spec model;
  sweepnet::training_options options;
};

/// 12 inputs, hidden layers of those widths with dropout behind each, 4 classes.
inline sweepnet::model_spec chain_of(const std::vector<std::int64_t>& widths, const char* activate,
                                     double rate) {
  using namespace sweepnet;
  model_spec model{.inputs = 12, .layers = {}};
  for (const std::int64_t width : widths) {
    dense layer{.units = width};
    REQUIRE(choose(layer.activate, activate));
    model.layers.emplace_back(layer);
    if (rate > 0) model.layers.emplace_back(dropout{rate});
  }
  model.layers.emplace_back(dense{.units = 4, .activate = {activations::softmax{}}});
  return model;
}

inline sweepnet::dataset rows_to_train() { return random_dataset(90, 12, 4); }

/// Shapes, batches, optimizers and lengths of all sorts. The last three are not for the fused
/// kernels; the rates of two give no finite loss.
inline std::vector<member_plan> mixed_plans() {
  using namespace sweepnet;
  model_spec penalized = chain_of({20}, "tanh", 0.2);
  std::get<dense>(penalized.layers.front()).l2 = 0.01;
  return {
      {chain_of({16}, "tanh", 0.2),
       {.batch_size = 7, .epochs = 4, .seed = 1, .optimizer = {.rule = rules::adam{}}}},
      {chain_of({70, 20}, "relu", 0),
       {.batch_size = 32, .epochs = 2, .optimizer = {.rule = rules::rmsprop{}}}},
      {chain_of({9, 9, 9}, "tanh", 0.5),
       {.batch_size = 100, .epochs = 9, .optimizer = {.rule = rules::sgd{.momentum = 0.9}}}},
      {chain_of({33}, "sigmoid", 0),
       {.batch_size = 16,
        .epochs = 3,
        .optimizer = {.rule = rules::lion{},
                      .learning_rate = schedules::exponential_decay{.decay_steps = 2}}}},
      {chain_of({5}, "relu", 0),
       {.batch_size = 45, .epochs = 5, .optimizer = {.rule = rules::sgd{}, .learning_rate = 1e30}}},
      {penalized, {.batch_size = 16, .epochs = 3, .optimizer = {.rule = rules::adam{}}}},
      {chain_of({}, "relu", 0), {.batch_size = 90, .epochs = 8}},
      {chain_of({12}, "softmax", 0),
       {.batch_size = 30, .epochs = 4, .optimizer = {.learning_rate = 1e30, .clipnorm = 0.1}}}};
}

/// What training leaves: equal for equal bytes, NaN for NaN.
inline std::string traces_of(const sweepnet::executor& trained,
                             const sweepnet::training_history& history,
                             const sweepnet::model_checkpoint& best) {
  using namespace sweepnet;
  std::string text;
  const auto add = [&text](const auto& values) {
    for (const auto value : values) text += fmt::format("{:a} ", static_cast<double>(value));
  };
  const executor_state state = trained.export_state();
  add(state.parameters);
  for (const auto& slot : state.optimizer_slots) add(slot);
  if (state.best_parameters) add(*state.best_parameters);
  for (const epoch_record& record : history) {
    add(std::vector{record.train.loss, record.train.accuracy, record.learning_rate,
                    record.validation->loss, record.validation->accuracy});
  }
  return text + fmt::format("{} {}", state.step, best.best() ? best.best()->epoch : 0);
}

/// NaN for NaN.
inline bool same(const sweepnet::metrics& a, const sweepnet::metrics& b) {
  using namespace sweepnet;
  const auto text = [](const metrics& m) { return fmt::format("{:a} {:a}", m.loss, m.accuracy); };
  return text(a) == text(b);
}

/// Trains all epochs, and gives what it leaves.
inline std::string train_to_the_end(sweepnet::executor& which) {
  using namespace sweepnet;
  model_checkpoint best;
  early_stopping early({.patience = 3});
  const training_result result = train(which, best, early);
  return traces_of(which, result.history, best);
}

}  // namespace testing
