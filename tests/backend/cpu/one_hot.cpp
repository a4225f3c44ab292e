// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Rows with one-hot columns against the same rows multiplied out: whatever the network, the same
// bits.

#include "one_hot_data.hpp"

#include <Eigen/Core>
#include <bit>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend/cpu/two_epochs.hpp"
#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/embed/predictor.hpp"
#include "sweepnet/network/parameters.hpp"

using namespace sweepnet;

TEST_CASE("one-hot rows train to the bits of the same rows multiplied out") {
  std::int64_t sparse = 0;
  const std::uint64_t count = testing::cases(160, 30);
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const testing::one_hot_case s = testing::draw_one_hot_case(seed);
    INFO("seed " << seed << ": " << s.text);
    const dataset dense = testing::multiplied_out(s.data);
    const auto expected = testing::after_two_epochs(
        cpu_executor(s.model, s.options, dense, {.threads = 1, .sparse_below = 0}));
    for (const int threads : {1, 2, 5}) {
      CHECK(expected == testing::after_two_epochs(
                            cpu_executor(s.model, s.options, s.data, {.threads = threads})));
    }
    for (const double sparse_below : {0.0, 100.0}) {
      for (const bool keep : {false, true}) {
        const cpu_options how{.threads = 2, .sparse_below = sparse_below, .keep_gradients = keep};
        CHECK(expected == testing::after_two_epochs(cpu_executor(s.model, s.options, s.data, how)));
      }
    }
    const cpu_executor chosen(s.model, s.options, s.data, {.threads = 1});
    sparse += chosen.device().find("sparse") != std::string::npos ? 1 : 0;
  }
  CHECK(sparse > static_cast<std::int64_t>(count) / 4);  // both ways are there
  CHECK(sparse < static_cast<std::int64_t>(count) * 3 / 4);
}

TEST_CASE("rows of weights that rest have their bits whenever somebody looks") {
  const testing::one_hot_shape shape{.reals = 3, .groups = {400}, .classes = 4};
  const dataset data = testing::one_hot_dataset(shape, 120, 6);
  const std::int64_t units = GENERATE(20, 384);  // by rows, and by panels
  const model_spec model{.inputs = shape.width(),
                         .layers = {dense{.units = units, .activate = {activations::relu{}}},
                                    dense{.units = 4, .activate = {activations::softmax{}}}}};
  // Of the last the rate is infinite from the second epoch on, and all weights are lost.
  const optimizer rule =
      GENERATE(optimizer{}, optimizer{.rule = rules::adadelta{}, .clipvalue = 0.01},
               optimizer{.rule = rules::rmsprop_keras2{}},
               optimizer{.learning_rate =
                             schedules::exponential_decay{.decay_steps = 15, .decay_rate = 1e38}});
  const training_options options{.batch_size = 8, .seed = 5, .optimizer = rule};
  // Where gradients are stored, each weight takes each step.
  cpu_executor expected(model, options, data, {.threads = 1, .keep_gradients = true});
  cpu_executor executor(model, options, data, {.threads = 2});
  cpu_executor looked_at_last(model, options, data, {.threads = 1});
  const auto bits_of = [](const executor_state& state) {
    std::vector<std::uint32_t> bits;  // what is lost is lost, as an infinity or as a NaN
    const auto add = [&bits](float x) {
      bits.push_back(std::bit_cast<std::uint32_t>(
          std::isfinite(x) ? x : std::numeric_limits<float>::quiet_NaN()));
    };
    for (const float w : state.parameters) add(w);
    for (const auto& slot : state.optimizer_slots) {
      for (const float x : slot) add(x);
    }
    return bits;
  };
  for (std::uint32_t epoch = 1; epoch <= 4; ++epoch) {
    const std::vector<std::uint32_t> order = testing::epoch_order(data, epoch);
    testing::train_epoch(expected, order);
    executor.use_threads(static_cast<int>(epoch) % 3 + 1);
    testing::train_epoch(executor, order);
    testing::train_epoch(looked_at_last, order);
    const executor_state state = executor.export_state();
    CHECK((bits_of(state) == bits_of(expected.export_state())));
    if (epoch == 2 && rule.learning_rate == std::nullopt) {
      cpu_executor resumed(model, options, data, {.threads = 1});
      testing::train_epoch(resumed, order);  // whose slots are to be forgotten
      resumed.import_state(state);
      CHECK((bits_of(resumed.export_state()) == bits_of(state)));
    }
  }
  CHECK((bits_of(looked_at_last.export_state()) == bits_of(expected.export_state())));
}

TEST_CASE("one-hot rows may have more columns than lists of 16 bits tell apart") {
  const std::int64_t columns = cpu::most_listed;
  const std::vector<std::int64_t> groups =
      GENERATE_COPY(std::vector{columns - 4, columns, std::int64_t{9}}, std::vector{2 * columns});
  const testing::one_hot_shape shape{.reals = 5, .groups = groups, .classes = 4};
  const dataset data = testing::one_hot_dataset(shape, 60, 3);
  const dataset dense_data = testing::multiplied_out(data);
  const model_spec model{.inputs = shape.width(),
                         .layers = {dense{.units = 16, .activate = {activations::relu{}}},
                                    dense{.units = 4, .activate = {activations::softmax{}}}}};
  const optimizer rule = GENERATE(optimizer{}, optimizer{.rule = rules::adam{}});
  const training_options options{.batch_size = 25, .seed = 5, .optimizer = rule};
  const auto expected =
      testing::after_two_epochs(cpu_executor(model, options, dense_data, {.threads = 2}));
  for (const int threads : {1, 2}) {
    cpu_executor executor(model, options, data, {.threads = threads});
    CHECK(executor.device().ends_with("sparse first layer)"));
    CHECK(expected == testing::after_two_epochs(std::move(executor)));
  }
}

TEST_CASE("a batch may have more one-hot rows than lists of 16 bits tell apart") {
  const testing::one_hot_shape shape{.reals = 1, .groups = {30}};
  const std::int64_t rows = cpu::most_listed + 500;
  const dataset data = testing::one_hot_dataset(shape, rows, 3);
  const model_spec model{.inputs = shape.width(),
                         .layers = {dense{.units = 3, .activate = {activations::softmax{}}}}};
  const training_options options{.batch_size = rows};
  const cpu_options lists_all{.threads = 2, .sparse_below = 100};
  const dataset dense_data = testing::multiplied_out(data);
  CHECK(testing::after_two_epochs(cpu_executor(model, options, data, lists_all)) ==
        testing::after_two_epochs(cpu_executor(model, options, dense_data, {.threads = 1})));
}

TEST_CASE("one-hot rows are evaluated and predicted like the same rows multiplied out") {
  const std::vector<std::int64_t> groups =
      GENERATE(std::vector<std::int64_t>{3, 2}, std::vector<std::int64_t>{700, 20});
  const testing::one_hot_shape shape{.reals = 4, .groups = groups};
  const labelled_rows rows = testing::one_hot_rows_of(shape, 700, 8);
  const labelled_rows same = testing::multiplied_out(rows);
  const model_spec model{.inputs = shape.width(),
                         .layers = {dense{.units = 64, .activate = {activations::tanh{}}},
                                    dense{.units = 3, .activate = {activations::softmax{}}}}};
  const std::vector<float> parameters = initial_parameters(model, 4);
  for (const int threads : {1, 2, 5}) {
    thread_pool pool(threads);
    CHECK(predict_on_cpu(model, parameters, rows, pool) ==
          predict_on_cpu(model, parameters, same, pool));
    CHECK(evaluate_on_cpu(model, {}, parameters, rows, pool).loss ==
          evaluate_on_cpu(model, {}, parameters, same, pool).loss);
    const predictor predict({.model = model, .parameters = parameters}, {.threads = threads});
    CHECK(predict(rows) == predict(same));
  }
}

TEST_CASE("one-hot rows that are malformed are not trained on") {
  dataset data = testing::one_hot_dataset({.reals = 1, .groups = {4}}, 20, 1);
  data.train.scale = 2;
  const model_spec model{.inputs = 5, .layers = {dense{.units = 3}}};
  CHECK(testing::message_of<argument_error>([&] { cpu_executor(model, {}, data); }) ==
        "one-hot: training rows: one-hot rows have a scale of 1, got 2");
}
