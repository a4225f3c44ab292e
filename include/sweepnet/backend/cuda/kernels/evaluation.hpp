// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What evaluates a network that the fused kernels train: a launch a layer, one for outputs that
// need whole rows, and the sums of either path. No library has a part in it, so that many models'
// can share their launches.

#include <cstddef>
#include <cstdint>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/kernels/block_sum.hpp"
#include "sweepnet/backend/cuda/kernels/cursor.hpp"
#include "sweepnet/backend/cuda/kernels/panel.hpp"
#include "sweepnet/backend/cuda/kernels/tile_product.hpp"

namespace sweepnet::cuda {

/// z = x W + b, y = f(z) for a batch of the pass's rows, dropout off; x (batch x inputs), W (inputs
/// x units), z and y (batch x units). Rows beyond the pass's are left as they were, and so is y
/// where f needs whole rows.
struct evaluated_layer_kernel {
  static constexpr int threads = 256;
  static constexpr int tile_rows = 64;
  static constexpr int tile_columns = 32;
  using product = tile_product<tile_rows, tile_columns, 16, threads>;
  struct shared_memory {
    product::shared_memory tile;
    float table[byte_values::count];
  };

  const step_cursor* cursor;
  feature_rows x;
  bool x_is_data;  ///< of which the pass's rows are some; else the batch's own
  std::int64_t batch;
  std::int64_t units;
  const float* kernel;
  const float* bias;
  activation_argument activate;
  float* weighted;  // z; null: nobody reads it
  float* output;    // y

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = parts_of(batch, tile_rows) * parts_of(units, tile_columns),
            .shared_bytes = sizeof(shared_memory)};
  }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const step_position at = cursor->pending;
    const std::int64_t across = parts_of(units, tile_columns);
    const int row0 = static_cast<int>(block.index() / across) * tile_rows;
    const int column0 = static_cast<int>(block.index() % across) * tile_columns;
    const int rows = static_cast<int>(at.rows(batch));
    if (row0 >= rows) return;
    const int inputs = static_cast<int>(x.width);
    auto& shared = *block.template shared<shared_memory>();
    const matrix_rows<float> w{kernel, units, inputs, static_cast<int>(units)};
    const product::b_source<float, real_values, panel_rows::across> right{w, {}, column0};
    product::sums<Block> sums;
    const auto multiply = [&]<class T, class Values>(const T* data, const Values& values) {
      const T* begin = data + (x_is_data ? at.first * x.width : 0);
      const matrix_rows<T> batch_rows{begin, inputs, rows, inputs};
      const product::a_source<T, Values, panel_rows::along> left{batch_rows, values, row0};
      product::multiply(block, shared.tile, sums, inputs, left, right);
    };
    if (x.bytes != nullptr) {
      block.each([&](int t) { byte_values::fill(shared.table, x.scale, t, threads); });
      multiply(x.bytes, byte_values{shared.table});
    } else {
      multiply(x.reals, real_values{x.scale});
    }
    product::finish(block, shared.tile, sums,
                    [&](int t, const auto& values) { finish(t, values, row0, rows, column0); });
  }

 private:
  SWEEPNET_HOST_DEVICE void finish(int thread, const float (&sums)[std::size_t{product::share}],
                                   int row0, int rows, int column0) const {
    const auto each_value = [&](const auto& body) {
      for (int n = 0; n < product::share; ++n) {
        const auto [row, offset] = product::element_of(thread, n);
        const int column = column0 + offset;
        if (row0 + row >= rows || column >= units) continue;
        body(sums[n] + bias[column], (row0 + row) * units + column);
      }
    };
    if (weighted != nullptr) {
      each_value([&](float z, std::int64_t to) { weighted[to] = z; });
    }
    visit_activation(activate, [&]<class F>(const F& f) {
      if constexpr (elementwise_activation<F>) {
        each_value([&](float z, std::int64_t to) { output[to] = value_of(f, z); });
      }
    });
  }
};

/// y = f(z) for each of the pass's rows of (batch x width), where f needs whole rows; a thread a
/// row.
struct whole_row_kernel {
  static constexpr int threads = 128;
  const step_cursor* cursor;
  activation_argument activate;
  std::int64_t batch;
  std::int64_t width;
  const float* z;
  float* y;

  [[nodiscard]] launch_shape shape() const { return {.blocks = parts_of(batch, threads)}; }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const std::int64_t rows = cursor->pending.rows(batch);
    visit_activation(activate, [&]<class F>(const F& f) {
      if constexpr (!elementwise_activation<F>) {
        block.each([&](int t) {
          const std::int64_t r = block.index() * threads + t;
          if (r < rows) f.forward(z + r * width, y + r * width, width);
        });
      }
    });
  }
};

/// Adds the scores of a batch of evaluated rows, in their order, to those before, and moves the
/// cursor on.
struct total_kernel {
  static constexpr int threads = 256;
  step_cursor* cursor;
  std::int64_t batch;
  const float* losses;        // (batch)
  const std::int32_t* right;  // (batch)

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = 1, .shared_bytes = threads * sizeof(double)};
  }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const std::int64_t rows = cursor->current.rows(batch);
    typename Block::template local<double> loss;
    sum_in_block(
        block, rows, threads, [&](std::int64_t r) { return static_cast<double>(losses[r]); },
        [&](double sum) { loss[0] = sum; });
    sum_in_block(
        block, rows, threads, [&](std::int64_t r) { return static_cast<double>(right[r]); },
        [&](double sum) { cursor->finish(loss[0], static_cast<std::int64_t>(sum), batch); });
  }
};

}  // namespace sweepnet::cuda
