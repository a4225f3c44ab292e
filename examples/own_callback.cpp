// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A callback that ends a run which has begun to learn its training rows by heart.

#include <iostream>
#include <sweepnet/train.hpp>

#include "rings.hpp"

class stop_when_overfitting final : public sweepnet::callback {
 public:
  void on_epoch_end(sweepnet::training_context& context,
                    const sweepnet::epoch_record& record) override {
    worse_ = record.validation->loss > 1.5 * record.train.loss ? worse_ + 1 : 0;
    context.stop = worse_ == 3;
  }
  // Without validation rows, fit() then refuses to begin.
  std::optional<sweepnet::metric> watched() const override { return sweepnet::metric::val_loss; }
  // With a name and members, it goes on where it was when a run is resumed.
  std::string_view name() const override { return "stop_when_overfitting"; }
  void state(sweepnet::archive& members) override { members(worse_); }

 private:
  int worse_ = 0;  // epochs in a row
};

int main() {
  using namespace sweepnet;
  const auto [x, y] = rings(60, 1);
  const auto [x_validation, y_validation] = rings(500, 2);
  const dataset data = make_dataset(x, y, x_validation, y_validation);
  const model_spec model{.inputs = 2,
                         .layers = {dense{.units = 64, .activate = activations::relu{}},
                                    dense{.units = 3, .activate = activations::softmax{}}}};
  progress_printer progress(std::cout, progress_style::lines, "");
  const fit_result run =
      fit(model, data, {.batch_size = 8, .epochs = 500}, stop_when_overfitting{}, progress);
  std::cout << "stopped after " << run.history.size() << " of 500 epochs\n";
}
