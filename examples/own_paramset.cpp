// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A sweep of a paramset type of one's own: described once, it is read, checked and written.

#include <iostream>
#include <sweepnet/sweepnet.hpp>

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

int main() {
  const auto [x, y] = rings(1000, 1);
  const sweepnet::dataset data = sweepnet::make_dataset(x, y, x, y);
  const auto sweep =
      sweepnet::parse_sweep<ring_params>("- width: 8\n- {width: 64, rate: 1e-2}\n", "rings.yml");
  for (std::size_t i = 0; i < sweep.count(); ++i) {
    const ring_params p = sweep.at(i);
    const auto run =
        sweepnet::fit(build_model(p, data.inputs(), data.classes()), data, training_options_of(p));
    std::cout << sweepnet::encode(p).dump() << " " << run.best_epoch.validation->accuracy << "\n";
  }
}
