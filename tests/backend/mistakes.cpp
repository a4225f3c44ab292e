// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What would read or write memory that is not there, or give nonsense in silence, is an error that
// says what was expected and found. The sanitizer preset shows that nothing was touched before.

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

model_spec network() {
  return {.inputs = 6,
          .layers = {dense{.units = 8, .activate = {activations::relu{}}},
                     dense{.units = 3, .activate = {activations::softmax{}}}}};
}

dataset bytes() {
  dataset data = testing::random_dataset(20, 6, 3);
  data.name = "mine";
  return data;
}

/// The same rows as real numbers.
dataset reals() {
  dataset data = bytes();
  for (labelled_rows* part : {&data.train, &data.validation}) {
    std::vector<float> values(static_cast<std::size_t>(part->rows() * part->width));
    for (std::int64_t row = 0; row < part->rows(); ++row) {
      part->copy_row(row, values.data() + row * part->width);
    }
    part->features = std::move(values);
    part->scale = 1;
  }
  return data;
}

std::vector<float>& values_of(labelled_rows& rows) { return rows.features.owned<float>(); }

template <class Body> std::string refusal(const Body& body) {
  return testing::message_of<argument_error>(body);
}

/// What an executor says of `data` after `spoil`.
std::string refusal_of_data(dataset data, const std::function<void(dataset&)>& spoil) {
  spoil(data);
  return refusal([&] { cpu_executor(network(), {}, data, {.threads = 1}); });
}

std::string refusal_of_options(const training_options& options) {
  const dataset data = bytes();
  return refusal([&] { cpu_executor(network(), options, data, {.threads = 1}); });
}

}  // namespace

TEST_CASE("an executor refuses options that would leave the data") {
  CHECK(refusal_of_options({.batch_size = 0}) == "training: batch_size must be at least 1, got 0");
  CHECK(refusal_of_options({.batch_size = -32}) ==
        "training: batch_size must be at least 1, got -32");
  CHECK(refusal_of_options({.epochs = 0}) == "training: epochs must be at least 1, got 0");
}

TEST_CASE("an executor refuses labels that its classes do not have") {
  const auto set = [](std::int32_t label) {
    return [label](dataset& data) { data.train.labels[4] = label; };
  };
  CHECK(refusal_of_data(bytes(), set(3)) ==
        "mine: training rows: the label of row 4 must be in [0, 3), got 3");
  CHECK(refusal_of_data(bytes(), set(-1)) ==
        "mine: training rows: the label of row 4 must be in [0, 3), got -1");
  CHECK(refusal_of_data(bytes(), [](dataset& data) { data.validation.labels[9] = 1'000'000; }) ==
        "mine: validation rows: the label of row 9 must be in [0, 3), got 1000000");
  CHECK(refusal_of_data(bytes(), [](dataset& data) { data.train.labels.pop_back(); }) ==
        "mine: training rows: expected a label for each of 20 rows, got 19");
  CHECK(refusal_of_data(bytes(), [](dataset& data) { data.train.labels.push_back(0); }) ==
        "mine: training rows: expected a label for each of 20 rows, got 21");
}

TEST_CASE("an executor refuses features that are not rows x width") {
  CHECK(refusal_of_data(reals(), [](dataset& data) { values_of(data.train).pop_back(); }) ==
        "mine: training rows: expected a multiple of the width 6, got 119 features");
  CHECK(refusal_of_data(reals(), [](dataset& data) { values_of(data.train).resize(114); }) ==
        "mine: training rows: expected a label for each of 19 rows, got 20");
  CHECK(refusal_of_data(reals(), [](dataset& data) { values_of(data.validation).clear(); }) ==
        "mine: validation rows: expected a label for each of 0 rows, got 10");
  CHECK(refusal_of_data(reals(), [](dataset& data) { data.train.width = 12; }) ==
        "mine: training rows have 12 features, validation rows 6");
  CHECK(refusal_of_data(reals(), [](dataset& data) { data.train.width = -6; }) ==
        "mine: no training rows");
  CHECK(refusal_of_data(bytes(), [](dataset& data) { data.train = {}; }) ==
        "mine: no training rows");
}

TEST_CASE("an executor refuses features that are not finite, which relu would make 0") {
  const auto set = [](float value) {
    return [value](dataset& data) { values_of(data.train)[15] = value; };
  };
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(refusal_of_data(reals(), set(std::numeric_limits<float>::quiet_NaN())) ==
        "mine: training rows: feature 3 of row 2 must be finite, got nan");
  CHECK(refusal_of_data(reals(), set(-infinity)) ==
        "mine: training rows: feature 3 of row 2 must be finite, got -inf");
  CHECK(refusal_of_data(bytes(), [](dataset& data) { data.train.scale = NAN; }) ==
        "mine: training rows: the scale must be finite, got nan");
  CHECK(refusal_of_data(reals(), [](dataset& data) { values_of(data.validation)[0] = NAN; }) ==
        "mine: validation rows: feature 0 of row 0 must be finite, got nan");
}

TEST_CASE("an epoch's order may name training rows only") {
  const dataset data = bytes();
  cpu_executor executor(network(), {.batch_size = 8}, data, {.threads = 1});
  const auto refused = [&](const std::vector<std::uint32_t>& order, std::int64_t done) {
    pass_progress progress{.rows = done};
    return refusal([&] { executor.train_epoch(order, progress); });
  };
  CHECK(refused({0, 20}, 0) == "an epoch's rows must be in [0, 20), got 20");
  CHECK(refused(std::vector<std::uint32_t>(21, 0), 0) == "an epoch has at most 20 rows, got 21");
  CHECK(refused({0, 1}, 3) == "the epoch's progress must be in [0, 2] rows, got 3");
  CHECK(refused({0, 1}, -1) == "the epoch's progress must be in [0, 2] rows, got -1");
}

TEST_CASE("predicting and scoring refuse parameters and rows that are not the model's") {
  const dataset data = reals();
  const std::vector<float> parameters = initial_parameters(network(), 1);
  thread_pool pool(1);
  const auto predict = [&](const std::vector<float>& weights, const labelled_rows& rows) {
    return refusal([&] { (void)predict_on_cpu(network(), weights, rows, pool); });
  };
  const auto score = [&](const std::vector<float>& weights, const labelled_rows& rows) {
    return refusal([&] { (void)evaluate_on_cpu(network(), {}, weights, rows, pool); });
  };
  const std::vector<float> fewer(parameters.begin(), parameters.end() - 1);
  CHECK(predict(fewer, data.train) == "the model has 83 parameters, got 82");
  CHECK(score(fewer, data.train) == "the model has 83 parameters, got 82");
  CHECK(predict({}, data.train) == "the model has 83 parameters, got 0");

  labelled_rows rows = data.train;
  rows.width = 5;
  CHECK(predict(parameters, rows) == "the model takes 6 features a row, the data have 5");
  rows.width = 7;
  CHECK(predict(parameters, rows) == "rows: expected a multiple of the width 7, got 120 features");
  rows = data.train;
  values_of(rows)[6] = NAN;
  CHECK(predict(parameters, rows) == "rows: feature 0 of row 1 must be finite, got nan");
  rows = data.train;
  rows.labels[0] = 3;
  CHECK(score(parameters, rows) == "rows: the label of row 0 must be in [0, 3), got 3");
  rows.labels.clear();
  CHECK(score(parameters, rows) == "rows: expected a label for each of 20 rows, got 0");
  CHECK(refusal([&] {
          (void)predict_on_cpu({.inputs = 6, .layers = {dropout{0.5}}}, {}, data.train, pool);
        }) == "model: the last layer must be dense");
}

TEST_CASE("rows without labels are predicted like rows with them") {
  const dataset data = reals();
  const std::vector<float> parameters = initial_parameters(network(), 1);
  thread_pool pool(1);
  labelled_rows fresh = data.train;
  fresh.labels.clear();
  const std::vector<float> outputs = predict_on_cpu(network(), parameters, fresh, pool);
  CHECK(outputs.size() == 20 * 3);
  CHECK(outputs == predict_on_cpu(network(), parameters, data.train, pool));
  CHECK(predict_on_cpu(network(), parameters, labelled_rows{.width = 6}, pool).empty());
}

TEST_CASE("an executor cannot be made from a data set that would be gone") {
  static_assert(
      std::is_constructible_v<cpu_executor, model_spec, training_options, const dataset&>);
  static_assert(!std::is_constructible_v<cpu_executor, model_spec, training_options, dataset>);
  static_assert(
      !std::is_constructible_v<cpu_executor, model_spec, training_options, dataset, cpu_options>);
  const dataset data = bytes();
  const training_options options{.batch_size = 8, .epochs = 2};
  cpu_executor executor(network(), options, data);
  CHECK(&executor.data() == &data);
  CHECK(executor.options().batch_size == 8);
  CHECK(train(executor).history.size() == 2);
}
