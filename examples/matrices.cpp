// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// From matrices to predictions.

#include <iostream>
#include <sweepnet/train.hpp>

#include "rings.hpp"

int main() {
  using namespace sweepnet;
  const auto [x, y] = rings(2000, 1);  // Eigen: (rows x features), and a class from 0 for each row
  const auto [x_validation, y_validation] = rings(500, 2);
  const dataset data = make_dataset(x, y, x_validation, y_validation);

  const model_spec model{
      .inputs = data.inputs(),
      .layers = {dense{.units = 64, .activate = activations::relu{}}, dropout{.rate = 0.1},
                 dense{.units = 32, .activate = activations::relu{}},
                 dense{.units = data.classes(), .activate = activations::softmax{}}}};
  const fit_result run = fit(model, data, {.batch_size = 16, .epochs = 60, .seed = 1});
  std::cout << "best after epoch " << run.best_epoch.epoch << ", when "
            << run.best_epoch.validation->accuracy << " of the validation rows were right\n";

  const predictor predict(run.best);  // of the best epoch's weights
  Eigen::MatrixXf rows(2, 2);
  rows << 0, 0, 0.9F, 0.9F;
  std::cout << predict(rows) << "\n";  // (rows x classes), the probabilities
}
