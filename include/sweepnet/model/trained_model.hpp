// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network and its weights, and how it came to be: what training gives, and what a model file
// holds.

#include <cstdint>
#include <string>
#include <vector>

#include "sweepnet/core/boxed.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer.hpp"

namespace sweepnet {

struct trained_model {
  model_spec model{};
  std::vector<float> parameters{};  ///< in the order of parameter_layout
  loss_function loss{};
  boxed<sweepnet::optimizer> optimizer{};  ///< unset: not known
  /// A JSON object as text, or empty: paramset, index, best epoch, version, for people and tools.
  std::string metadata{};

  /// That it tells apart, where its outputs are for classes.
  [[nodiscard]] std::int64_t classes() const {
    return loss.is<binary_crossentropy>() ? 2 : model.outputs();
  }
};

}  // namespace sweepnet
