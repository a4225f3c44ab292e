// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checks of a model.

#include "sweepnet/network/model_spec.hpp"

#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/check.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::int64_t model_spec::width_after(std::size_t count) const {
  for (std::size_t i = count; i-- > 0;) {
    if (const auto* d = std::get_if<dense>(&layers[i])) return d->units;
  }
  return inputs;
}

SWEEPNET_INLINE void model_spec::validate() const {
  const auto require = [](bool holds, const std::string& message) {
    if (!holds) throw argument_error("model: " + message);
  };
  require(inputs > 0, "inputs must be positive, got " + std::to_string(inputs));
  require(!layers.empty(), "the last layer must be dense, got no layers");
  require(std::holds_alternative<dense>(layers.back()), "the last layer must be dense");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string where = "layer " + std::to_string(i) + ": ";
    if (const auto* d = std::get_if<dense>(&layers[i])) {
      require(d->units > 0, where + "units must be positive, got " + std::to_string(d->units));
      d->activate.validate("model: " + where);
    }
    visit_alternative([&](const auto& each) { check_described(each, "model: " + where); },
                      layers[i]);
  }
}

}  // namespace sweepnet
