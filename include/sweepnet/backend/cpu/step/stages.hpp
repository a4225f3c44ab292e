// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network as the CPU runs it: dense layers, each with the dropout that follows it.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/model_spec.hpp"

namespace sweepnet {

/// Which dropout masks a forward pass draws.
struct dropout_draw {
  std::uint64_t seed;
  std::uint32_t step;
};

/// Dropout layers that lie next to each other: an element is kept if all of them keep it.
struct dropout_group {
  struct member {
    std::uint32_t layer;  ///< index into model_spec::layers
    double rate;
  };
  std::vector<member> members{};

  [[nodiscard]] bool empty() const { return members.empty(); }
  /// On what is kept: the product of all 1 / (1 - rate).
  [[nodiscard]] float scale() const {
    double product = 1;
    for (const member& m : members) product *= 1 / (1 - m.rate);
    return static_cast<float>(product);
  }
  [[nodiscard]] static mask_draw draw_of(const member& m, const dropout_draw& draw) {
    return {draw.seed, m.layer, draw.step, keep_threshold(m.rate)};
  }
};

/// y = f(z) for one row of n.
inline void activate_row(const activation& a, const float* z, float* y, std::int64_t n) {
  std::visit(
      [&]<class F>(const F& f) {
        if constexpr (elementwise_activation<F>) {
          for (std::int64_t j = 0; j < n; ++j) y[j] = f(z[j]);
        } else {
          f.forward(z, y, n);
        }
      },
      a.function);
}

/// dL/dz from dL/dy in place of d, for one row of n. z is not read where f takes whole rows.
inline void backward_row(const activation& a, const float* z, const float* y, float* d,
                         std::int64_t n) {
  std::visit(
      [&]<class F>(const F& f) {
        if constexpr (elementwise_activation<F>) {
          for (std::int64_t j = 0; j < n; ++j) d[j] *= f.derivative(z[j], y[j]);
        } else {
          f.backward(y, d, n);
        }
      },
      a.function);
}

struct stage {
  dense layer{};
  packed_weights weights;
  dropout_group dropout{};  ///< between this layer and the next

  [[nodiscard]] std::int64_t inputs() const { return weights.kernel.rows; }
  [[nodiscard]] std::int64_t units() const { return weights.kernel.columns; }
  [[nodiscard]] bool is_elementwise() const {
    return std::visit([]<class F>(const F&) { return elementwise_activation<F>; },
                      layer.activate.function);
  }
};

struct staged_network {
  packed_layout layout;
  dropout_group input_dropout{};
  std::vector<stage> stages{};
  categorical_crossentropy loss{};

  staged_network(const model_spec& model, const categorical_crossentropy& loss_)
      : layout(model), loss(loss_) {
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      if (const auto* d = std::get_if<dense>(&model.layers[i])) {
        stages.push_back({.layer = *d, .weights = layout.weights[stages.size()]});
      } else if (const double rate = std::get<sweepnet::dropout>(model.layers[i]).rate; rate > 0) {
        dropout_group& group = stages.empty() ? input_dropout : stages.back().dropout;
        group.members.push_back({static_cast<std::uint32_t>(i), rate});
      }
    }
  }

  /// Whether the loss is taken from the last layer's logits.
  [[nodiscard]] bool is_fused() const {
    return loss.path == loss_path::logits &&
           stages.back().layer.activate.is<activations::softmax>();
  }
};

/// How threads share out a network. The first `by_panels` stages are divided by panels: a thread
/// has the weights, outputs, masks and gradients of some units for all rows of the batch, so that
/// all of them stay in its cache. In the other stages each thread takes some rows of the batch
/// through all weights, and sums the gradients of some inputs.
struct thread_shares {
  int threads;
  std::size_t by_panels;

  thread_shares(const staged_network& network, int threads_) : threads(threads_), by_panels(0) {
    constexpr std::int64_t worth_a_barrier = 65536;  // weights
    for (const stage& s : network.stages) {
      const bool even = threads > 1 && s.weights.kernel.panels() % threads == 0;
      if (!even || !s.is_elementwise() || s.weights.kernel.size() < worth_a_barrier) break;
      if (&s == &network.stages.back()) break;  // its function takes whole rows
      ++by_panels;
    }
  }

  [[nodiscard]] bool is_by_panels(std::size_t i) const { return i < by_panels; }
  /// Panels of stage i that a thread has: all, where it has rows.
  [[nodiscard]] index_range panels(const stage& s, std::size_t i, std::int64_t thread) const {
    const std::int64_t all = s.weights.kernel.panels();
    return is_by_panels(i) ? share_of(all, thread, threads) : index_range{0, all};
  }
  /// Units of a stage by panels that a thread has.
  [[nodiscard]] static index_range units(const stage& s, index_range panels) {
    const panel_shape& kernel = s.weights.kernel;
    return {panels.first * kernel.width, std::min(panels.last * kernel.width, kernel.columns)};
  }
};

}  // namespace sweepnet
