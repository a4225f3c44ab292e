// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// K2 of the fused path: all layers behind the first, forward, loss and backward, in shared memory.
//
// A block takes a few rows through the whole tail. What it contributes to the tail's gradients goes
// to its own slice of `partials`; the update kernel adds the slices in their order. The gradient of
// the first layer's weighted input goes to `first_delta`.

#include <cstdint>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/kernels/cursor.hpp"
#include "sweepnet/network/loss.hpp"

namespace sweepnet::cuda {

/// A dense layer and the dropout behind it.
struct fused_layer {
  std::int64_t inputs = 0;
  std::int64_t units = 0;
  std::int64_t kernel = 0;  ///< offsets in the flat parameters
  std::int64_t bias = 0;
  activation_argument activate;
  dropout_mask mask;
  std::int64_t place = 0;  ///< of its units in a row's activations in shared memory
};

/// All dense layers of a network, the first and the tail behind it.
struct fused_layers {
  static constexpr int most = 10;

  fused_layer layer[most];
  int count = 0;
  std::int64_t row_floats = 0;  ///< units of all layers
  std::int64_t tail = 0;        ///< where the tail's parameters begin
  std::int64_t tail_size = 0;

  [[nodiscard]] SWEEPNET_HOST_DEVICE const fused_layer& operator[](int l) const { return layer[l]; }
};

/// What one block of K2 found: summed over its rows, in their order.
struct block_score {
  double loss = 0;
  std::int64_t correct = 0;
};

struct tail_kernel {
  static constexpr int threads = 512;
  static constexpr int most_slices = 16;  ///< a dot product's parts

  step_cursor* cursor;
  const std::uint32_t* order;
  const std::int32_t* labels;
  std::int64_t batch;
  int rows_per_block;
  fused_layers layers;
  row_loss<float> loss;
  const float* parameters;
  const float* first_weighted;  // (batch x units of layer 0), from K1
  const float* first_output;
  float* first_delta;   // (batch x units of layer 0)
  float* partials;      // (blocks x parameters of the tail)
  block_score* scores;  // (blocks)

  /// What a block of so many rows needs: three arrays of activations (z, y, dL/dz), and the parts
  /// of the dot products.
  [[nodiscard]] static std::size_t shared_bytes(const fused_layers& layers, int rows_per_block) {
    std::int64_t parts = 0;
    for (int l = 1; l < layers.count; ++l) {
      const std::int64_t needed = slices_of(layers[l]) * rows_per_block * layers[l].units;
      parts = needed > parts ? needed : parts;
    }
    return sizeof(block_score) * static_cast<std::size_t>(rows_per_block) +
           sizeof(float) * static_cast<std::size_t>(3 * rows_per_block * layers.row_floats + parts);
  }
  [[nodiscard]] launch_shape shape() const {
    return {.blocks = parts_of(batch, rows_per_block),
            .shared_bytes = shared_bytes(layers, rows_per_block)};
  }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const step_position at = cursor->pending;
    const std::int64_t all_rows = at.rows(batch);
    const std::int64_t row0 = block.index() * rows_per_block;
    const std::int64_t left = all_rows - row0;
    const int rows = static_cast<int>(left < 0 ? 0 : left < rows_per_block ? left : rows_per_block);
    auto* row_scores = block.template shared<block_score>();
    auto* z = reinterpret_cast<float*>(row_scores + rows_per_block);
    float* y = z + rows_per_block * layers.row_floats;
    float* delta = y + rows_per_block * layers.row_floats;
    float* parts = delta + rows_per_block * layers.row_floats;

    block.each([&](int t) {
      if (t == 0 && block.index() == 0) cursor->current = at;
      const fused_layer& first = layers[0];
      for (std::int64_t i = t; i < rows * first.units; i += threads) {
        const std::int64_t from = row0 * first.units + i;
        z[i / first.units * layers.row_floats + i % first.units] = first_weighted[from];
        y[i / first.units * layers.row_floats + i % first.units] = first_output[from];
      }
    });
    for (int l = 1; l < layers.count; ++l) forward(block, l, at.step, row0, rows, z, y, parts);
    score(block, at, row0, rows, all_rows, z, y, delta, row_scores);
    for (int l = layers.count - 1; l > 0; --l) {
      weight_gradient(block, l, rows, y, delta);
      input_gradient(block, l, at.step, row0, rows, z, delta);
    }
    block.each([&](int t) {
      const fused_layer& first = layers[0];
      for (std::int64_t i = t; i < rows * first.units; i += threads) {
        first_delta[row0 * first.units + i] =
            delta[i / first.units * layers.row_floats + i % first.units];
      }
    });
  }

 private:
  /// A dot product's parts: enough to occupy the threads, each at least 16 long.
  SWEEPNET_HOST_DEVICE static int slices_of(const fused_layer& l) {
    int slices = 1;
    while (slices < most_slices && l.inputs / (2 * slices) >= 16) slices *= 2;
    return slices;
  }

  /// z = x W + b; y = dropout(f(z)), but for the last layer, whose f may need whole rows.
  template <class Block>
  SWEEPNET_HOST_DEVICE void forward(Block& block, int index, std::uint64_t step, std::int64_t row0,
                                    int rows, float* z, float* y, float* parts) const {
    const fused_layer& l = layers[index];
    const float* x = y + layers[index - 1].place;
    const int slices = slices_of(l);
    const std::int64_t length = parts_of(l.inputs, slices);
    const std::int64_t outputs = rows * l.units;
    block.each([&](int t) {
      for (std::int64_t i = t; i < slices * outputs; i += threads) {
        const std::int64_t unit = i % l.units;
        const float* row = x + i / l.units % rows * layers.row_floats;
        const std::int64_t begin = i / outputs * length;
        const std::int64_t end = begin + length < l.inputs ? begin + length : l.inputs;
        float sum = 0;
        for (std::int64_t k = begin; k < end; ++k) {
          sum += row[k] * parameters[l.kernel + k * l.units + unit];
        }
        parts[i] = sum;
      }
    });
    block.each([&](int t) {
      for (std::int64_t i = t; i < outputs; i += threads) {
        const std::int64_t unit = i % l.units;
        const std::int64_t to = i / l.units * layers.row_floats + l.place + unit;
        float sum = 0;
        for (int s = 0; s < slices; ++s) sum += parts[s * outputs + i];
        z[to] = sum + parameters[l.bias + unit];
        const bool kept = l.mask.keeps(step, row0 * l.units + i);
        visit_activation(l.activate, [&]<class F>(const F& f) {
          if constexpr (elementwise_activation<F>)
            y[to] = kept ? value_of(f, z[to]) * l.mask.scale : 0.0F;
        });
      }
    });
  }

  /// Loss and accuracy of each row; delta = dL/dz of the last layer.
  template <class Block>
  SWEEPNET_HOST_DEVICE void score(Block& block, const step_position& at, std::int64_t row0,
                                  int rows, std::int64_t all_rows, const float* z, float* y,
                                  float* delta, block_score* row_scores) const {
    const fused_layer& last = layers[layers.count - 1];
    const float scale = 1.0F / static_cast<float>(all_rows);
    block.each([&](int r) {
      if (r >= rows) return;
      const float* logits = z + r * layers.row_floats + last.place;
      float* p = y + r * layers.row_floats + last.place;
      float* d = delta + r * layers.row_floats + last.place;
      const std::int32_t label = labels[order[at.first + row0 + r]];
      visit_activation(last.activate, [&]<class F>(const F& f) {
        if constexpr (!elementwise_activation<F>) f.forward(logits, p, last.units);
      });
      const float row = loss(logits, p, label);
      loss.gradient(p, d, label, scale);
      if (!loss.by_logits) {
        visit_activation(last.activate,
                         [&](const auto& f) { backward_row(f, logits, p, d, last.units); });
      }
      row_scores[r] = {static_cast<double>(row), predicted_class(p, last.units) == label ? 1 : 0};
    });
    block.each([&](int t) {
      if (t != 0) return;
      block_score total;
      for (int r = 0; r < rows; ++r) {
        total.loss += row_scores[r].loss;
        total.correct += row_scores[r].correct;
      }
      scores[block.index()] = total;
    });
  }

  /// This block's share of dL/dW = x^T delta and dL/db = sum of delta; 0 without rows.
  template <class Block>
  SWEEPNET_HOST_DEVICE void weight_gradient(Block& block, int index, int rows, const float* y,
                                            const float* delta) const {
    const fused_layer& l = layers[index];
    const float* x = y + layers[index - 1].place;
    float* to = partials + block.index() * layers.tail_size - layers.tail;
    block.each([&](int t) {
      for (std::int64_t i = t; i < (l.inputs + 1) * l.units; i += threads) {
        const std::int64_t k = i / l.units;
        const std::int64_t unit = i % l.units;
        float sum = 0;
        for (int r = 0; r < rows; ++r) {
          const float d = delta[r * layers.row_floats + l.place + unit];
          sum += k < l.inputs ? x[r * layers.row_floats + k] * d : d;
        }
        to[k < l.inputs ? l.kernel + i : l.bias + unit] = sum;
      }
    });
  }

  /// dL/dz of the layer below: (delta W^T) through its dropout and activation.
  template <class Block>
  SWEEPNET_HOST_DEVICE void input_gradient(Block& block, int index, std::uint64_t step,
                                           std::int64_t row0, int rows, const float* z,
                                           float* delta) const {
    const fused_layer& l = layers[index];
    const fused_layer& below = layers[index - 1];
    block.each([&](int t) {
      for (std::int64_t i = t; i < rows * l.inputs; i += threads) {
        const std::int64_t k = i % l.inputs;
        const std::int64_t row = i / l.inputs * layers.row_floats;
        const float* w = parameters + l.kernel + k * l.units;
        float sum = 0;
        for (std::int64_t u = 0; u < l.units; ++u) sum += delta[row + l.place + u] * w[u];
        const bool kept = below.mask.keeps(step, row0 * below.units + i);
        const float x = z[row + below.place + k];
        visit_activation(below.activate, [&]<class F>(const F& f) {
          if constexpr (elementwise_activation<F>) {
            delta[row + below.place + k] =
                kept ? sum * below.mask.scale * derivative_of(f, x, value_of(f, x)) : 0.0F;
          }
        });
      }
    });
  }
};

}  // namespace sweepnet::cuda
