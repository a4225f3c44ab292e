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

/// What one block of K2 found: summed over its rows, in their order.
struct block_score {
  double loss = 0;
  std::int64_t correct = 0;
};

struct tail_kernel {
  static constexpr int threads = 512;
  static constexpr int most_layers = 10;
  static constexpr int most_slices = 16;  ///< a dot product's parts

  step_cursor* cursor;
  const std::uint32_t* order;
  const std::int32_t* labels;
  std::int64_t batch;
  int rows_per_block;
  int layers;  ///< in `layer`: the first layer, then the tail
  fused_layer layer[most_layers];
  std::int64_t row_floats;  ///< units of all layers
  loss_path path;
  float smoothing;
  const float* parameters;
  const float* first_weighted;  // (batch x units of layer 0), from K1
  const float* first_output;
  float* first_delta;  // (batch x units of layer 0)
  float* partials;     // (blocks x parameters of the tail)
  std::int64_t tail;   ///< where the tail's parameters begin
  std::int64_t tail_size;
  block_score* scores;  // (blocks)

  [[nodiscard]] std::int64_t blocks() const { return parts_of(batch, rows_per_block); }
  /// Three arrays of activations (z, y, dL/dz), and the parts of the dot products.
  [[nodiscard]] std::size_t shared_bytes() const {
    std::int64_t parts = 0;
    for (int l = 1; l < layers; ++l) {
      const std::int64_t needed = slices_of(layer[l]) * rows_per_block * layer[l].units;
      parts = needed > parts ? needed : parts;
    }
    return sizeof(block_score) * static_cast<std::size_t>(rows_per_block) +
           sizeof(float) * static_cast<std::size_t>(3 * rows_per_block * row_floats + parts);
  }
  [[nodiscard]] launch_shape shape() const {
    return {.blocks = blocks(), .shared_bytes = shared_bytes()};
  }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const step_position at = cursor->pending;
    const std::int64_t all_rows = at.rows(batch);
    const std::int64_t row0 = block.index() * rows_per_block;
    const std::int64_t left = all_rows - row0;
    const int rows = static_cast<int>(left < 0 ? 0 : left < rows_per_block ? left : rows_per_block);
    auto* row_scores = block.template shared<block_score>();
    auto* z = reinterpret_cast<float*>(row_scores + rows_per_block);
    float* y = z + rows_per_block * row_floats;
    float* delta = y + rows_per_block * row_floats;
    float* parts = delta + rows_per_block * row_floats;

    block.each([&](int t) {
      if (t == 0 && block.index() == 0) cursor->current = at;
      const fused_layer& first = layer[0];
      for (std::int64_t i = t; i < rows * first.units; i += threads) {
        const std::int64_t from = row0 * first.units + i;
        z[i / first.units * row_floats + i % first.units] = first_weighted[from];
        y[i / first.units * row_floats + i % first.units] = first_output[from];
      }
    });
    for (int l = 1; l < layers; ++l) forward(block, l, at.step, row0, rows, z, y, parts);
    score(block, at, row0, rows, all_rows, z, y, delta, row_scores);
    for (int l = layers - 1; l > 0; --l) {
      weight_gradient(block, l, rows, y, delta);
      input_gradient(block, l, at.step, row0, rows, z, delta);
    }
    block.each([&](int t) {
      const fused_layer& first = layer[0];
      for (std::int64_t i = t; i < rows * first.units; i += threads) {
        first_delta[row0 * first.units + i] = delta[i / first.units * row_floats + i % first.units];
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
    const fused_layer& l = layer[index];
    const float* x = y + layer[index - 1].place;
    const int slices = slices_of(l);
    const std::int64_t length = parts_of(l.inputs, slices);
    const std::int64_t outputs = rows * l.units;
    block.each([&](int t) {
      for (std::int64_t i = t; i < slices * outputs; i += threads) {
        const std::int64_t unit = i % l.units;
        const float* row = x + i / l.units % rows * row_floats;
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
        const std::int64_t to = i / l.units * row_floats + l.place + unit;
        float sum = 0;
        for (int s = 0; s < slices; ++s) sum += parts[s * outputs + i];
        z[to] = sum + parameters[l.bias + unit];
        const bool kept = l.mask.keeps(step, row0 * l.units + i);
        visit_activation(l.activate, [&]<class F>(const F& f) {
          if constexpr (elementwise_activation<F>) y[to] = kept ? f(z[to]) * l.mask.scale : 0.0F;
        });
      }
    });
  }

  [[nodiscard]] SWEEPNET_HOST_DEVICE bool is_fused(const activation_argument& a) const {
    bool softmax = false;
    visit_activation(a,
                     [&]<class F>(const F&) { softmax = std::is_same_v<F, activations::softmax>; });
    return softmax && path == loss_path::logits;
  }

  /// Loss and accuracy of each row; delta = dL/dz of the last layer.
  template <class Block>
  SWEEPNET_HOST_DEVICE void score(Block& block, const step_position& at, std::int64_t row0,
                                  int rows, std::int64_t all_rows, const float* z, float* y,
                                  float* delta, block_score* row_scores) const {
    const fused_layer& last = layer[layers - 1];
    const float scale = 1.0F / static_cast<float>(all_rows);
    const bool fused = is_fused(last.activate);
    block.each([&](int r) {
      if (r >= rows) return;
      const float* logits = z + r * row_floats + last.place;
      float* p = y + r * row_floats + last.place;
      float* d = delta + r * row_floats + last.place;
      const std::int32_t label = labels[order[at.first + row0 + r]];
      visit_activation(last.activate, [&]<class F>(const F& f) {
        if constexpr (!elementwise_activation<F>) f.forward(logits, p, last.units);
      });
      float loss;
      if (fused) {
        loss = loss_of_logits(logits, label, last.units, smoothing);
        gradient_by_logits(p, d, label, last.units, smoothing, scale);
      } else {
        loss = loss_of_probabilities(p, label, last.units, smoothing);
        gradient_by_probabilities(p, d, label, last.units, smoothing, scale);
        visit_activation(last.activate, [&]<class F>(const F& f) {
          if constexpr (elementwise_activation<F>) {
            for (std::int64_t j = 0; j < last.units; ++j) d[j] *= f.derivative(logits[j], p[j]);
          } else {
            f.backward(p, d, last.units);
          }
        });
      }
      row_scores[r] = {static_cast<double>(loss), predicted_class(p, last.units) == label ? 1 : 0};
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
    const fused_layer& l = layer[index];
    const float* x = y + layer[index - 1].place;
    float* to = partials + block.index() * tail_size - tail;
    block.each([&](int t) {
      for (std::int64_t i = t; i < (l.inputs + 1) * l.units; i += threads) {
        const std::int64_t k = i / l.units;
        const std::int64_t unit = i % l.units;
        float sum = 0;
        for (int r = 0; r < rows; ++r) {
          const float d = delta[r * row_floats + l.place + unit];
          sum += k < l.inputs ? x[r * row_floats + k] * d : d;
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
    const fused_layer& l = layer[index];
    const fused_layer& below = layer[index - 1];
    block.each([&](int t) {
      for (std::int64_t i = t; i < rows * l.inputs; i += threads) {
        const std::int64_t k = i % l.inputs;
        const std::int64_t row = i / l.inputs * row_floats;
        const float* w = parameters + l.kernel + k * l.units;
        float sum = 0;
        for (std::int64_t u = 0; u < l.units; ++u) sum += delta[row + l.place + u] * w[u];
        const bool kept = below.mask.keeps(step, row0 * below.units + i);
        const float x = z[row + below.place + k];
        visit_activation(below.activate, [&]<class F>(const F& f) {
          if constexpr (elementwise_activation<F>) {
            delta[row + below.place + k] =
                kept ? sum * below.mask.scale * f.derivative(x, f(x)) : 0.0F;
          }
        });
      }
    });
  }
};

}  // namespace sweepnet::cuda
