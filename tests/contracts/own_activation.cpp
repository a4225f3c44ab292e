// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// An activation of one's own: array functions behind a small class. It trains and predicts on the
// CPU; a GPU and file forms that cannot hold it refuse it by name.
#include <cmath>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <sweepnet/train.hpp>

#include "spirals.hpp"

/// y = log(1 + |x|) sign(x)
class signed_log final : public sweepnet::custom_activation {
 public:
  [[nodiscard]] std::string name() const override { return "signed_log"; }
  void apply(std::span<const float> x, std::span<float> y) const override {
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] = std::copysign(std::log1p(std::fabs(x[i])), x[i]);
  }
  void differentiate(std::span<const float> x, std::span<const float> /*y*/,
                     std::span<float> slope) const override {
    for (std::size_t i = 0; i < x.size(); ++i) slope[i] = 1.F / (1.F + std::fabs(x[i]));
  }
};

int main() {
  const auto [x, y] = spirals(3000, 3, 1);
  const auto [x_validation, y_validation] = spirals(600, 3, 2);
  const sweepnet::dataset data = sweepnet::make_dataset(x, y, x_validation, y_validation);
  const sweepnet::activation own = std::make_shared<signed_log>();
  const sweepnet::model_spec model{
      .inputs = data.inputs(),
      .layers = {
          sweepnet::dense{.units = 64, .activate = own},
          sweepnet::dense{.units = 32, .activate = own},
          sweepnet::dense{.units = data.classes(), .activate = sweepnet::activations::softmax{}}}};
  const auto run = sweepnet::fit(model, data, {.batch_size = 32, .epochs = 80, .seed = 4});
  std::printf("%.4f\n", run.best_epoch.validation->accuracy);
  return run.best_epoch.validation->accuracy > 0.9 ? 0 : 1;
}
