// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// All trainable weights of a network in one flat buffer, and the names of its parts.
//
// The buffer holds, for each dense layer in order, its kernel (inputs x units, row-major) and its
// bias (units). Gradients and optimizer slots have the same layout.

#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/network/model_spec.hpp"

namespace sweepnet {

/// Where one dense layer's weights lie in the flat buffer.
struct dense_weights {
  std::size_t layer;  ///< index into model_spec::layers
  std::int64_t inputs;
  std::int64_t units;
  std::int64_t kernel;  ///< offset of the kernel, inputs * units values
  std::int64_t bias;    ///< offset of the bias, units values

  [[nodiscard]] std::int64_t kernel_size() const { return inputs * units; }
  [[nodiscard]] std::int64_t end() const { return bias + units; }
};

/// The flat buffer's parts: one entry for each dense layer, back to back.
struct parameter_layout {
  std::vector<dense_weights> weights;
  std::int64_t size = 0;  ///< values in all

  parameter_layout() = default;
  explicit parameter_layout(const model_spec& model) {
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      const auto* d = std::get_if<dense>(&model.layers[i]);
      if (d == nullptr) continue;
      const std::int64_t inputs = model.width_after(i);
      weights.push_back({.layer = i,
                         .inputs = inputs,
                         .units = d->units,
                         .kernel = size,
                         .bias = size + inputs * d->units});
      size = weights.back().end();
    }
  }
};

/// One kernel or bias, where it lies among the parameters: [begin, end).
struct tensor_range {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  [[nodiscard]] std::span<float> of(std::span<float> all) const {
    return all.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  }
};

/// Every kernel and bias, in their order.
[[nodiscard]] inline std::vector<tensor_range> tensors_of(const parameter_layout& layout) {
  std::vector<tensor_range> tensors;
  for (const dense_weights& w : layout.weights) {
    tensors.push_back({.begin = w.kernel, .end = w.bias});
    tensors.push_back({.begin = w.bias, .end = w.end()});
  }
  return tensors;
}

/// Fresh weights: kernels by each layer's initialiser, biases 0.
template <class T = float>
[[nodiscard]] std::vector<T> initial_parameters(const model_spec& model, std::uint64_t seed) {
  const parameter_layout layout(model);
  std::vector<T> parameters(static_cast<std::size_t>(layout.size), T(0));
  for (const dense_weights& w : layout.weights) {
    const std::span<T> kernel(&parameters[static_cast<std::size_t>(w.kernel)],
                              static_cast<std::size_t>(w.kernel_size()));
    initialize(kernel, w.inputs, w.units, std::get<dense>(model.layers[w.layer]).kernel_initializer,
               seed, static_cast<std::uint32_t>(w.layer));
  }
  return parameters;
}

}  // namespace sweepnet
