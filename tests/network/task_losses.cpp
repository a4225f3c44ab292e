// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Losses of labels that hold or not, and of real values.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "golden.hpp"
#include "support.hpp"
#include "sweepnet/network/loss_function.hpp"

using namespace sweepnet;

namespace {

/// Losses and dL/d(what the last layer is given) of all rows, whose mean the loss is.
struct judged_rows {
  std::vector<float> losses{};
  std::vector<float> gradients{};
};

judged_rows judge(const loss_function& loss, const activation& output,
                  const std::vector<float>& given, const std::vector<float>& targets,
                  std::int64_t width) {
  const any_row_loss of_row = row_loss_of(loss, output, width);
  const auto rows = static_cast<std::int64_t>(given.size()) / width;
  judged_rows judged;
  judged.gradients.resize(given.size());
  std::vector<float> y(static_cast<std::size_t>(width));
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* z = given.data() + r * width;
    float* d = judged.gradients.data() + r * width;
    const row_target target{.values = targets.data() + r * width};
    output.forward(z, y.data(), width);
    std::visit(
        [&](const auto& of) {
          judged.losses.push_back(static_cast<float>(of(z, y.data(), target)));
          of.gradient(y.data(), d, target, 1.0F / static_cast<float>(rows));
          if (!of.by_logits) output.backward(z, y.data(), d, width);
        },
        of_row);
  }
  return judged;
}

void check_against_keras(const std::string& prefix, const loss_function& loss,
                         const activation& output, const std::string& targets) {
  INFO(prefix);
  const testing::golden_file golden("task_losses.safetensors");
  const std::int64_t width = golden.tensor("given").shape[1];
  const judged_rows judged =
      judge(loss, output, golden.floats("given"), golden.floats(targets), width);
  const std::vector<float> losses = golden.floats(prefix + ".loss");
  REQUIRE(judged.losses.size() == losses.size());
  for (std::size_t r = 0; r < losses.size(); ++r) {
    INFO("row " << r);
    CHECK(std::abs(judged.losses[r] - losses[r]) <= 2e-6F * std::max(1.0F, losses[r]));
  }
  CHECK(testing::relative_l2(judged.gradients, golden.floats(prefix + ".gradient")) <= 1e-5);
}

}  // namespace

TEST_CASE("both paths of binary cross-entropy and their gradients equal Keras'") {
  const auto path = GENERATE(loss_path::logits, loss_path::probabilities);
  const bool smoothed = GENERATE(false, true);
  check_against_keras(
      "binary_crossentropy." + std::string(name_of(path)) + (smoothed ? ".smoothed" : ""),
      binary_crossentropy{.path = path, .label_smoothing = smoothed ? 0.1 : 0},
      activations::sigmoid{}, "truths");
}

TEST_CASE("losses of real values and their gradients equal Keras'") {
  const activation linear{};
  check_against_keras("mean_squared_error", mean_squared_error{}, linear, "values");
  check_against_keras("mean_absolute_error", mean_absolute_error{}, linear, "values");
  check_against_keras("huber", huber{}, linear, "values");
  check_against_keras("huber_0.4", huber{.delta = 0.4}, linear, "values");
  check_against_keras("log_cosh", log_cosh{}, linear, "values");
}

TEST_CASE("gradients of all losses are the slopes of the losses") {
  const std::vector<float> given{0.3F, -0.8F, 0.05F, 2.1F, -1.7F, 0.6F};
  const std::vector<float> values{0.5F, -1.6F, 0.04F, 0.2F, -1.75F, 0.1F};
  const std::vector<float> truths{1, 0, 0, 1, 0, 1};
  const struct {
    loss_function loss;
    activation output;
    std::vector<float> targets;
  } cases[] = {
      {binary_crossentropy{}, activations::sigmoid{}, truths},
      {binary_crossentropy{.label_smoothing = 0.2}, activations::sigmoid{}, truths},
      {binary_crossentropy{.path = loss_path::probabilities}, activations::sigmoid{}, truths},
      {mean_squared_error{}, activations::linear{}, values},
      {mean_squared_error{}, activations::tanh{}, values},
      {mean_absolute_error{}, activations::linear{}, values},
      {huber{.delta = 0.3}, activations::linear{}, values},
      {log_cosh{}, activations::softplus{}, values}};
  for (const auto& [loss, output, targets] : cases) {
    INFO(name_of(loss) << ", " << output.name());
    const judged_rows judged = judge(loss, output, given, targets, 3);
    for (std::size_t i = 0; i < given.size(); ++i) {
      constexpr float step = 1e-2F;
      const auto mean_at = [&, &loss = loss, &output = output, &targets = targets](float by) {
        std::vector<float> moved = given;
        moved[i] += by;
        const std::vector<float> losses = judge(loss, output, moved, targets, 3).losses;
        return (double{losses[0]} + losses[1]) / 2;
      };
      INFO("input " << i);
      CHECK(std::abs((mean_at(step) - mean_at(-step)) / (2 * step) - judged.gradients[i]) < 2e-3);
    }
  }
}

TEST_CASE("a class is a label of one output, and a row is right if each output is") {
  const binary_row<float> one(binary_crossentropy{}, activations::sigmoid{}, 1);
  const float z = 0.7F;
  const float y = 1 / (1 + std::exp(-z));
  const float as_value = 1;
  CHECK(one(&z, &y, {.label = 1}) == one(&z, &y, {.values = &as_value}));
  CHECK(std::abs(one(&z, &y, {.label = 1}) + std::log(y)) < 1e-6F);
  CHECK(std::abs(one(&z, &y, {.label = 0}) + std::log(1 - y)) < 1e-6F);
  CHECK(one.is_right(&y, {.label = 1}));
  CHECK(!one.is_right(&y, {.label = 0}));
  const float half = 0.5F;
  CHECK(one.is_right(&half, {.label = 0}));
  CHECK(!one.is_right(&half, {.label = 1}));

  const binary_row<float> three(binary_crossentropy{}, activations::sigmoid{}, 3);
  const float outputs[] = {0.9F, 0.2F, 0.6F};
  const float right[] = {1, 0, 1};
  const float wrong[] = {1, 1, 1};
  CHECK(three.is_right(outputs, {.values = right}));
  CHECK(!three.is_right(outputs, {.values = wrong}));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float unknown[] = {0.9F, nan, 0.6F};
  CHECK(!three.is_right(unknown, {.values = right}));
  CHECK(std::isnan(three(unknown, unknown, {.values = right})));
}
