// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What else than several classes the CPU's executor learns: two of them by one output, several
// labels, real values.

#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "backend/cpu/two_epochs.hpp"
#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/embed/fit.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

constexpr std::int64_t task_inputs = 6;

/// A number in (-1, 1), of a stream of its own.
float drawn_feature(std::uint64_t row, std::uint64_t column) {
  return static_cast<float>(2 * unit_interval(random_at(11, row, column).word[0]) - 1);
}

/// Rows whose targets follow from their features by straight lines and a bend.
labelled_rows rows_of_task(task t, std::uint64_t first, std::int64_t count) {
  std::vector<float> features;
  labelled_rows rows{.width = task_inputs};
  if (has_values(t)) rows.values.width = 2;
  for (std::uint64_t row = first; row < first + static_cast<std::uint64_t>(count); ++row) {
    const std::size_t at = features.size();
    for (std::uint64_t column = 0; column < task_inputs; ++column) {
      features.push_back(drawn_feature(row, column));
    }
    const float* x = features.data() + at;
    const float one = x[0] - 0.5F * x[1] + std::abs(x[2]);
    const float two = x[3] + x[4] - x[5];
    switch (t) {
      case task::regression:
        rows.values.elements.insert(rows.values.elements.end(), {one, two});
        break;
      case task::multilabel:
        rows.values.elements.insert(rows.values.elements.end(),
                                    {one > 0.5F ? 1.0F : 0.0F, two > 0 ? 1.0F : 0.0F});
        break;
      default: rows.labels.push_back(one > 0.5F ? 1 : 0);
    }
  }
  rows.features = std::move(features);
  return rows;
}

dataset data_of_task(task t) {
  return {.name = "drawn",
          .train = rows_of_task(t, 0, 400),
          .validation = rows_of_task(t, 400, 150),
          .task = t,
          .class_count = has_values(t) ? 0 : 2};
}

struct learned_loss {
  task of;
  loss_function loss;
  activation output;
};
const learned_loss all_losses[] = {
    {task::binary, binary_crossentropy{}, activations::sigmoid{}},
    {task::binary, binary_crossentropy{.path = loss_path::probabilities}, activations::sigmoid{}},
    {task::multilabel, binary_crossentropy{}, activations::sigmoid{}},
    {task::regression, mean_squared_error{}, activations::linear{}},
    {task::regression, mean_absolute_error{}, activations::linear{}},
    {task::regression, huber{}, activations::linear{}},
    {task::regression, log_cosh{}, activations::linear{}}};

model_spec network_of_loss(const learned_loss& what) {
  return {.inputs = task_inputs,
          .layers = {dense{.units = 24, .activate = activations::tanh{}}, dropout{0.1},
                     dense{.units = outputs_for(what.of, 2), .activate = what.output}}};
}

training_options options_of_loss(const learned_loss& what, std::int64_t epochs) {
  return {.batch_size = 32,
          .epochs = epochs,
          .seed = 3,
          .optimizer = {.rule = rules::adam{}, .learning_rate = 0.01},
          .loss = what.loss};
}

}  // namespace

TEST_CASE("each task is learned, and its metrics tell so") {
  for (const learned_loss& what : all_losses) {
    INFO(name_of(what.loss));
    const dataset data = data_of_task(what.of);
    const fit_result run =
        fit(network_of_loss(what), data, options_of_loss(what, 40), {.threads = 1});
    const epoch_record& best = run.best_epoch;
    CHECK(best.task == what.of);
    REQUIRE(best.validation);
    CHECK(best.validation->loss < run.history.front().validation->loss);
    if (what.of == task::binary) {
      CHECK(best.validation->accuracy > 0.9);
      CHECK(best.validation->auc > 0.97);
      CHECK_FALSE(best.value_of(metric::val_mae));
    } else if (what.of == task::multilabel) {
      CHECK(best.validation->accuracy > 0.8);  // both labels
      CHECK(best.validation->f1_micro > 0.9);
      CHECK(best.validation->f1_macro > 0.85);
    } else {
      CHECK(best.validation->r2 > 0.9);
      CHECK(best.validation->mae < 0.2);
      CHECK(best.validation->mse < 0.06);
      CHECK_FALSE(best.value_of(metric::val_accuracy));
    }
  }
}

TEST_CASE("each task's bits are the same with one, two and five threads") {
  for (const learned_loss& what : all_losses) {
    INFO(name_of(what.loss));
    const dataset data = data_of_task(what.of);
    const auto trained = [&](int threads) {
      return testing::after_two_epochs(cpu_executor(network_of_loss(what), options_of_loss(what, 2),
                                                    data, {.threads = threads}));
    };
    const auto one = trained(1);
    CHECK(trained(2) == one);
    CHECK(trained(5) == one);
  }
}

TEST_CASE("each task goes on bit by bit from a state, history and all") {
  for (const learned_loss& what : all_losses) {
    INFO(name_of(what.loss));
    const dataset data = data_of_task(what.of);
    const model_spec model = network_of_loss(what);
    const fit_result straight = fit(model, data, options_of_loss(what, 4), {.threads = 1});
    const fit_result begun = fit(model, data, options_of_loss(what, 2), {.threads = 1});
    const fit_result ended =
        resume(model, data, options_of_loss(what, 4), begun.state, {.threads = 1});
    CHECK(ended.last.parameters == straight.last.parameters);
    REQUIRE(ended.history.size() == straight.history.size());
    for (std::size_t i = 0; i < straight.history.size(); ++i) {
      CHECK(pack(ended.history[i]) == pack(straight.history[i]));
    }
  }
}

TEST_CASE("errors of standardised values are told as they were before") {
  dataset data = data_of_task(task::regression);
  const learned_loss& squared = all_losses[3];
  const fit_result plain =
      fit(network_of_loss(squared), data, options_of_loss(squared, 2), {.threads = 1});
  data.train.values.deviations = {10, 10};
  data.validation.values.deviations = {10, 10};
  const fit_result scaled =
      fit(network_of_loss(squared), data, options_of_loss(squared, 2), {.threads = 1});
  CHECK(scaled.last.parameters == plain.last.parameters);
  const metrics before = *plain.history.back().validation;
  const metrics after = *scaled.history.back().validation;
  CHECK(after.loss == before.loss);
  CHECK(after.r2 == before.r2);
  CHECK(std::abs(after.mae - 10 * before.mae) < 1e-9 * after.mae);
  CHECK(std::abs(after.mse - 100 * before.mse) < 1e-9 * after.mse);
}

TEST_CASE("rows count in the loss and its gradients as much as their weights say") {
  const auto gradients_of = [](const learned_loss& what, const std::vector<float>& weights,
                               double* loss = nullptr) {
    dataset data = data_of_task(what.of);
    data.train.weights = weights;
    cpu_executor executor(
        network_of_loss(what),
        {.batch_size = 400, .optimizer = {.learning_rate = 0.0}, .loss = what.loss}, data,
        {.threads = 2, .keep_gradients = true});
    const metrics trained = testing::train_epoch(executor, testing::epoch_order(data, 1));
    if (loss != nullptr) *loss = trained.loss;
    return executor.last_gradients();
  };
  std::vector<float> odd(400);
  std::vector<float> even(400);
  for (std::size_t i = 0; i < 400; ++i) (i % 2 == 0 ? even : odd)[i] = 2;
  for (const learned_loss& what : all_losses) {
    INFO(name_of(what.loss));
    double whole = 0;
    double of_even = 0;
    double of_odd = 0;
    const std::vector<float> all = gradients_of(what, {}, &whole);
    CHECK(gradients_of(what, std::vector<float>(400, 1)) == all);
    const std::vector<float> one = gradients_of(what, even, &of_even);
    const std::vector<float> other = gradients_of(what, odd, &of_odd);
    // Each half counts twice: their mean is the whole's.
    CHECK(std::abs((of_even + of_odd) / 2 - whole) < 1e-9);
    CHECK(one != other);
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(std::abs((double{one[i]} + other[i]) / 2 - all[i]) < 1e-6);
    }
  }
}

TEST_CASE("a loss of real values goes back through the layers as its formula says") {
  // One linear layer: dL/dW = x^T (dL/dy), dL/db = sum of dL/dy.
  const dataset data = data_of_task(task::regression);
  const model_spec model{.inputs = task_inputs, .layers = {dense{.units = 2}}};
  cpu_executor executor(
      model, {.batch_size = 400, .optimizer = {.learning_rate = 0.0}, .loss = mean_squared_error{}},
      data, {.threads = 1, .keep_gradients = true});
  const std::vector<float> weights = executor.parameters();
  testing::train_epoch(executor, testing::epoch_order(data, 1));
  std::vector<double> expected(weights.size());
  std::vector<float> x(task_inputs);
  for (std::int64_t row = 0; row < 400; ++row) {
    data.train.copy_row(row, x.data());
    for (std::size_t j = 0; j < 2; ++j) {
      double y = weights[task_inputs * 2 + j];
      for (std::size_t i = 0; i < task_inputs; ++i) y += double{x[i]} * weights[i * 2 + j];
      const double t = data.train.values.elements[static_cast<std::size_t>(row) * 2 + j];
      const double slope = 2 * (y - t) / 2 / 400;
      for (std::size_t i = 0; i < task_inputs; ++i) expected[i * 2 + j] += slope * x[i];
      expected[task_inputs * 2 + j] += slope;
    }
  }
  const std::vector<float> found = executor.last_gradients();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(std::abs(found[i] - expected[i]) < 1e-6);
  }
}

TEST_CASE("what does not fit a task is said before anything is trained") {
  const auto refused = [](const model_spec& model, const loss_function& loss, const dataset& data) {
    return testing::message_of<argument_error>(
        [&] { const cpu_executor made(model, {.loss = loss}, data, {.threads = 1}); });
  };
  const auto network = [](std::int64_t units, const activation& output) {
    return model_spec{.inputs = task_inputs, .layers = {dense{.units = units, .activate = output}}};
  };
  const dataset classes = data_of_task(task::binary);
  const dataset values = data_of_task(task::regression);
  const activation linear{};
  CHECK(refused(network(2, linear), mean_squared_error{}, classes) ==
        "the loss 'mean_squared_error' takes real values, the targets are classes");
  CHECK(refused(network(2, activations::softmax{}), categorical_crossentropy{}, values) ==
        "the loss 'categorical_crossentropy' takes classes, the targets are real values");
  CHECK(refused(network(1, linear), mean_absolute_error{}, values) ==
        "the model is 6 -> 1, the data have 6 features and 2 values a row");
  CHECK(
      refused(network(2, activations::sigmoid{}), binary_crossentropy{}, classes) ==
      "the model is 6 -> 2, the data have 6 features and 2 classes, which one output tells apart");
  CHECK(refused(network(2, activations::sigmoid{}), binary_crossentropy{}, values)
            .starts_with("training rows: each label of row 0 must be 0 or 1, got "));
  CHECK(refused(network(1, activations::softmax{}), binary_crossentropy{}, classes) ==
        "softmax of one output is always 1: expected sigmoid, or a unit a class");
  CHECK(refused(network(2, linear), huber{.delta = 0}, values) ==
        "training: loss.delta must be above 0, got 0");
  dataset three = classes;
  three.task = task::multiclass;
  three.class_count = 3;
  CHECK(refused(network(1, activations::sigmoid{}), binary_crossentropy{}, three) ==
        "the loss 'binary_crossentropy' tells two classes apart, the data have 3");
  dataset hole = values;
  hole.validation.values.elements[5] = std::nanf("");
  CHECK(refused(network(2, linear), mean_squared_error{}, hole) ==
        "drawn: validation rows: the target of row 2 must be finite, got nan");
  hole = values;
  hole.train.weights = {1, 2};
  CHECK(refused(network(2, linear), mean_squared_error{}, hole) ==
        "drawn: training rows: expected a weight for each of 400 rows, got 2");
  hole.train.weights.assign(400, 1);
  hole.train.weights[7] = -1;
  CHECK(refused(network(2, linear), mean_squared_error{}, hole) ==
        "drawn: training rows: the weight of row 7 must be finite and at least 0, got -1");
  hole = values;
  hole.train.values.elements.pop_back();
  CHECK(refused(network(2, linear), mean_squared_error{}, hole) ==
        "drawn: training rows: expected 2 real values for each of 400 rows, got 799 of 2 a row");

  model_checkpoint watches_accuracy({.monitor = metric::val_accuracy});
  cpu_executor executor(network(2, linear), {.loss = mean_squared_error{}}, values, {.threads = 1});
  CHECK(testing::message_of<argument_error>([&] { train(executor, watches_accuracy); }) ==
        "val_accuracy is monitored, but a regression task has loss, mae, mse, val_loss, val_mae, "
        "val_mse, val_r2");
}
