// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One training step on the fused path: which networks can take it, and its three kernels.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/kernels/cursor.hpp"
#include "sweepnet/backend/cuda/kernels/first_layer.hpp"
#include "sweepnet/backend/cuda/kernels/fused_update.hpp"
#include "sweepnet/backend/cuda/kernels/tail.hpp"
#include "sweepnet/network/clipping.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/network/penalty.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::cuda {

/// What both paths train on, in device memory.
struct training_memory {
  step_cursor* cursor;
  const optimizer_step* steps;
  const std::uint32_t* order;
  feature_rows features;
  const std::int32_t* labels;
  float* parameters;
  float* slots;
};

/// How the fused path runs one network: in sizes, before there is memory for it.
struct fused_plan {
  std::int64_t batch = 0;
  fused_layers layers;

  /// Values of one kind that the kernels hand on to each other.
  [[nodiscard]] std::size_t activations() const {
    return static_cast<std::size_t>(batch * layers.row_floats);
  }
  /// Of all that they hand on.
  [[nodiscard]] std::size_t bytes() const {
    return sizeof(float) * 3 * activations() +
           sizeof(block_score) * static_cast<std::size_t>(batch);
  }
};

/// Memory for them.
struct handed_on {
  float* weighted;      // z of the first layer, fused_plan::activations()
  float* output;        // y of all layers but the last, as many
  float* delta;         // dL/dz of all layers, as many
  block_score* scores;  // (batch)
};

/// The kernels, in their order.
struct fused_step {
  first_layer_kernel first;
  tail_kernel tail;
  fused_update_kernel update;
};

namespace detail {

/// Two to ten dense layers, each hidden one elementwise and with at most one dropout behind it,
/// without penalties; nothing for any other network.
[[nodiscard]] inline std::optional<fused_layers> fused_layers_of(const model_spec& model,
                                                                 std::uint64_t seed) {
  const parameter_layout layout(model);
  const std::size_t dense_count = layout.weights.size();
  if (dense_count < 2 || dense_count > fused_layers::most) return std::nullopt;
  fused_layers all{.layer = {},
                   .count = 0,
                   .row_floats = 0,
                   .tail_size = layout.size - layout.weights[1].kernel};
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    if (const auto* d = std::get_if<dense>(&model.layers[i])) {
      const bool is_last = static_cast<std::size_t>(all.count) + 1 == dense_count;
      if (!penalty_of(*d).is_zero()) return std::nullopt;
      if (!is_last && !d->activate.is_elementwise()) return std::nullopt;
      const dense_weights& w = layout.weights[static_cast<std::size_t>(all.count)];
      all.layer[all.count++] = {.inputs = w.inputs,
                                .units = w.units,
                                .kernel = w.kernel,
                                .bias = w.bias,
                                .activate = argument_of(d->activate),
                                .mask = {},
                                .place = all.row_floats};
      all.row_floats += parts_of(w.units, 4) * 4;
    } else if (all.count == 0 || all.layer[all.count - 1].mask.active) {
      return std::nullopt;
    } else {
      all.layer[all.count - 1].mask = mask_of(std::get<dropout>(model.layers[i]).rate, i, seed);
    }
  }
  return all;
}

}  // namespace detail

/// A plan for a network that fused_layers_of() takes, without clipping, a row of which fits
/// `shared_bytes`, those of a block. Nothing for any other.
[[nodiscard]] inline std::optional<fused_plan> plan_fused_step(const model_spec& model,
                                                               const training_options& options,
                                                               std::int64_t batch,
                                                               std::size_t shared_bytes) {
  if (clips_by_norm(options.optimizer) || options.optimizer.clipvalue) return std::nullopt;
  const std::optional<fused_layers> layers = detail::fused_layers_of(model, options.seed);
  if (!layers || tail_kernel::shared_bytes(*layers) > shared_bytes) return std::nullopt;
  return fused_plan{.batch = batch, .layers = *layers};
}

/// The step of a plan. `model` and `options` are those that it was made for.
[[nodiscard]] inline fused_step make_fused_step(const fused_plan& plan, const model_spec& model,
                                                const training_options& options,
                                                const training_memory& memory,
                                                const handed_on& values) {
  const fused_layer& first = plan.layers[0];
  const dense& last = std::get<dense>(model.layers.back());
  return {.first = {.cursor = memory.cursor,
                    .order = memory.order,
                    .features = memory.features,
                    .batch = plan.batch,
                    .units = first.units,
                    .kernel = memory.parameters + first.kernel,
                    .bias = memory.parameters + first.bias,
                    .activate = first.activate,
                    .mask = first.mask,
                    .pitch = plan.layers.row_floats,
                    .weighted = values.weighted,
                    .output = values.output},
          .tail = {.cursor = memory.cursor,
                   .order = memory.order,
                   .labels = memory.labels,
                   .batch = plan.batch,
                   .layers = plan.layers,
                   .loss = {argument_of(options.loss), last.activate, last.units},
                   .parameters = memory.parameters,
                   .weighted = values.weighted,
                   .output = values.output,
                   .delta = values.delta,
                   .scores = values.scores},
          .update = {.cursor = memory.cursor,
                     .steps = memory.steps,
                     .order = memory.order,
                     .features = memory.features,
                     .batch = plan.batch,
                     .layers = plan.layers,
                     .output = values.output,
                     .delta = values.delta,
                     .scores = values.scores,
                     .update = {.rule = argument_of(options.optimizer.rule),
                                .weights = memory.parameters,
                                .slots = memory.slots,
                                .size = parameter_layout(model).size}}};
}

}  // namespace sweepnet::cuda
