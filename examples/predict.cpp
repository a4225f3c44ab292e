// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// One predictor for many threads: each predicts its part of the rows.

#include <future>
#include <iostream>
#include <sweepnet/train.hpp>
#include <vector>

#include "rings.hpp"

int main() {
  using namespace sweepnet;
  const auto [x, y] = rings(2000, 1);
  const model_spec model{.inputs = 2,
                         .layers = {dense{.units = 32, .activate = activations::relu{}},
                                    dense{.units = 3, .activate = activations::softmax{}}}};
  const predictor predict(fit(model, make_dataset(x, y), {.epochs = 20}).best);

  const auto fresh = rings(1000, 2).x;
  std::vector<std::future<Eigen::MatrixXf>> parts;
  for (const Eigen::Index first : {0, 250, 500, 750}) {
    parts.push_back(std::async(std::launch::async,
                               [&, first] { return predict(fresh.middleRows(first, 250)); }));
  }
  const Eigen::MatrixXf at_once = predict(fresh);
  bool same = true;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    same = same && parts[i].get() == at_once.middleRows(static_cast<Eigen::Index>(i) * 250, 250);
  }
  std::cout << "4 threads predict " << (same ? "the same" : "other") << " bits as one\n";
}
