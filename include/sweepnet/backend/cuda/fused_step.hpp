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
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::cuda {

/// What both paths train on, in device memory.
struct training_memory {
  step_cursor* cursor;
  const step_argument* steps;
  const std::uint32_t* order;
  feature_rows features;
  const std::int32_t* labels;
  float* parameters;
  float* slots;
};

/// The kernels, in their order: first, tail, update.
struct fused_step {
  first_layer_kernel first;
  tail_kernel tail;
  fused_update_kernel update;

  /// Values that the kernels hand on to each other, to be bound before the first launch.
  [[nodiscard]] std::size_t activations() const {
    return static_cast<std::size_t>(first.batch * first.units);
  }
  [[nodiscard]] std::size_t partials() const {
    return static_cast<std::size_t>(tail.blocks() * tail.tail_size);
  }
  void bind(float* weighted, float* output, float* delta, float* partials_, block_score* scores) {
    first.weighted = weighted;
    first.output = output;
    tail.first_weighted = weighted;
    tail.first_output = output;
    tail.first_delta = delta;
    tail.partials = partials_;
    tail.scores = scores;
    update.first_delta = delta;
    update.partials = partials_;
    update.scores = scores;
  }
};

namespace detail {

inline bool is_elementwise(const activation& a) {
  return std::visit([]<class F>(const F&) { return elementwise_activation<F>; }, a.function);
}

}  // namespace detail

/// The step of a network of two to ten dense layers, each hidden one elementwise and with at most
/// one dropout behind it, without penalties and clipping, whose rows fit `shared_bytes` a block.
/// Nothing for any other network.
[[nodiscard]] inline std::optional<fused_step> plan_fused_step(const model_spec& model,
                                                               const training_options& options,
                                                               std::int64_t batch,
                                                               const training_memory& memory,
                                                               std::size_t shared_bytes) {
  const optimizer& o = options.optimizer;
  if (o.clipnorm || o.clipvalue || o.global_clipnorm) return std::nullopt;
  const parameter_layout layout(model);
  if (layout.weights.size() < 2 || layout.weights.size() > tail_kernel::most_layers) {
    return std::nullopt;
  }
  fused_layer layers[tail_kernel::most_layers];
  std::size_t count = 0;
  std::int64_t row_floats = 0;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    if (const auto* d = std::get_if<dense>(&model.layers[i])) {
      const bool last = count + 1 == layout.weights.size();
      if (d->l1 != 0 || d->l2 != 0 || (!last && !detail::is_elementwise(d->activate))) {
        return std::nullopt;
      }
      const dense_weights& s = layout.weights[count];
      layers[count++] = {.inputs = s.inputs,
                         .units = s.units,
                         .kernel = s.kernel,
                         .bias = s.bias,
                         .activate = argument_of(d->activate),
                         .mask = {},
                         .place = row_floats};
      row_floats += s.units;
    } else if (count == 0 || layers[count - 1].mask.active) {
      return std::nullopt;
    } else {
      layers[count - 1].mask = mask_of(std::get<dropout>(model.layers[i]).rate, i, options.seed);
    }
  }
  const std::int64_t tail_begin = layout.weights[1].kernel;
  const std::int64_t tail_size = layout.size - tail_begin;
  const weight_update update{.rule = argument_of(o.rule),
                             .weights = memory.parameters,
                             .slots = memory.slots,
                             .size = layout.size};
  fused_step step{.first = {.cursor = memory.cursor,
                            .order = memory.order,
                            .features = memory.features,
                            .batch = batch,
                            .units = layers[0].units,
                            .kernel = memory.parameters + layers[0].kernel,
                            .bias = memory.parameters + layers[0].bias,
                            .activate = layers[0].activate,
                            .mask = layers[0].mask,
                            .weighted = nullptr,
                            .output = nullptr},
                  .tail = {.cursor = memory.cursor,
                           .order = memory.order,
                           .labels = memory.labels,
                           .batch = batch,
                           .rows_per_block = 4,
                           .layers = static_cast<int>(count),
                           .layer = {},
                           .row_floats = row_floats,
                           .path = options.loss.path,
                           .smoothing = static_cast<float>(options.loss.label_smoothing),
                           .parameters = memory.parameters,
                           .first_weighted = nullptr,
                           .first_output = nullptr,
                           .first_delta = nullptr,
                           .partials = nullptr,
                           .tail = tail_begin,
                           .tail_size = tail_size,
                           .scores = nullptr},
                  .update = {.cursor = memory.cursor,
                             .steps = memory.steps,
                             .order = memory.order,
                             .features = memory.features,
                             .batch = batch,
                             .first = layers[0],
                             .first_delta = nullptr,
                             .partials = nullptr,
                             .slices = 0,
                             .tail = tail_begin,
                             .tail_size = tail_size,
                             .scores = nullptr,
                             .update = update}};
  for (std::size_t l = 0; l < count; ++l) step.tail.layer[l] = layers[l];
  while (step.tail.shared_bytes() > shared_bytes) {
    if (step.tail.rows_per_block == 1) return std::nullopt;
    step.tail.rows_per_block /= 2;
  }
  step.update.slices = step.tail.blocks();
  return step;
}

}  // namespace sweepnet::cuda
