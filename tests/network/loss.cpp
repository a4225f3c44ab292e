// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/loss.hpp"

#include <limits>
#include <memory>
#include <vector>

#include "golden.hpp"
#include "own_loss.hpp"
#include "support.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/loss_function.hpp"

using namespace sweepnet;

TEST_CASE("both paths of categorical cross-entropy and their gradients equal Keras'") {
  const testing::golden_file golden("losses.safetensors");
  const std::string path = GENERATE("fused", "clipped", "clipped_keras2");
  const bool smoothed = GENERATE(false, true);
  const std::string prefix = path + (smoothed ? ".smoothed" : "");
  if (!golden.has(prefix + ".loss")) return;  // Keras 2 has no label smoothing
  INFO(prefix);

  const std::vector<float> logits = golden.floats("logits");
  const std::vector<std::int32_t> labels = golden.tensor("labels").values<std::int32_t>();
  const std::int64_t rows = golden.tensor("logits").shape[0];
  const std::int64_t classes = golden.tensor("logits").shape[1];
  const std::vector<float> losses = golden.floats(prefix + ".loss");
  const std::vector<float> gradients = golden.floats(prefix + ".dlogits");
  const float smoothing = smoothed ? 0.1F : 0.0F;
  const float scale = 1.0F / static_cast<float>(rows);
  std::vector<float> d(logits.size());
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* z = logits.data() + r * classes;
    float* d_row = d.data() + r * classes;
    std::vector<float> p(static_cast<std::size_t>(classes));
    activations::softmax{}.forward(z, p.data(), classes);
    const std::int32_t label = labels[static_cast<std::size_t>(r)];
    float loss = 0;
    if (path == "fused") {
      loss = loss_of_logits(z, label, classes, smoothing);
      gradient_by_logits(p.data(), d_row, label, classes, smoothing, scale);
    } else {
      loss = loss_of_probabilities(p.data(), label, classes, smoothing);
      gradient_by_probabilities(p.data(), d_row, label, classes, smoothing, scale);
      activations::softmax{}.backward(p.data(), d_row, classes);
    }
    const double expected = losses[static_cast<std::size_t>(r)];
    INFO("row " << r);
    CHECK(std::abs(loss - expected) <= 1e-6 * std::max(1.0, expected));
  }
  CHECK(testing::relative_l2(d, gradients) <= 1e-5);
}

TEST_CASE("a row with a NaN output is never right") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float outputs[] = {nan, nan, nan};
  CHECK(predicted_class(outputs, 3) == -1);
  const float last[] = {0.1F, 0.2F, nan};
  CHECK(predicted_class(last, 3) == -1);
  const float tie[] = {0.4F, 0.4F, 0.2F};
  CHECK(predicted_class(tie, 3) == 0);
}

TEST_CASE("a loss is cross-entropy, unless another is chosen") {
  loss_function loss;
  CHECK(loss.is<categorical_crossentropy>());
  const auto own = std::make_shared<testing::brier_score>();
  loss = own;
  CHECK(loss.function.own_object() == own);
  loss = categorical_crossentropy{.label_smoothing = 0.2};
  CHECK(std::get<categorical_crossentropy>(loss.function).label_smoothing == 0.2);
}

TEST_CASE("a row has the loss and gradient of a program's own, scaled") {
  const loss_function brier = std::make_shared<testing::brier_score>();
  const any_row_loss chosen = row_loss_of(brier, activations::softmax{}, 3);
  const auto& loss = std::get<losses::custom_row>(chosen);
  const std::vector<float> y{0.5F, 0.25F, 0.25F};
  CHECK(loss(nullptr, y.data(), {.label = 1}) == 0.25 + 0.5625 + 0.0625);
  std::vector<float> d(3);
  loss.gradient(y.data(), d.data(), {.label = 1}, 0.5F);
  CHECK(d == std::vector<float>{0.5F, -0.75F, 0.25F});
}
