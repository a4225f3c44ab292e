// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A whole sweep inside another program: one's own paramset type, data in memory, one's own
// callbacks for each run, and a stop as soon as one run is good enough.

#include <iostream>
#include <sweepnet/sweepnet.hpp>
#include <vector>

#include "rings.hpp"

struct ring_params {
  std::int64_t width = 16;
  double rate = 0.001;
};

template <>
inline constexpr auto sweepnet::fields<ring_params> = std::tuple(
    sweepnet::field("width", &ring_params::width, sweepnet::closed_range(1, 256), "hidden units"),
    sweepnet::field("rate", &ring_params::rate, sweepnet::above(0), "learning rate"));

sweepnet::model_spec build_model(const ring_params& p, std::int64_t inputs, std::int64_t classes) {
  using namespace sweepnet;
  return {.inputs = inputs,
          .layers = {dense{.units = p.width, .activate = activations::relu{}},
                     dense{.units = classes, .activate = activations::softmax{}}}};
}

sweepnet::training_options training_options_of(const ring_params& p) {
  using namespace sweepnet;
  return {.epochs = 20, .optimizer = {.rule = rules::adam{}, .learning_rate = p.rate}};
}

struct goal final : sweepnet::callback {
  explicit goal(sweepnet::cancellation& reached) : reached_(&reached) {}
  void on_epoch_end(sweepnet::training_context&, const sweepnet::epoch_record& record) override {
    if (record.validation->accuracy >= 0.95) reached_->ask();  // ends all runs, not this one alone
  }

 private:
  sweepnet::cancellation* reached_;
};

int main() {
  const auto [x, y] = rings(1000, 1);
  const auto [x_validation, y_validation] = rings(500, 2);
  const sweepnet::dataset data = sweepnet::make_dataset(x, y, x_validation, y_validation);

  std::vector<ring_params> list;
  for (const std::int64_t width : {4, 16, 64}) {
    for (const double rate : {0.001, 0.01}) list.push_back({width, rate});
  }
  const sweepnet::sweep<ring_params> sweep("rings", list);
  sweepnet::cancellation reached;
  const sweepnet::sweep_outcome outcome =
      sweepnet::run_sweep(sweep, data,
                          {.workers = 2,
                           .callbacks =
                               [&](std::size_t) {
                                 std::vector<std::unique_ptr<sweepnet::callback>> own;
                                 own.push_back(std::make_unique<goal>(reached));
                                 return own;
                               },
                           .stop = &reached});

  for (const sweepnet::sweep_run& run : outcome.ranked()) {  // best first
    std::cout << sweepnet::encode(sweep.at(run.index)).dump() << " "
              << run.best_epoch.validation->accuracy << " in epoch " << run.best_epoch.epoch
              << " of " << run.epochs << "\n";
  }
}
