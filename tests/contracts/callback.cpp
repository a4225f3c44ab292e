// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A callback of one's own, stopping a run; callback_misspelled.cpp beside it must not compile.
#include <cstdio>
#include <sweepnet/train.hpp>

#include "spirals.hpp"

struct stop_at : sweepnet::callback {
  double accuracy = 1;
  int epochs = 0;

  void on_epoch_end(sweepnet::training_context& context,
                    const sweepnet::epoch_record& record) override {
    ++epochs;
    if (record.validation && record.validation->accuracy >= accuracy) context.stop = true;
  }
};

int main() {
  const auto [x, y] = spirals(2000, 2, 1);
  const auto [x_validation, y_validation] = spirals(500, 2, 2);
  const sweepnet::dataset data = sweepnet::make_dataset(x, y, x_validation, y_validation);
  const sweepnet::model_spec model{
      .inputs = data.inputs(),
      .layers = {
          sweepnet::dense{.units = 64, .activate = sweepnet::activations::relu{}},
          sweepnet::dense{.units = data.classes(), .activate = sweepnet::activations::softmax{}}}};
  stop_at stop;
  stop.accuracy = 0.9;
  const auto run = sweepnet::fit(model, data, {.batch_size = 32, .epochs = 500, .seed = 3}, stop);
  std::printf("%d epochs\n", stop.epochs);
  return stop.epochs < 500 && static_cast<int>(run.history.size()) == stop.epochs ? 0 : 1;
}
