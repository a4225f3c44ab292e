// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a network says of rows without labels: dropout off, nothing trained.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/backend/cpu/network.hpp"
#include "sweepnet/backend/cpu/thread_pool.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/model_spec.hpp"

namespace sweepnet {

/// The network's outputs, (rows x outputs). The rows must be as wide as the model's inputs.
[[nodiscard]] inline std::vector<float> predict_on_cpu(const model_spec& model,
                                                       std::span<const float> parameters,
                                                       const labelled_rows& rows,
                                                       thread_pool& pool) {
  constexpr std::int64_t batch = 512;
  cpu_network<float> network(model, {}, std::clamp<std::int64_t>(rows.rows(), 1, batch), pool);
  std::vector<float> features(static_cast<std::size_t>(batch * model.inputs));
  std::vector<float> outputs;
  outputs.reserve(static_cast<std::size_t>(rows.rows() * model.outputs()));
  for (std::int64_t first = 0; first < rows.rows(); first += batch) {
    const std::int64_t count = std::min(batch, rows.rows() - first);
    for (std::int64_t i = 0; i < count; ++i) {
      rows.copy_row(first + i, &features[static_cast<std::size_t>(i * model.inputs)]);
    }
    const auto result = network.forward(features.data(), count, parameters.data());
    outputs.insert(outputs.end(), result.begin(), result.end());
  }
  return outputs;
}

}  // namespace sweepnet
