// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "reference/network.hpp"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "own_activation.hpp"
#include "support.hpp"

using namespace sweepnet;

namespace {

constexpr std::int64_t rows = 6;
constexpr std::int64_t inputs = 5;

std::vector<double> random_doubles(std::size_t count, std::uint64_t seed, double scale) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto block =
        random_at(seed, random_stream::initialisation, 77, 0, static_cast<std::uint32_t>(i));
    values[i] = scale * (2 * unit_interval(block.word[0]) - 1);
  }
  return values;
}

/// The largest difference between backward()'s gradients and central differences of the loss,
/// relative to the largest gradient of the same tensor.
double gradient_error(const model_spec& model, const categorical_crossentropy& loss,
                      const std::optional<testing::dropout_draw>& draw = {}, double h = 1e-5) {
  testing::reference_network<double> network(model, loss, rows);
  const parameter_layout& layout = network.layout();
  std::vector<double> parameters = initial_parameters<double>(model, 3);
  for (const dense_weights& weights : layout.weights) {  // biases away from 0, off every kink
    for (std::int64_t j = 0; j < weights.units; ++j) {
      parameters[static_cast<std::size_t>(weights.bias + j)] =
          0.05 + 0.013 * static_cast<double>(j);
    }
  }
  const std::vector<double> x = random_doubles(rows * inputs, 5, 1.0);
  const std::vector<std::int32_t> labels = {0, 2, 1, 2, 0, 1};
  const auto loss_at = [&](const std::vector<double>& w) {
    network.forward(x.data(), rows, w.data(), draw);
    return network.score(labels.data()).loss / rows + network.penalty(w.data());
  };
  std::vector<double> gradients(parameters.size());
  (void)loss_at(parameters);
  network.backward(labels.data(), parameters.data(), gradients.data());

  double worst = 0;
  const auto compare = [&](std::int64_t first, std::int64_t count) {
    double largest = 1e-3;
    double error = 0;
    for (std::int64_t k = first; k < first + count; ++k) {
      const auto i = static_cast<std::size_t>(k);
      std::vector<double> moved = parameters;
      // five points: the error is of order h^4
      const auto at = [&](double offset) {
        moved[i] = parameters[i] + offset;
        return loss_at(moved);
      };
      const double expected = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      largest = std::max(largest, std::abs(expected));
      error = std::max(error, std::abs(gradients[i] - expected));
    }
    worst = std::max(worst, error / largest);
  };
  for (const dense_weights& weights : layout.weights) {
    compare(weights.kernel, weights.kernel_size());
    compare(weights.bias, weights.units);
  }
  return worst;
}

activation named(const std::string& name) {
  activation result;
  REQUIRE(choose(result, name));
  return result;
}

model_spec two_layers(const std::string& hidden, const std::string& output) {
  return {.inputs = inputs,
          .layers = {dense{.units = 7, .activate = named(hidden)},
                     dense{.units = 3, .activate = named(output)}}};
}

}  // namespace

TEST_CASE("gradients match central differences for every hidden activation") {
  for (const std::string_view name : alternative_names<activation>()) {
    INFO(name);
    CHECK(gradient_error(two_layers(std::string(name), "softmax"), {}) < 1e-6);
  }
}

TEST_CASE("gradients match central differences for a program's own activation, hidden and last") {
  // Its functions are of float, so differences of them need a wider step.
  const model_spec hidden{
      .inputs = inputs,
      .layers = {
          dense{.units = 7, .activate = std::make_shared<testing::own_of<activations::silu>>()},
          dense{.units = 3, .activate = named("softmax")}}};
  CHECK(gradient_error(hidden, {}, {}, 1e-2) < 1e-3);
  const activation output = std::make_shared<testing::own_of<activations::sigmoid>>();
  const model_spec last{.inputs = inputs,
                        .layers = {dense{.units = 7, .activate = named("tanh")},
                                   dense{.units = 3, .activate = output}}};
  CHECK(gradient_error(last, {}, {}, 1e-2) < 1e-3);
}

TEST_CASE("gradients match central differences for outputs other than softmax") {
  // sigmoid, softplus and exponential give positive outputs, which cross-entropy needs
  const std::string name = GENERATE("sigmoid", "softplus", "exponential", "softmax");
  INFO(name);
  CHECK(gradient_error(two_layers("tanh", name), {.path = loss_path::probabilities}) < 1e-6);
  CHECK(gradient_error(two_layers("tanh", name), {.path = loss_path::logits}) < 1e-6);
}

TEST_CASE("gradients match central differences with dropout, penalties and smoothing") {
  const activation tanh = named("tanh");
  const model_spec model{.inputs = inputs,
                         .layers = {dropout{0.2}, dense{.units = 8, .activate = tanh, .l2 = 0.01},
                                    dropout{0.5}, dense{.units = 6, .activate = tanh, .l1 = 0.02},
                                    dropout{0.0}, dense{.units = 3, .activate = named("softmax")}}};
  const testing::dropout_draw draw{.seed = 9, .step = 4};
  CHECK(gradient_error(model, {.label_smoothing = 0.1}, draw) < 1e-6);
  CHECK(gradient_error(model, {.path = loss_path::probabilities, .label_smoothing = 0.1}, draw) <
        1e-6);
  CHECK(gradient_error(model, {}) < 1e-6);
}

TEST_CASE("a dense layer computes act(x W + b)") {
  const model_spec model{.inputs = 2, .layers = {dense{.units = 2, .activate = named("relu")}}};
  testing::reference_network<double> network(model, {}, 1);
  const std::vector<double> parameters = {1, 2, 3, 4, 0.5, -100};  // W by rows, then b
  const std::vector<double> x = {10, 20};
  const auto y = network.forward(x.data(), 1, parameters.data());
  CHECK(y[0] == 10 * 1 + 20 * 3 + 0.5);
  CHECK(y[1] == 0);  // relu(10 * 2 + 20 * 4 - 100)
}

TEST_CASE("dropout zeroes and rescales while training and is the identity otherwise") {
  const std::int64_t width = 4000;
  const model_spec model{
      .inputs = width,
      .layers = {dropout{0.25}, dense{.units = 1,
                                      .activate = named("linear"),
                                      .kernel_initializer = initializer::zeros}}};
  testing::reference_network<double> network(model, {}, 1);
  // The layer below cannot be seen from outside; a kernel of ones adds up what it lets through.
  std::vector<double> parameters(static_cast<std::size_t>(width + 1), 1.0);
  parameters.back() = 0;
  const std::vector<double> ones(static_cast<std::size_t>(width), 1.0);
  const double off = network.forward(ones.data(), 1, parameters.data())[0];
  CHECK(off == static_cast<double>(width));
  const double on =
      network.forward(ones.data(), 1, parameters.data(), testing::dropout_draw{1, 1})[0];
  const double kept = on * 0.75;
  CHECK(std::abs(kept - std::round(kept)) < 1e-6);
  CHECK(std::abs(kept - 3000) < 4 * std::sqrt(4000 * 0.25 * 0.75));
  const double again =
      network.forward(ones.data(), 1, parameters.data(), testing::dropout_draw{1, 1})[0];
  const double other =
      network.forward(ones.data(), 1, parameters.data(), testing::dropout_draw{1, 2})[0];
  CHECK(on == again);
  CHECK(on != other);
}
