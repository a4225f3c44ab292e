// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network trained on standardised inputs and values, made to take and give them as they are.

#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet {

/// Changes the first dense layer, so that the network gives for x what it gave for
/// (x - mean) / deviation, up to the rounding of its weights:
///
///   z = ((x - mean) / deviation) W + b = x W' + b',  W' = W / deviation,  b' = b - mean W'
///
/// `means` and `deviations` have a value for each of the first inputs, the others are taken as they
/// are; no deviation is 0. Sums are in double precision. The rounding of W' counts as often as mean
/// is larger than deviation.
inline void fold_standardization(const model_spec& model, std::span<const double> means,
                                 std::span<const double> deviations,
                                 std::vector<float>& parameters) {
  const dense_weights first = parameter_layout(model).weights.front();
  float* const kernel = parameters.data() + first.kernel;  // (inputs x units)
  float* const bias = parameters.data() + first.bias;      // (units)
  std::vector<double> shift(static_cast<std::size_t>(first.units));
  float* weights = kernel;  // of an input
  for (std::size_t i = 0; i < means.size(); ++i, weights += first.units) {
    const double mean = means[i];
    const double deviation = deviations[i];
    for (std::int64_t u = 0; u < first.units; ++u) {
      float& weight = weights[u];
      weight = static_cast<float>(static_cast<double>(weight) / deviation);
      // Of the rounded weight: what rounding adds at the mean, the bias takes back.
      shift[static_cast<std::size_t>(u)] += mean * static_cast<double>(weight);
    }
  }
  for (std::int64_t u = 0; u < first.units; ++u) {
    bias[u] = static_cast<float>(static_cast<double>(bias[u]) - shift[static_cast<std::size_t>(u)]);
  }
}

/// Throws argument_error unless unfold_targets() can change the network.
inline void require_linear_output(const model_spec& model) {
  const activation& last = std::get<dense>(model.layers.back()).activate;
  if (last.is<activations::linear>()) return;
  throw argument_error("real values that are standardised need a linear output, got " +
                       last.name());
}

/// Changes the last dense layer, which is linear, so that the network gives y deviation + mean
/// where it gave y: W' = W deviation, b' = b deviation + mean, for each of its outputs.
inline void unfold_targets(const model_spec& model, double mean, double deviation,
                           std::vector<float>& parameters) {
  const dense_weights last = parameter_layout(model).weights.back();
  for (std::int64_t i = last.kernel; i < last.bias; ++i) {
    float& weight = parameters[static_cast<std::size_t>(i)];
    weight = static_cast<float>(static_cast<double>(weight) * deviation);
  }
  for (std::int64_t i = last.bias; i < last.end(); ++i) {
    float& bias = parameters[static_cast<std::size_t>(i)];
    bias = static_cast<float>(static_cast<double>(bias) * deviation + mean);
  }
}

}  // namespace sweepnet
