// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A model goes to a file and comes back, in each form, and predicts the same bits; a run goes on
// from its state.
#include <cstdio>
#include <sweepnet/sweepnet.hpp>

#include "spirals.hpp"

int main() {
  const auto [x, y] = spirals(1500, 3, 1);
  const auto [x_validation, y_validation] = spirals(300, 3, 2);
  const sweepnet::dataset data = sweepnet::make_dataset(x, y, x_validation, y_validation);
  const sweepnet::paramset p{
      .batch_size = 64, .epochs = 6, .hidden_nodes = {24}, .seed = 9, .input_units = 32};

  const sweepnet::fit_result whole = sweepnet::fit(p, data);
  const Eigen::MatrixXf expected = sweepnet::predictor(whole.best)(x_validation);
  for (const char* path : {"spirals.safetensors", "spirals.h5", "spirals.keras"}) {
    sweepnet::write_model(path, whole.best);
    const Eigen::MatrixXf again = sweepnet::predictor(sweepnet::read_model(path))(x_validation);
    if (again != expected) {
      std::printf("%s predicts otherwise\n", path);
      return 1;
    }
  }

  sweepnet::paramset half = p;
  half.epochs = 3;
  const sweepnet::fit_result first = sweepnet::fit(half, data);
  sweepnet::write_run_state("spirals.state", first.state);
  const sweepnet::fit_result rest =
      sweepnet::resume(p, data, sweepnet::read_run_state("spirals.state"));
  return rest.history.size() == 6 && rest.last.parameters == whole.last.parameters ? 0 : 1;
}
