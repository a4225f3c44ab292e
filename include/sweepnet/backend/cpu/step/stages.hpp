// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network as the CPU runs it: dense layers, each with the dropout that follows it.

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/penalty.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::cpu {

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

struct stage {
  dense layer{};
  packed_weights weights;
  dropout_group dropout{};  ///< between this layer and the next

  [[nodiscard]] std::int64_t inputs() const { return weights.kernel.rows; }
  [[nodiscard]] std::int64_t units() const { return weights.kernel.columns; }
  [[nodiscard]] bool is_elementwise() const { return layer.activate.is_elementwise(); }
  /// The shape of W^T, in panels of its own.
  [[nodiscard]] panel_shape transposed() const { return {units(), inputs()}; }
};

struct staged_network {
  packed_layout layout;
  dropout_group input_dropout{};
  std::vector<stage> stages{};
  loss_function loss{};

  staged_network(const model_spec& model, const loss_function& loss_) : layout(model), loss(loss_) {
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      if (const auto* d = std::get_if<dense>(&model.layers[i])) {
        stages.push_back({.layer = *d, .weights = layout.weights[stages.size()]});
      } else if (const double rate = std::get<sweepnet::dropout>(model.layers[i]).rate; rate > 0) {
        dropout_group& group = stages.empty() ? input_dropout : stages.back().dropout;
        group.members.push_back({static_cast<std::uint32_t>(i), rate});
      }
    }
  }

  [[nodiscard]] any_row_loss loss_of_row() const {
    return row_loss_of(loss, stages.back().layer.activate, stages.back().units());
  }

  /// The sum of all penalties, which each row's loss contains.
  [[nodiscard]] double penalty(std::span<const float> weights) const {
    double total = 0;
    for (const stage& s : stages) {
      const weight_penalty penalty = penalty_of(s.layer);
      if (penalty.is_zero()) continue;
      for_each_run(s.weights.kernel, 0, s.weights.kernel_at,
                   [&](std::int64_t, std::int64_t at, std::int64_t count) {
                     for (std::int64_t i = at; i < at + count; ++i) {
                       total += penalty.of(weights[static_cast<std::size_t>(i)]);
                     }
                   });
    }
    return total;
  }
};

}  // namespace sweepnet::cpu
SWEEPNET_END_EXACT;
