// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every executor must do, whatever computes it. A test program includes this in one file,
// which defines testing::executors().

#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/trainer.hpp"

namespace testing {

/// The backend's ways of computing, by their names; none where it cannot be used.
std::vector<std::pair<std::string, sweepnet::executor_factory>> executors();

/// 20 -> 40 relu -> dropout -> 30 tanh -> dropout -> 4 softmax
inline sweepnet::model_spec contract_model() {
  using namespace sweepnet;
  return {.inputs = 20,
          .layers = {dense{.units = 40, .activate = {activations::relu{}}}, dropout{0.3},
                     dense{.units = 30, .activate = {activations::tanh{}}}, dropout{0.2},
                     dense{.units = 4, .activate = {activations::softmax{}}}}};
}

inline auto bytes_of(const sweepnet::executor& executor) {
  sweepnet::executor_state state = executor.export_state();
  return std::tuple(std::move(state.parameters), std::move(state.optimizer_slots), state.step);
}

}  // namespace testing

TEST_CASE("contract: an imported state goes on bit by bit", "[gpu]") {
  using namespace sweepnet;
  const dataset data = testing::random_dataset(300, 20, 4);
  const training_options options{.batch_size = 32, .seed = 8, .optimizer = {.rule = rules::adam{}}};
  for (const auto& [name, make] : testing::executors()) {
    INFO(name);
    const auto straight = make(testing::contract_model(), options, data);
    testing::train_epoch(*straight, testing::epoch_order(data, 1));
    straight->keep_best();
    const executor_state middle = straight->export_state();
    testing::train_epoch(*straight, testing::epoch_order(data, 2));

    const auto resumed = make(testing::contract_model(), options, data);
    resumed->import_state(middle);
    CHECK(resumed->best_parameters() == middle.parameters);
    testing::train_epoch(*resumed, testing::epoch_order(data, 2));
    CHECK(testing::bytes_of(*resumed) == testing::bytes_of(*straight));
    CHECK(resumed->export_state().step == 20);

    executor_state foreign = middle;
    foreign.parameters.pop_back();
    CHECK(testing::message_of<argument_error>([&] { resumed->import_state(foreign); }) ==
          fmt::format("the state belongs to another model or optimizer: expected {0} parameters, "
                      "got {1}",
                      foreign.parameters.size() + 1, foreign.parameters.size()));
    CHECK(testing::bytes_of(*resumed) == testing::bytes_of(*straight));
  }
}

TEST_CASE("contract: an observer may leave an epoch after any step", "[gpu]") {
  using namespace sweepnet;
  const dataset data = testing::random_dataset(300, 20, 4);
  const training_options options{.batch_size = 32, .seed = 8, .optimizer = {.rule = rules::adam{}}};
  const auto order = testing::epoch_order(data, 1);
  for (const auto& [name, make] : testing::executors()) {
    INFO(name);
    const auto straight = make(testing::contract_model(), options, data);
    const metrics whole = testing::train_epoch(*straight, order);
    const auto left = make(testing::contract_model(), options, data);
    pass_progress progress;
    int seen = 0;
    CHECK_THROWS_AS(left->train_epoch(order, progress,
                                      [&](const pass_progress& so_far) {
                                        CHECK(so_far.rows % 32 == (so_far.rows == 300 ? 12 : 0));
                                        if (++seen == 1) throw std::runtime_error("left");
                                      }),
                    std::runtime_error);
    const auto later = make(testing::contract_model(), options, data);
    later->import_state(left->export_state());
    later->train_epoch(order, progress);
    CHECK(testing::bytes_of(*later) == testing::bytes_of(*straight));
    CHECK(progress.rows == 300);
    CHECK(progress.mean().loss == whole.loss);
    CHECK(progress.mean().accuracy == whole.accuracy);
  }
}

TEST_CASE("contract: weights are best only once they were kept as such", "[gpu]") {
  using namespace sweepnet;
  const dataset data = testing::random_dataset(100, 20, 4);
  for (const auto& [name, make] : testing::executors()) {
    INFO(name);
    const auto executor = make(testing::contract_model(), {.batch_size = 32}, data);
    CHECK_FALSE(executor->best_parameters());
    const executor_state untrained = executor->export_state();
    CHECK_FALSE(untrained.best_parameters);
    testing::train_epoch(*executor, testing::epoch_order(data, 1));
    executor->keep_best();
    const std::vector<float> best = executor->parameters();
    testing::train_epoch(*executor, testing::epoch_order(data, 2));
    CHECK(executor->best_parameters() == best);
    CHECK(executor->parameters() != best);
    CHECK(executor->export_state().best_parameters == best);
    CHECK(*executor->shared_best() == best);
    CHECK(*executor->shared_parameters() == executor->parameters());
    const executor_state state = executor->export_but_weights();
    CHECK(state.optimizer_slots == executor->export_state().optimizer_slots);
    CHECK(state.parameters.empty());
    CHECK_FALSE(state.best_parameters);
    executor->import_state(untrained);
    CHECK_FALSE(executor->best_parameters());
    CHECK(executor->parameters() == untrained.parameters);
  }
}

TEST_CASE("contract: metrics are means over rows, the last partial batch included", "[gpu]") {
  using namespace sweepnet;
  const dataset data = testing::random_dataset(50, 12, 3);
  dataset same = data;
  same.validation = data.train;
  const training_options options{.batch_size = 32, .optimizer = {.learning_rate = 0.0}};
  const model_spec one_layer{.inputs = 12,
                             .layers = {dense{.units = 3, .activate = {activations::softmax{}}}}};
  model_spec penalized = one_layer;
  std::get<dense>(penalized.layers.front()).l2 = 0.01;
  for (const auto& [name, make] : testing::executors()) {
    INFO(name);
    // With a rate of 0 the weights stay, so training and evaluation see the same network.
    for (const model_spec& model : {one_layer, penalized}) {
      const auto executor = make(model, options, data);
      const metrics trained = testing::train_epoch(*executor, testing::epoch_order(data, 1));
      const metrics evaluated = make(model, options, same)->evaluate();
      CHECK(std::abs(trained.loss - evaluated.loss) < 1e-6);
      CHECK(trained.accuracy == evaluated.accuracy);
    }
    dataset without = data;
    without.validation = {};
    const auto executor = make(one_layer, options, without);
    testing::train_epoch(*executor, testing::epoch_order(data, 1));
    CHECK(executor->evaluate().loss == 0);
    CHECK(executor->evaluate().accuracy == 0);
  }
}

TEST_CASE("contract: an epoch may have fewer rows than the data, and a batch more", "[gpu]") {
  using namespace sweepnet;
  const dataset data = testing::random_dataset(50, 20, 4);
  for (const auto& [name, make] : testing::executors()) {
    INFO(name);
    const auto executor = make(testing::contract_model(), {.batch_size = 1000}, data);
    const std::vector<std::uint32_t> few{7, 3, 3, 49};
    const metrics seen = testing::train_epoch(*executor, few);
    CHECK(std::isfinite(seen.loss));
    CHECK(executor->export_state().step == 1);
    const auto refused = [&](const std::vector<std::uint32_t>& order) {
      pass_progress progress;
      return testing::message_of<argument_error>([&] { executor->train_epoch(order, progress); });
    };
    CHECK(refused({0, 50}) == "an epoch's rows must be in [0, 50), got 50");
    CHECK(executor->export_state().step == 1);
  }
}

TEST_CASE("contract: a factor scales the rate of later steps", "[gpu]") {
  using namespace sweepnet;
  const dataset data = testing::random_dataset(64, 20, 4);
  const training_options options{.batch_size = 32, .optimizer = {.learning_rate = 0.5}};
  const training_options half{.batch_size = 32, .optimizer = {.learning_rate = 0.25}};
  for (const auto& [name, make] : testing::executors()) {
    INFO(name);
    const auto scaled = make(testing::contract_model(), options, data);
    scaled->scale_learning_rate(0.5);
    const auto lower = make(testing::contract_model(), half, data);
    testing::train_epoch(*scaled, testing::epoch_order(data, 1));
    testing::train_epoch(*lower, testing::epoch_order(data, 1));
    CHECK(scaled->parameters() == lower->parameters());
    CHECK(scaled->export_state().rate_factor == 0.5);
  }
}

TEST_CASE("contract: a network learns", "[gpu]") {
  using namespace sweepnet;
  const dataset data = testing::random_dataset(500, 20, 3);
  const model_spec model{.inputs = 20,
                         .layers = {dense{.units = 32, .activate = {activations::relu{}}},
                                    dense{.units = 3, .activate = {activations::softmax{}}}}};
  for (const auto& [name, make] : testing::executors()) {
    INFO(name);
    const auto executor = make(model, {.batch_size = 32, .epochs = 15, .seed = 2}, data);
    CHECK(train(*executor).history.back().validation->accuracy > 0.7);
  }
}

TEST_CASE("contract: a model that does not fit the data is refused", "[gpu]") {
  using namespace sweepnet;
  const dataset data = testing::random_dataset(50, 12, 3);
  for (const auto& [name, make] : testing::executors()) {
    INFO(name);
    const auto message = [&, &make = make](const model_spec& model) {
      return testing::message_of<argument_error>([&] { (void)make(model, {}, data); });
    };
    CHECK(message({.inputs = 11, .layers = {dense{.units = 3}}}) ==
          "the model is 11 -> 3, the data have 12 features and 3 classes");
    CHECK(message({.inputs = 12, .layers = {dropout{0.5}}}) ==
          "model: the last layer must be dense");
    CHECK(message({.inputs = 12, .layers = {dense{.units = 0}}}) ==
          "model: layer 0: units must be positive, got 0");
  }
}
