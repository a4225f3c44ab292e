// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "support.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/train.hpp"

namespace testing {

/// A network with dropout, so that masks count, and one batch of an epoch that is not whole.
inline sweepnet::model_spec small_network(const sweepnet::dataset& data) {
  using namespace sweepnet;
  return {.inputs = data.inputs(),
          .layers = {dense{.units = 20, .activate = activations::tanh{}}, dropout{.rate = 0.2},
                     dense{.units = data.classes(), .activate = activations::softmax{}}}};
}

inline sweepnet::dataset small_data() { return random_dataset(150, 12, 3); }

}  // namespace testing
