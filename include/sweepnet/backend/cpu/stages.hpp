// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network as the CPU runs it: dense layers, each with the dropout that follows it.

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/kernel_arguments.hpp"
#include "sweepnet/backend/cpu/panels.hpp"
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
      a.kind);
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
      a.kind);
}

struct stage {
  dense layer{};
  packed_slot weights;
  dropout_group dropout{};  ///< between this layer and the next

  [[nodiscard]] std::int64_t inputs() const { return weights.kernel.rows; }
  [[nodiscard]] std::int64_t units() const { return weights.kernel.columns; }
  [[nodiscard]] bool is_elementwise() const {
    return std::visit([]<class F>(const F&) { return elementwise_activation<F>; },
                      layer.activate.kind);
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
        stages.push_back({.layer = *d, .weights = layout.slots[stages.size()]});
      } else if (const double rate = std::get<sweepnet::dropout>(model.layers[i]).rate; rate > 0) {
        dropout_group& group = stages.empty() ? input_dropout : stages.back().dropout;
        group.members.push_back({static_cast<std::uint32_t>(i), rate});
      }
    }
  }

  /// Whether the loss is taken from the last layer's logits.
  [[nodiscard]] bool is_fused() const {
    return loss.path == loss_path::fused && stages.back().layer.activate.is<activations::softmax>();
  }
};

/// Rows, panels or inputs [first, last).
struct index_range {
  std::int64_t first;
  std::int64_t last;
};

/// What part `part` of `parts` gets of [0, count).
[[nodiscard]] inline index_range share_of(std::int64_t count, std::int64_t part,
                                          std::int64_t parts) {
  return {part * count / parts, (part + 1) * count / parts};
}

/// How many of the first stages have their panels shared out among the threads, so that a thread
/// reads and updates only weights of its own: they stay in its cache. All other stages share out
/// the rows of the batch, which every thread takes through all weights.
[[nodiscard]] inline std::size_t stages_by_panels(const staged_network& network, int threads) {
  constexpr std::int64_t worth_a_barrier = 65536;  // weights
  std::size_t count = 0;
  for (const stage& s : network.stages) {
    const bool even = threads > 1 && s.weights.kernel.panels() % threads == 0;
    if (!even || !s.is_elementwise() || s.weights.kernel.size() < worth_a_barrier) break;
    if (&s == &network.stages.back()) break;  // its function takes whole rows
    ++count;
  }
  return count;
}

}  // namespace sweepnet
