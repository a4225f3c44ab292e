// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The table of a network's layers, as Keras' summary() prints it.

#include <cstdint>
#include <string>
#include <variant>

#include "sweepnet/core/format.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet {

/// One line per layer: name (type), output shape, parameters; then the total.
[[nodiscard]] inline std::string summarize(const model_spec& model) {
  const std::string thin(65, '_');
  const std::string thick(65, '=');
  const auto line = [](const std::string& name, const std::string& shape, std::int64_t parameters) {
    return fmt::format("{:<29}{:<26}{}\n", name, shape, parameters);
  };
  std::string text = fmt::format("{}\n{:<29}{:<26}{}\n{}\n", thin, "Layer (type)", "Output Shape",
                                 "Param #", thick);
  const parameter_layout layout(model);
  auto weights = layout.weights.begin();
  int denses = 0;
  int dropouts = 0;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const std::string shape = fmt::format("(None, {})", model.width_after(i + 1));
    if (std::holds_alternative<dense>(model.layers[i])) {
      text +=
          line(fmt::format("dense_{} (Dense)", ++denses), shape, weights->end() - weights->kernel);
      ++weights;
    } else {
      text += line(fmt::format("dropout_{} (Dropout)", ++dropouts), shape, 0);
    }
    text += (i + 1 < model.layers.size() ? thin : thick) + "\n";
  }
  return text + fmt::format("Total params: {}\n{}\n", layout.size, thin);
}

}  // namespace sweepnet
