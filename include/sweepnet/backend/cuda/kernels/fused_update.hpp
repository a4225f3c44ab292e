// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// K3 of the fused path: every layer's gradient, tile by tile, with the optimizer as its epilogue,
// and the end of the step.

#include <cstddef>
#include <cstdint>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/kernels/block_sum.hpp"
#include "sweepnet/backend/cuda/kernels/cursor.hpp"
#include "sweepnet/backend/cuda/kernels/panel.hpp"
#include "sweepnet/backend/cuda/kernels/tail.hpp"
#include "sweepnet/backend/cuda/kernels/tile_product.hpp"

namespace sweepnet::cuda {

/// The grid is: for each layer the tiles of dL/dW = x^T delta, where x has a last column of ones,
/// for the bias; one block that adds the scores and moves the cursor on.
struct fused_update_kernel {
  static constexpr int threads = 256;
  static constexpr int tile = 32;
  static constexpr int most_ordered = 2048;  ///< rows of a batch whose order a block keeps
  using product = tile_product<tile, tile, 32, threads>;
  struct shared_memory {
    product::shared_memory tile;
    float table[byte_values::count];
  };

  step_cursor* cursor;
  const optimizer_step* steps;
  const std::uint32_t* order;
  feature_rows features;
  std::int64_t batch;
  fused_layers layers;
  const float* output;        // (batch x row_floats): y of each layer
  const float* delta;         // (batch x row_floats): dL/dz
  const block_score* scores;  // (batch)
  weight_update update;

  [[nodiscard]] SWEEPNET_HOST_DEVICE static std::int64_t tiles_of(const fused_layer& l) {
    return parts_of(l.inputs + 1, tile) * parts_of(l.units, tile);
  }
  [[nodiscard]] launch_shape shape() const {
    launch_shape result{.blocks = 1, .shared_bytes = sizeof(shared_memory)};
    if (batch <= most_ordered) {
      result.shared_bytes += sizeof(std::uint32_t) * static_cast<std::size_t>(batch);
    }
    for (int l = 0; l < layers.count; ++l) result.blocks += tiles_of(layers[l]);
    return result;
  }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    std::int64_t index = block.index();
    int l = 0;
    for (; l < layers.count && index >= tiles_of(layers[l]); ++l) index -= tiles_of(layers[l]);
    if (l == layers.count) {
      finish(block);
    } else {
      update_tile(block, l, index);
    }
  }

 private:
  template <class Block>
  SWEEPNET_HOST_DEVICE void update_tile(Block& block, int index, std::int64_t tile_index) const {
    const step_position at = cursor->current;
    const int rows = static_cast<int>(at.rows(batch));
    const fused_layer& l = layers[index];
    const int inputs = static_cast<int>(l.inputs);
    const int units = static_cast<int>(l.units);
    const std::int64_t across = parts_of(units, tile);
    const int input0 = static_cast<int>(tile_index / across) * tile;
    const int unit0 = static_cast<int>(tile_index % across) * tile;
    auto& shared = *block.template shared<shared_memory>();
    const matrix_rows<float> d{delta + l.place, layers.row_floats, rows, units};
    const product::b_source<float, real_values, panel_rows::across> right{d, {}, unit0};
    product::sums<Block> sums;
    const auto multiply = [&]<class T, class Values>(const matrix_rows<T>& x,
                                                     const Values& values) {
      const product::a_source<T, Values, panel_rows::across> left{x, values, input0, inputs};
      product::multiply(block, shared.tile, sums, rows, left, right);
    };
    const std::uint32_t* ordered = order + at.first;
    if (index == 0) ordered = begin_first_layer(block, shared, ordered, rows);
    if (index == 0 && features.bytes != nullptr) {
      multiply(matrix_rows<std::uint8_t>{features.bytes, inputs, rows, inputs, ordered},
               byte_values{shared.table});
    } else if (index == 0) {
      multiply(matrix_rows<float>{features.reals, inputs, rows, inputs, ordered},
               real_values{features.scale});
    } else {
      const float* below = output + layers[index - 1].place;
      multiply(matrix_rows<float>{below, layers.row_floats, rows, inputs}, real_values{});
    }
    product::finish(block, shared.tile, sums, [&](int t, const auto& gradients) {
      finish_tile(t, gradients, steps[cursor->current.entry], l, input0, unit0);
    });
  }

  /// Fills the table, and gives the order of the step's rows: in shared memory, where all of it has
  /// room, as each panel's rows wait for it.
  template <class Block>
  SWEEPNET_HOST_DEVICE const std::uint32_t* begin_first_layer(Block& block, shared_memory& shared,
                                                              const std::uint32_t* ordered,
                                                              int rows) const {
    auto* kept = reinterpret_cast<std::uint32_t*>(&shared + 1);
    const bool has_room = batch <= most_ordered;
    block.each([&](int t) {
      for (int r = t; has_room && r < rows; r += threads) kept[r] = ordered[r];
      if (features.bytes != nullptr) {
        byte_values::fill(shared.table, features.scale, t, threads);
      }
    });
    return has_room ? kept : ordered;
  }

  SWEEPNET_HOST_DEVICE void finish_tile(int thread,
                                        const float (&gradients)[std::size_t{product::share}],
                                        const optimizer_step& step, const fused_layer& l,
                                        int input0, int unit0) const {
    std::int64_t places[std::size_t{product::share}];
    for (int n = 0; n < product::share; ++n) {
      const auto [row, column] = product::element_of(thread, n);
      const int input = input0 + row;
      const int unit = unit0 + column;
      const std::int64_t begin = input < l.inputs ? l.kernel + input * l.units : l.bias;
      places[n] = input <= l.inputs && unit < l.units ? begin + unit : weight_update::nowhere;
    }
    update(places, gradients, step);
  }

  template <class Block> SWEEPNET_HOST_DEVICE void finish(Block& block) const {
    const std::int64_t rows = cursor->current.rows(batch);
    typename Block::template local<double> loss;
    sum_in_block(
        block, rows, threads, [&](std::int64_t r) { return scores[r].loss; },
        [&](double sum) { loss[0] = sum; });
    sum_in_block(
        block, rows, threads,
        [&](std::int64_t r) { return static_cast<double>(scores[r].correct); },
        [&](double sum) { cursor->finish(loss[0], static_cast<std::int64_t>(sum), batch); });
  }
};

}  // namespace sweepnet::cuda
