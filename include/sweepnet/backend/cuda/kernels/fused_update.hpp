// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// K3 of the fused path: the first layer's gradient, tile by tile, with the optimizer as its
// epilogue; beside it the tail's update from K2's partial gradients, and the end of the step.

#include <cstdint>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/kernels/cursor.hpp"
#include "sweepnet/backend/cuda/kernels/tail.hpp"
#include "sweepnet/backend/cuda/kernels/tile_product.hpp"

namespace sweepnet::cuda {

/// The grid is: tiles of dW = x^T delta; blocks of the first bias and the tail, a thread a weight;
/// one block that adds the scores and moves the cursor on.
struct fused_update_kernel {
  static constexpr int threads = 256;
  static constexpr int tile = 32;
  using product = tile_product<tile, tile, 32, threads>;

  step_cursor* cursor;
  const optimizer_step* steps;
  const std::uint32_t* order;
  feature_rows features;
  std::int64_t batch;
  fused_layer first;
  const float* first_delta;  // (batch x units)
  const float* partials;     // (slices x tail_size)
  std::int64_t slices;
  std::int64_t tail;
  std::int64_t tail_size;
  const block_score* scores;  // (slices)
  weight_update update;

  [[nodiscard]] SWEEPNET_HOST_DEVICE std::int64_t tiles() const {
    return parts_of(first.inputs, tile) * parts_of(first.units, tile);
  }
  [[nodiscard]] SWEEPNET_HOST_DEVICE std::int64_t single_blocks() const {
    return parts_of(first.units + tail_size, threads);
  }
  [[nodiscard]] launch_shape shape() const {
    return {.blocks = tiles() + single_blocks() + 1,
            .shared_bytes = sizeof(product::shared_memory)};
  }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const std::int64_t b = block.index();
    if (b < tiles()) {
      update_tile(block, b);
    } else if (b < tiles() + single_blocks()) {
      update_singles(block, b - tiles());
    } else {
      block.each([&](int t) {
        if (t == 0) finish();
      });
    }
  }

 private:
  template <class Block>
  SWEEPNET_HOST_DEVICE void update_tile(Block& block, std::int64_t index) const {
    const step_position at = cursor->current;
    const std::int64_t rows = at.rows(batch);
    const std::int64_t across = parts_of(first.units, tile);
    const std::int64_t input0 = index / across * tile;
    const std::int64_t unit0 = index % across * tile;
    const optimizer_step step = steps[at.entry];
    product::run<false>(
        block, *block.template shared<product::shared_memory>(), rows,
        [&](int i, std::int64_t r) {
          return input0 + i < first.inputs ? features.at(order[at.first + r], input0 + i) : 0.0F;
        },
        [&](std::int64_t r, int j) {
          return unit0 + j < first.units ? first_delta[r * first.units + unit0 + j] : 0.0F;
        },
        [&](int i, int j, float gradient) {
          if (input0 + i >= first.inputs || unit0 + j >= first.units) return;
          update(first.kernel + (input0 + i) * first.units + unit0 + j, gradient, step);
        });
  }

  template <class Block>
  SWEEPNET_HOST_DEVICE void update_singles(Block& block, std::int64_t index) const {
    const step_position at = cursor->current;
    const std::int64_t rows = at.rows(batch);
    const optimizer_step step = steps[at.entry];
    block.each([&](int t) {
      const std::int64_t i = index * threads + t;
      if (i >= first.units + tail_size) return;
      float gradient = 0;
      if (i < first.units) {
        for (std::int64_t r = 0; r < rows; ++r) gradient += first_delta[r * first.units + i];
        update(first.bias + i, gradient, step);
      } else {
        const std::int64_t p = i - first.units;
        for (std::int64_t s = 0; s < slices; ++s) gradient += partials[s * tail_size + p];
        update(tail + p, gradient, step);
      }
    });
  }

  SWEEPNET_HOST_DEVICE void finish() const {
    block_score total;
    for (std::int64_t s = 0; s < slices; ++s) {
      total.loss += scores[s].loss;
      total.correct += scores[s].correct;
    }
    cursor->finish(total.loss, total.correct, batch);
  }
};

}  // namespace sweepnet::cuda
