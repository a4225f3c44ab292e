// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// K1 of the fused path: gathers the step's rows and runs the first layer on them, from bytes to
// what the second layer reads.

#include <cstdint>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/kernels/cursor.hpp"
#include "sweepnet/backend/cuda/kernels/tile_product.hpp"

namespace sweepnet::cuda {

/// z = x W + b, y = dropout(f(z)); x (batch x inputs) gathered, W (inputs x units), z and y
/// (batch x units). Rows beyond the step's are left as they were.
struct first_layer_kernel {
  static constexpr int threads = 256;
  static constexpr int tile_rows = 32;
  static constexpr int tile_columns = 16;
  using product = tile_product<tile_rows, tile_columns, 64, threads>;

  const step_cursor* cursor;
  const std::uint32_t* order;
  feature_rows features;
  std::int64_t batch;
  std::int64_t units;
  const float* kernel;
  const float* bias;
  activation_argument activate;
  dropout_mask mask;
  float* weighted;  // z
  float* output;    // y

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = parts_of(batch, tile_rows) * parts_of(units, tile_columns),
            .shared_bytes = sizeof(product::shared_memory)};
  }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const step_position at = cursor->pending;
    const std::int64_t rows = at.rows(batch);
    const std::int64_t across = parts_of(units, tile_columns);
    const std::int64_t row0 = block.index() / across * tile_rows;
    const std::int64_t column0 = block.index() % across * tile_columns;
    if (row0 >= rows) return;
    auto& shared = *block.template shared<product::shared_memory>();
    product::run<true>(
        block, shared, features.width,
        [&](int r, std::int64_t k) {
          return row0 + r < rows ? features.at(order[at.first + row0 + r], k) : 0.0F;
        },
        [&](std::int64_t k, int c) {
          return column0 + c < units ? kernel[k * units + column0 + c] : 0.0F;
        },
        [&](int r, int c, float sum) {
          const std::int64_t row = row0 + r;
          const std::int64_t column = column0 + c;
          if (row >= rows || column >= units) return;
          const std::int64_t element = row * units + column;
          const float z = sum + bias[column];
          weighted[element] = z;
          visit_activation(activate, [&]<class F>(const F& f) {
            if constexpr (elementwise_activation<F>) {
              output[element] = mask.keeps(at.step, element) ? value_of(f, z) * mask.scale : 0.0F;
            }
          });
        });
  }
};

}  // namespace sweepnet::cuda
