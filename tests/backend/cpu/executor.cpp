// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cpu/executor.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/sweep/paramset.hpp"

using namespace sweepnet;

namespace {

model_spec small_model(std::int64_t inputs, std::int64_t classes) {
  const paramset p{.hidden_nodes = {40, 30}, .input_units = 150};
  return build_model(p, inputs, classes);
}

}  // namespace

TEST_CASE("one, two and five threads give the same bits") {
  const dataset data = testing::random_dataset(700, 160, 10);
  const training_options options{.batch_size = 96, .seed = 5};
  const auto train = [&](int threads) {
    cpu_executor executor(small_model(160, 10), options, data, {.threads = threads});
    const metrics trained = testing::train_epoch(executor, testing::epoch_order(data, 1));
    const metrics validated = executor.evaluate();
    return std::tuple(executor.export_state().parameters, executor.export_state().optimizer_slots,
                      trained.loss, validated.loss, validated.accuracy);
  };
  const auto one = train(1);
  CHECK(one == train(2));
  CHECK(one == train(5));
}

TEST_CASE("an imported state goes on bit by bit") {
  const dataset data = testing::random_dataset(300, 20, 4);
  const training_options options{.batch_size = 32, .seed = 8, .optimizer = {.rule = rules::adam{}}};
  cpu_executor straight(small_model(20, 4), options, data, {.threads = 1});
  testing::train_epoch(straight, testing::epoch_order(data, 1));
  const executor_state middle = straight.export_state();
  testing::train_epoch(straight, testing::epoch_order(data, 2));

  cpu_executor resumed(small_model(20, 4), options, data, {.threads = 2});
  resumed.import_state(middle);
  testing::train_epoch(resumed, testing::epoch_order(data, 2));
  CHECK(resumed.export_state().parameters == straight.export_state().parameters);
  CHECK(resumed.export_state().optimizer_slots == straight.export_state().optimizer_slots);
  CHECK(resumed.export_state().step == 20);

  // An observer may leave an epoch after any step; the rest of it follows bit by bit.
  cpu_executor left(small_model(20, 4), options, data, {.threads = 1});
  left.import_state(middle);
  pass_progress progress;
  const auto leave = [](const pass_progress& so_far) {
    if (so_far.rows == 96) throw std::runtime_error("left");
  };
  CHECK_THROWS_AS(left.train_epoch(testing::epoch_order(data, 2), progress, leave),
                  std::runtime_error);
  CHECK(progress.rows == 96);
  cpu_executor later(small_model(20, 4), options, data, {.threads = 2});
  later.import_state(left.export_state());
  later.train_epoch(testing::epoch_order(data, 2), progress);
  CHECK(later.export_state().parameters == straight.export_state().parameters);
  CHECK(later.export_state().optimizer_slots == straight.export_state().optimizer_slots);

  executor_state foreign = middle;
  foreign.parameters.pop_back();
  CHECK(testing::message_of<argument_error>([&] { resumed.import_state(foreign); }) ==
        fmt::format("the state belongs to another model or optimizer: expected {0} parameters, "
                    "got {1}",
                    foreign.parameters.size() + 1, foreign.parameters.size()));
}

TEST_CASE("weights are best only once they were kept as such") {
  const dataset data = testing::random_dataset(100, 20, 4);
  cpu_executor executor(small_model(20, 4), {.batch_size = 32}, data, {.threads = 1});
  CHECK_FALSE(executor.best_parameters());
  const executor_state untrained = executor.export_state();
  CHECK_FALSE(untrained.best_parameters);
  testing::train_epoch(executor, testing::epoch_order(data, 1));
  executor.keep_best();
  const std::vector<float> best = executor.parameters();
  testing::train_epoch(executor, testing::epoch_order(data, 2));
  CHECK(executor.best_parameters() == best);
  CHECK(executor.parameters() != best);
  CHECK(executor.export_state().best_parameters == best);
  executor.import_state(untrained);
  CHECK_FALSE(executor.best_parameters());
}

TEST_CASE("weights are shared with those who only read them") {
  const dataset data = testing::random_dataset(100, 20, 4);
  cpu_executor executor(small_model(20, 4), {.batch_size = 32}, data, {.threads = 1});
  CHECK(executor.shared_best() == nullptr);
  CHECK(*executor.shared_parameters() == executor.parameters());
  executor.keep_best();
  const auto best = executor.shared_best();
  CHECK(executor.shared_parameters() == best);  // the same object
  const executor_state state = executor.export_but_weights();
  CHECK(state.optimizer_slots == executor.export_state().optimizer_slots);
  CHECK(state.parameters.empty());
  CHECK_FALSE(state.best_parameters);

  testing::train_epoch(executor, testing::epoch_order(data, 1));
  CHECK(*executor.shared_parameters() == executor.parameters());
  CHECK(*executor.shared_parameters() != *best);
  CHECK(executor.shared_best() == best);
  executor.import_state(executor.export_state());
  CHECK(*executor.shared_best() == *best);
  CHECK(*executor.shared_parameters() == executor.parameters());
}

TEST_CASE("metrics are means over rows, the last partial batch included") {
  const dataset data = testing::random_dataset(50, 12, 3);
  const training_options options{.batch_size = 32, .optimizer = {.learning_rate = 0.0}};
  const model_spec model{.inputs = 12,
                         .layers = {dense{.units = 3, .activate = {activations::softmax{}}}}};
  cpu_executor executor(model, options, data, {.threads = 1});
  std::vector<std::int64_t> seen;
  const metrics trained =
      testing::train_epoch(executor, testing::epoch_order(data, 1),
                           [&](const pass_progress& so_far) { seen.push_back(so_far.rows); });
  CHECK(seen == std::vector<std::int64_t>{32, 50});
  // With a rate of 0 the weights stay, so training and evaluation see the same network.
  dataset same = data;
  same.validation = data.train;
  cpu_executor evaluator(model, options, same, {.threads = 1});
  CHECK(std::abs(trained.loss - evaluator.evaluate().loss) < 1e-6);
  CHECK(trained.accuracy == evaluator.evaluate().accuracy);
}

TEST_CASE("a network learns") {
  const dataset data = testing::random_dataset(2000, 20, 4);
  const training_options options{.batch_size = 32, .seed = 2};
  const model_spec model{.inputs = 20,
                         .layers = {dense{.units = 64, .activate = {activations::relu{}}},
                                    dense{.units = 4, .activate = {activations::softmax{}}}}};
  cpu_executor executor(model, options, data, {.threads = 1});
  for (std::uint32_t epoch = 1; epoch <= 20; ++epoch)
    testing::train_epoch(executor, testing::epoch_order(data, epoch));
  CHECK(executor.evaluate().accuracy > 0.85);
}

TEST_CASE("a model that does not fit the data is refused") {
  const dataset data = testing::random_dataset(50, 12, 3);
  const auto message = [&](const model_spec& model) {
    return testing::message_of<argument_error>([&] { cpu_executor(model, {}, data); });
  };
  CHECK(message({.inputs = 11, .layers = {dense{.units = 3}}}) ==
        "the model is 11 -> 3, the data have 12 features and 3 classes");
  CHECK(message({.inputs = 12, .layers = {dropout{0.5}}}) == "model: the last layer must be dense");
  CHECK(message({.inputs = 12, .layers = {dense{.units = 0}}}) ==
        "model: layer 0: units must be positive, got 0");
}

TEST_CASE("a pool runs every task once and passes on what a task throws") {
  const int threads = GENERATE(1, 2, 7);
  thread_pool pool(threads);
  for (int round = 0; round < 200; ++round) {
    std::vector<int> hits(53);
    pool.run(53, [&](std::int64_t t) { ++hits[static_cast<std::size_t>(t)]; });
    REQUIRE(hits == std::vector<int>(53, 1));
  }
  CHECK(testing::message_of<std::runtime_error>([&] {
          pool.run(9, [](std::int64_t t) {
            if (t == 4) throw std::runtime_error("task 4");
          });
        }) == "task 4");
  std::vector<int> after(3);
  pool.run(3, [&](std::int64_t t) { ++after[static_cast<std::size_t>(t)]; });
  CHECK(after == std::vector<int>(3, 1));
}

TEST_CASE("bytes scaled by 1/255 are exactly value / 255.0F") {
  labelled_rows rows{.features = {}, .scale = 1.0 / 255, .width = 256, .labels = {0}};
  std::vector<std::uint8_t> all(256);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
  rows.features = all;
  std::vector<float> reals(256);
  rows.copy_row(0, reals.data());
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(reals[i] == static_cast<float>(i) / 255.0F);
}
