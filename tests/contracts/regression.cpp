// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// An embedder's first regression: real targets of two columns, a robust loss, values for new rows.
// It must compile as it stands, against train.hpp alone, without a warning under -Wall -Wextra
// -Wconversion -Wshadow, and exit 0.
#include <Eigen/Dense>
#include <cmath>
#include <cstdio>
#include <sweepnet/train.hpp>

namespace {

struct waves {
  Eigen::MatrixXd x;
  Eigen::MatrixXd y;  // (rows x 2)
};

/// Rows of two numbers in [-1, 1], spread evenly, and two surfaces over them.
waves drawn(int rows, double offset) {
  waves made{Eigen::MatrixXd(rows, 2), Eigen::MatrixXd(rows, 2)};
  for (int r = 0; r < rows; ++r) {
    const double a = 2 * (0.754877666 * r + offset - std::floor(0.754877666 * r + offset)) - 1;
    const double b = 2 * (0.569840290 * r + offset - std::floor(0.569840290 * r + offset)) - 1;
    made.x.row(r) << a, b;
    made.y.row(r) << std::sin(3 * a) + b, a * b;
  }
  return made;
}

}  // namespace

int main() {
  const waves train = drawn(1500, 0);
  const waves validation = drawn(400, 0.25);
  const waves fresh = drawn(400, 0.7);

  const sweepnet::dataset data =
      sweepnet::make_dataset(train.x, train.y, validation.x, validation.y);
  const sweepnet::model_spec model{
      .inputs = data.inputs(),
      .layers = {sweepnet::dense{.units = 64, .activate = sweepnet::activations::tanh{}},
                 sweepnet::dense{.units = data.outputs()}}};
  const sweepnet::training_options training{
      .batch_size = 32,
      .epochs = 60,
      .seed = 1,
      .optimizer = {.rule = sweepnet::rules::adam{}, .learning_rate = 0.01},
      .loss = sweepnet::huber{.delta = 0.5}};

  const sweepnet::fit_result run = sweepnet::fit(model, data, training);
  std::printf("best epoch %d: mean absolute error %.4f, R2 %.4f\n",
              static_cast<int>(run.best_epoch.epoch), run.best_epoch.validation->mae,
              run.best_epoch.validation->r2);

  const sweepnet::predictor predict(run.best);
  const Eigen::MatrixXf values = predict(fresh.x);  // (rows x 2)
  const double error = (values.cast<double>() - fresh.y).cwiseAbs().mean();
  std::printf("mean absolute error on new rows %.4f\n", error);
  return values.cols() == 2 && error < 0.05 && run.best_epoch.validation->r2 > 0.98 ? 0 : 1;
}
