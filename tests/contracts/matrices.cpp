// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// An embedder's first program: own matrices in, a trained network, predictions out. It must compile
// as it stands, against train.hpp alone, without a warning under -Wall -Wextra -Wconversion
// -Wshadow, and exit 0.
#include <Eigen/Dense>
#include <cstdio>
#include <sweepnet/train.hpp>

#include "spirals.hpp"

int main() {
  const auto [x, y] = spirals(3000, 3, 1);
  const auto [x_validation, y_validation] = spirals(900, 3, 2);
  const auto [x_new, y_new] = spirals(900, 3, 3);

  const sweepnet::dataset data = sweepnet::make_dataset(x, y, x_validation, y_validation);
  const sweepnet::model_spec model{
      .inputs = data.inputs(),
      .layers = {
          sweepnet::dense{.units = 64, .activate = sweepnet::activations::tanh{}},
          sweepnet::dropout{.rate = 0.1},
          sweepnet::dense{.units = 32, .activate = sweepnet::activations::relu{}},
          sweepnet::dense{.units = data.classes(), .activate = sweepnet::activations::softmax{}}}};

  const sweepnet::fit_result run =
      sweepnet::fit(model, data, {.batch_size = 32, .epochs = 100, .seed = 1});
  std::printf("epochs %zu, best validation accuracy %.4f\n", run.history.size(),
              run.best_epoch.validation->accuracy);

  const sweepnet::predictor predict(
      run.best);  // the best epoch's model, always there: else fit() throws
  const Eigen::MatrixXf probabilities = predict(x_new);  // (rows x classes), no labels asked
  int correct = 0;
  for (Eigen::Index r = 0; r < probabilities.rows(); ++r) {
    Eigen::Index label = 0;
    probabilities.row(r).maxCoeff(&label);
    correct += label == y_new[r] ? 1 : 0;
  }
  const double accuracy = correct / 900.0;
  std::printf("accuracy on new rows %.4f\n", accuracy);
  return probabilities.cols() == 3 && accuracy > 0.95 ? 0 : 1;
}
