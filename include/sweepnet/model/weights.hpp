// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network's parameters as named arrays with shapes: what files of every form hold.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet {

/// A kernel (inputs x units) or a bias (units), row-major, and where it lies in the flat buffer.
struct weight_array {
  std::string name;  ///< dense_1.kernel, dense_1.bias, dense_2.kernel, ...
  std::vector<std::int64_t> shape;
  std::int64_t offset;
  std::int64_t size;  ///< elements: the product of the shape

  /// Its elements in all of the model's parameters.
  template <class Real> [[nodiscard]] std::span<Real> in(std::span<Real> parameters) const {
    return parameters.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }
};

struct dense_arrays {
  std::size_t layer;  ///< index into model_spec::layers
  weight_array kernel;
  weight_array bias;
};

/// The arrays of each dense layer, in the order of the flat buffer.
[[nodiscard]] inline std::vector<dense_arrays> arrays_of(const model_spec& model) {
  std::vector<dense_arrays> arrays;
  for (const dense_weights& part : parameter_layout(model).weights) {
    const std::string name = fmt::format("dense_{}", arrays.size() + 1);
    arrays.push_back({.layer = part.layer,
                      .kernel = {.name = name + ".kernel",
                                 .shape = {part.inputs, part.units},
                                 .offset = part.kernel,
                                 .size = part.kernel_size()},
                      .bias = {.name = name + ".bias",
                               .shape = {part.units},
                               .offset = part.bias,
                               .size = part.units}});
  }
  return arrays;
}

}  // namespace sweepnet
