// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What is wrong is an exception that says where, what was expected and what was found.

#include <iostream>
#include <sweepnet/train.hpp>

#include "rings.hpp"

int main() {
  using namespace sweepnet;
  auto [x, y] = rings(100, 1);
  const model_spec model{.inputs = 2, .layers = {dropout{.rate = 1.3}, dense{.units = 3}}};
  try {
    (void)fit(model, make_dataset(x, y), {.epochs = 3});
  } catch (const error& e) {  // the base of all that the library throws
    std::cout << e.what() << "\n";
  }
  x(17, 1) = std::numeric_limits<float>::infinity();
  try {
    (void)make_dataset(x, y);
  } catch (const argument_error& e) {  // models, data, options and states that do not fit
    std::cout << e.what() << "\n";
  }
}
