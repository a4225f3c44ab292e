// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// K1 of the fused path: gathers the step's rows and runs the first layer on them, from bytes to
// what the second layer reads.

#include <cstddef>
#include <cstdint>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/kernels/cursor.hpp"
#include "sweepnet/backend/cuda/kernels/panel.hpp"
#include "sweepnet/backend/cuda/kernels/tile_product.hpp"

namespace sweepnet::cuda {

/// z = x W + b, y = dropout(f(z)); x (batch x inputs) gathered, W (inputs x units), z and y (batch
/// x units, rows `pitch` apart). Rows beyond the step's are left as they were.
struct first_layer_kernel {
  static constexpr int threads = 256;
  static constexpr int tile_rows = 32;
  static constexpr int tile_columns = 16;
  using product = tile_product<tile_rows, tile_columns, 128, threads>;
  struct shared_memory {
    product::shared_memory tile;
    float table[byte_values::count];
    std::uint32_t order[tile_rows];  ///< of the tile's rows
  };

  const step_cursor* cursor;
  const std::uint32_t* order;
  feature_rows features;
  std::int64_t batch;
  std::int64_t units;
  const float* kernel;
  const float* bias;
  activation_argument activate;
  dropout_mask mask;
  std::int64_t pitch;
  float* weighted;  // z
  float* output;    // y

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = parts_of(batch, tile_rows) * parts_of(units, tile_columns),
            .shared_bytes = sizeof(shared_memory)};
  }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const step_position at = cursor->pending;
    const std::int64_t across = parts_of(units, tile_columns);
    const std::int64_t row0 = block.index() / across * tile_rows;
    const int column0 = static_cast<int>(block.index() % across) * tile_columns;
    const int rows = static_cast<int>(at.rows(batch) - row0);
    if (rows <= 0) return;
    const int inputs = static_cast<int>(features.width);
    auto& shared = *block.template shared<shared_memory>();
    block.each([&](int t) {
      if (t < tile_rows && t < rows) shared.order[t] = order[at.first + row0 + t];
      if (features.bytes != nullptr) {
        byte_values::fill(shared.table, features.scale, t, threads);
      }
    });
    const matrix_rows<float> w{kernel, units, inputs, static_cast<int>(units)};
    const product::b_source<float, real_values, panel_rows::across> right{w, {}, column0};
    product::sums<Block> sums;
    const auto multiply = [&]<class T, class Values>(const T* data, const Values& values) {
      const matrix_rows<T> x{data, inputs, rows, inputs, shared.order};
      const product::a_source<T, Values, panel_rows::along> left{x, values, 0};
      product::multiply(block, shared.tile, sums, inputs, left, right);
    };
    if (features.bytes != nullptr) {
      multiply(features.bytes, byte_values{shared.table});
    } else {
      multiply(features.reals, real_values{features.scale});
    }
    product::finish(block, shared.tile, sums, [&](int t, const auto& values) {
      finish(t, values, at.step, row0, rows, column0);
    });
  }

 private:
  SWEEPNET_HOST_DEVICE void finish(int thread, const float (&sums)[std::size_t{product::share}],
                                   std::uint64_t step, std::int64_t row0, int rows,
                                   int column0) const {
    float z[std::size_t{product::share}];
    float y[std::size_t{product::share}] = {};
    for (int n = 0; n < product::share; ++n) {
      const int column = column0 + product::element_of(thread, n).column;
      z[n] = column < units ? sums[n] + bias[column] : 0.0F;
    }
    visit_activation(activate, [&]<class F>(const F& f) {
      if constexpr (elementwise_activation<F>) {
        for (int n = 0; n < product::share; ++n) y[n] = value_of(f, z[n]);
      }
    });
    for (int n = 0; n < product::share; ++n) {
      const auto [row, offset] = product::element_of(thread, n);
      const int column = column0 + offset;
      if (row >= rows || column >= units) continue;
      const std::int64_t to = (row0 + row) * pitch + column;
      weighted[to] = z[n];
      output[to] = mask.keeps(step, (row0 + row) * units + column) ? y[n] * mask.scale : 0.0F;
    }
  }
};

}  // namespace sweepnet::cuda
