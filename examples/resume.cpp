// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The loop by hand: a run is left after some epochs, and goes on from its state in another
// executor.

#include <iostream>
#include <sweepnet/train.hpp>

#include "rings.hpp"

struct leave_after_epoch_3 : sweepnet::callback {
  sweepnet::run_state state{};
  void on_epoch_end(sweepnet::training_context& context,
                    const sweepnet::epoch_record& record) override {
    if (record.epoch != 3) return;
    context.leave_reason = "the third epoch is over";
    state = context.capture();  // a value: weights, optimizer, history, callbacks
  }
};

int main() {
  using namespace sweepnet;
  const auto [x, y] = rings(1000, 1);
  const dataset data = make_dataset(x, y);
  const model_spec model{.inputs = 2, .layers = {dense{.units = 16}, dense{.units = 3}}};
  const training_options options{.batch_size = 32, .epochs = 8, .seed = 7};

  cpu_executor whole(model, options, data);
  train(whole, model_checkpoint({.monitor = metric::accuracy}));

  cpu_executor first(model, options, data, {.threads = 1});
  leave_after_epoch_3 leave;
  train(first, model_checkpoint({.monitor = metric::accuracy}), leave);

  cpu_executor rest(model, options, data, {.threads = 2});
  const training_result result =
      resume(leave.state, rest, model_checkpoint({.monitor = metric::accuracy}));
  const bool same =
      rest.parameters() == whole.parameters() && rest.best_parameters() == whole.best_parameters();
  std::cout << result.history.size() << " epochs, " << (same ? "the same" : "other") << " bits\n";
}
