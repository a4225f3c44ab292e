// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// K2 of the fused path: all layers behind the first, forward, loss and backward, in shared memory.
//
// A block takes one row through the whole tail, and leaves every layer's output and dL/dz, of which
// the update kernel makes the gradients.

#include <cstddef>
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
  std::int64_t place = 0;  ///< of its units among a row's values, aligned to 16 bytes
};

/// All dense layers of a network, the first and the tail behind it.
struct fused_layers {
  static constexpr int most = 10;

  fused_layer layer[most];
  int count = 0;
  std::int64_t row_floats = 0;  ///< of a row's values: units of all layers, padded
  std::int64_t tail_size = 0;   ///< parameters behind the first layer's

  [[nodiscard]] SWEEPNET_HOST_DEVICE const fused_layer& operator[](int l) const { return layer[l]; }
};

/// What became of a row, or of many.
struct block_score {
  double loss = 0;
  std::int64_t correct = 0;
};

struct tail_kernel {
  static constexpr int threads = 512;
  static constexpr int most_slices = 16;  ///< of a dot product in the forward pass
  /// Threads that share a dot product in the backward pass: next to each other, they read whole
  /// sectors of a row of weights.
  static constexpr int neighbours = 8;

  step_cursor* cursor;
  const std::uint32_t* order;
  const std::int32_t* labels;
  std::int64_t batch;
  fused_layers layers;
  categorical_row<float> loss;
  const float* parameters;
  const float* weighted;  // (batch x row_floats): z of layer 0, from K1
  float* output;          // (batch x row_floats): y of layer 0, from K1, and of those behind it
  float* delta;           // (batch x row_floats): dL/dz of each layer
  block_score* scores;    // (batch)

  /// What a block needs: a row's z, y and dL/dz, and the parts of the dot products.
  [[nodiscard]] static std::size_t shared_bytes(const fused_layers& layers) {
    std::int64_t parts = 0;
    for (int l = 1; l < layers.count; ++l) {
      const std::int64_t forward = slices_of(layers[l]) * layers[l].units;
      const std::int64_t backward = (neighbours + 1) * layers[l].inputs;
      const std::int64_t needed = forward > backward ? forward : backward;
      parts = needed > parts ? needed : parts;
    }
    return sizeof(float) * static_cast<std::size_t>(3 * layers.row_floats + parts);
  }
  [[nodiscard]] launch_shape shape() const {
    return {.blocks = batch, .shared_bytes = shared_bytes(layers)};
  }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const step_position at = cursor->pending;
    const std::int64_t row = block.index();
    if (row >= at.rows(batch)) return;
    const row_values here(block.template shared<float>(), layers.row_floats);
    typename Block::template local<std::int32_t> label;
    block.each([&](int t) {
      if (t == 0 && row == 0) cursor->current = at;
      label[t] = labels[order[at.first + row]];
      const int units = static_cast<int>(layers[0].units);
      for (int i = t; i < units; i += threads) {
        here.z[i] = weighted[row * layers.row_floats + i];
        here.y[i] = output[row * layers.row_floats + i];
      }
    });
    for (int l = 1; l < layers.count; ++l) forward(block, l, at.step, row, here);
    score(block, label, 1.0F / static_cast<float>(at.rows(batch)), row, here);
    for (int l = layers.count - 1; l > 0; --l) input_gradient(block, l, at.step, row, here);
    hand_on(block, row, here);
  }

 private:
  /// One row of all layers, in shared memory.
  struct row_values {
    float* z;
    float* y;
    float* delta;
    float* parts;
    SWEEPNET_HOST_DEVICE row_values(float* memory, std::int64_t row_floats)
        : z(memory), y(z + row_floats), delta(y + row_floats), parts(delta + row_floats) {}
  };

  /// As many as occupy the threads, each at least 8 long.
  SWEEPNET_HOST_DEVICE static int slices_of(const fused_layer& l) {
    int slices = 1;
    while (slices < most_slices && 2 * slices * l.units <= threads && l.inputs > 8 * slices) {
      slices *= 2;
    }
    return slices;
  }

  /// sum of x[k] w[k stride] over k = first, first + step, ... below count, in that order. So many
  /// weights are loaded before they are used, that they wait for memory together.
  template <int Together>
  SWEEPNET_HOST_DEVICE static float dot(const float* x, const float* w, int stride, int first,
                                        int step, int count) {
    const int jump = step * stride;
    float sum = 0;
    for (int k = first; k < count; k += Together * step) {
      const float* here = x + k;
      const float* next = w + k * stride;
      float weight[std::size_t{Together}];
      if (k + (Together - 1) * step < count) {
        for (int n = 0; n < Together; ++n) weight[n] = next[n * jump];
        for (int n = 0; n < Together; ++n) sum += here[n * step] * weight[n];
        continue;
      }
      const int left = (count - k + step - 1) / step;
      for (int n = 0; n < Together; ++n) weight[n] = n < left ? next[n * jump] : 0.0F;
      for (int n = 0; n < Together; ++n) {
        if (n < left) sum += here[n * step] * weight[n];
      }
    }
    return sum;
  }

  /// z = x W + b; y = dropout(f(z)), but for a last layer whose f needs whole rows.
  template <class Block>
  SWEEPNET_HOST_DEVICE void forward(Block& block, int index, std::uint64_t step, std::int64_t row,
                                    const row_values& here) const {
    const fused_layer& l = layers[index];
    const int inputs = static_cast<int>(l.inputs);
    const int units = static_cast<int>(l.units);
    const int slices = slices_of(l);
    block.each([&](int t) {
      const float* x = here.y + layers[index - 1].place;
      const float* w = parameters + l.kernel;
      for (int i = t; i < slices * units; i += threads) {
        here.parts[i] = dot<8>(x, w + i % units, units, i / units, slices, inputs);
      }
    });
    block.each([&](int t) {
      const float* bias = parameters + l.bias;
      float* z = here.z + l.place;
      float* y = here.y + l.place;
      for (int i = t; i < units; i += threads) {
        float sum = 0;
        for (int s = 0; s < slices; ++s) sum += here.parts[s * units + i];
        z[i] = sum + bias[i];
      }
      visit_activation(l.activate, [&]<class F>(const F& f) {
        if constexpr (elementwise_activation<F>) {
          for (int i = t; i < units; i += threads) y[i] = value_of(f, z[i]);
        }
      });
      if (!l.mask.active) return;
      for (int i = t; i < units; i += threads) {
        y[i] = l.mask.keeps(step, row * units + i) ? y[i] * l.mask.scale : 0.0F;
      }
    });
  }

  /// Loss and accuracy of the row; delta = dL/dz of the last layer. Loss, gradient and class take a
  /// warp each.
  template <class Block, class Label>
  SWEEPNET_HOST_DEVICE void score(Block& block, Label& label, float scale, std::int64_t row,
                                  const row_values& here) const {
    constexpr int warp = 32;
    const fused_layer& last = layers[layers.count - 1];
    const float* z = here.z + last.place;
    float* p = here.y + last.place;
    float* d = here.delta + last.place;
    block.each([&](int t) {
      if (t != 0) return;
      visit_activation(last.activate, [&]<class F>(const F& f) {
        if constexpr (!elementwise_activation<F>) f.forward(z, p, last.units);
      });
    });
    block.each([&](int t) {
      if (t % warp != 0 || t / warp > 2) return;
      if (t == 0) {
        scores[row].loss = static_cast<double>(loss(z, p, {.label = label[t]}));
      } else if (t == warp) {
        loss.gradient(p, d, {.label = label[t]}, scale);
        if (loss.by_logits) return;
        visit_activation(last.activate,
                         [&](const auto& f) { backward_row(f, z, p, d, last.units); });
      } else {
        scores[row].correct = loss.is_right(p, {.label = label[t]}) ? 1 : 0;
      }
    });
  }

  /// dL/dz of the layer below: (delta W^T) through its dropout and activation.
  template <class Block>
  SWEEPNET_HOST_DEVICE void input_gradient(Block& block, int index, std::uint64_t step,
                                           std::int64_t row, const row_values& here) const {
    const fused_layer& l = layers[index];
    const fused_layer& below = layers[index - 1];
    const int inputs = static_cast<int>(l.inputs);
    const int units = static_cast<int>(l.units);
    constexpr int pitch = neighbours + 1;  // against bank conflicts
    block.each([&](int t) {
      const float* above = here.delta + l.place;
      const float* w = parameters + l.kernel;
      for (int i = t; i < neighbours * inputs; i += threads) {
        const int k = i / neighbours;
        const int first = i % neighbours;
        here.parts[k * pitch + first] = dot<4>(above, w + k * units, 1, first, neighbours, units);
      }
    });
    block.each([&](int t) {
      const float* z = here.z + below.place;
      float* d = here.delta + below.place;
      visit_activation(below.activate, [&]<class F>(const F& f) {
        if constexpr (elementwise_activation<F>) {
          for (int i = t; i < inputs; i += threads)
            d[i] = derivative_of(f, z[i], value_of(f, z[i]));
        }
      });
      for (int i = t; i < inputs; i += threads) {
        float sum = 0;
        for (int n = 0; n < neighbours; ++n) sum += here.parts[i * pitch + n];
        const bool kept = below.mask.keeps(step, row * inputs + i);
        d[i] = kept ? sum * below.mask.scale * d[i] : 0.0F;
      }
    });
  }

  /// What the update kernel reads.
  template <class Block>
  SWEEPNET_HOST_DEVICE void hand_on(Block& block, std::int64_t row, const row_values& here) const {
    block.each([&](int t) {
      for (int l = 0; l < layers.count; ++l) {
        const int begin = static_cast<int>(layers[l].place);
        const int end = begin + static_cast<int>(layers[l].units);
        const bool is_read = 0 < l && l + 1 < layers.count;  // the first layer's output is there
        for (int i = begin + t; i < end; i += threads) {
          delta[row * layers.row_floats + i] = here.delta[i];
          if (is_read) output[row * layers.row_floats + i] = here.y[i];
        }
      }
    });
  }
};

}  // namespace sweepnet::cuda
