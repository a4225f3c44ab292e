// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A network with an activation of one's own, kept in a file and read back.

#include <cmath>
#include <iostream>
#include <sweepnet/sweepnet.hpp>

#include "rings.hpp"

/// y = sign(x) ln(1 + |x|)
class signed_log final : public sweepnet::custom_activation {
 public:
  std::string name() const override { return "signed_log"; }
  void apply(std::span<const float> x, std::span<float> y) const override {
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] = std::copysign(std::log1p(std::abs(x[i])), x[i]);
  }
  void differentiate(std::span<const float> x, std::span<const float>,
                     std::span<float> slope) const override {
    for (std::size_t i = 0; i < x.size(); ++i) slope[i] = 1 / (1 + std::abs(x[i]));
  }
};

int main() {
  using namespace sweepnet;
  const auto [x, y] = rings(2000, 1);
  const auto [x_validation, y_validation] = rings(500, 2);
  const dataset data = make_dataset(x, y, x_validation, y_validation);

  const auto own = std::make_shared<signed_log>();
  const model_spec model{
      .inputs = 2,
      .layers = {dense{.units = 64, .activate = own}, dense{.units = 32, .activate = own},
                 dense{.units = 3, .activate = activations::softmax{}}}};
  const fit_result run = fit(model, data, {.batch_size = 16, .epochs = 40, .seed = 1});
  std::cout << run.best_epoch.validation->accuracy << " of the validation rows were right\n";

  write_model("own_activation.safetensors", run.best);  // with the activation's name
  custom_functions known;
  known.add(own);
  const predictor predict(read_model("own_activation.safetensors", known));
  std::cout << "read back, it predicts "
            << (predict(x_validation) == predictor(run.best)(x_validation) ? "the same" : "another")
            << "\n";
}
