// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One training step on the plain path: forward, backward, penalties, clipping, update. It serves
// every network, and the fused path is tested against it.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/backend/cuda/kernels/plain.hpp"
#include "sweepnet/backend/cuda/launch.cuh"
#include "sweepnet/backend/cuda/plain_network.cuh"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::cuda {

/// The kernels with a penalty.
[[nodiscard]] inline std::vector<parameter_part> penalized_parts(const model_spec& model) {
  std::vector<parameter_part> parts;
  for (const dense_weights& weights : parameter_layout(model).weights) {
    const dense& d = std::get<dense>(model.layers[weights.layer]);
    if (d.l1 != 0 || d.l2 != 0) parts.push_back({weights.kernel, weights.bias, d.l1, d.l2});
  }
  return parts;
}

/// What the optimizer clips by norm, each part as one: all parameters, each tensor, or nothing.
[[nodiscard]] inline std::vector<parameter_part> clipped_parts(const optimizer& o,
                                                               const parameter_layout& layout) {
  const bool global = o.is_keras2() ? o.clipnorm.has_value() : o.global_clipnorm.has_value();
  std::vector<parameter_part> parts;
  if (global) {
    parts.push_back({.begin = 0, .end = layout.size});
  } else if (o.clipnorm) {
    for (const dense_weights& weights : layout.weights) {
      parts.push_back({.begin = weights.kernel, .end = weights.bias});
      parts.push_back({.begin = weights.bias, .end = weights.end()});
    }
  }
  return parts;
}

class plain_step {
 public:
  plain_step(const libraries& with, const model_spec& model, const training_options& options,
             std::int64_t batch, const training_memory& memory, precision p)
      : with_(&with),
        memory_(memory),
        network_(with, model, options.loss, memory.parameters, batch, options.seed, p,
                 plain_network::purpose::training),
        gradients_(static_cast<std::size_t>(parameter_layout(model).size)),
        penalized_(std::span<const parameter_part>(penalized_parts(model)), with.on),
        penalties_(penalized_.size()),
        clipped_(std::span<const parameter_part>(
                     clipped_parts(options.optimizer, parameter_layout(model))),
                 with.on),
        factors_(clipped_.size()),
        rule_(argument_of(options.optimizer.rule)),
        clip_norm_(
            options.optimizer.clipnorm.value_or(options.optimizer.global_clipnorm.value_or(0))),
        clip_value_(static_cast<float>(
            options.optimizer.clipvalue.value_or(std::numeric_limits<double>::infinity()))) {}

  /// Puts one step on the stream.
  void enqueue() const {
    const stream& on = with_->on;
    const auto count = [](const auto& values) { return static_cast<std::int64_t>(values.size()); };
    network_.forward({memory_.cursor, memory_.order, 0, network_.capacity()}, memory_.features,
                     memory_.labels);
    network_.backward(memory_.cursor, gradients_.get());
    launch(penalty_kernel{penalized_.get(), count(penalized_), memory_.parameters, gradients_.get(),
                          penalties_.get()},
           on);
    launch(clip_norm_kernel{clipped_.get(), count(clipped_), gradients_.get(), clip_norm_,
                            factors_.get()},
           on);
    launch(update_kernel{.cursor = memory_.cursor,
                         .steps = memory_.steps,
                         .batch = network_.capacity(),
                         .gradients = gradients_.get(),
                         .parts = clipped_.get(),
                         .part_count = count(clipped_),
                         .factors = factors_.get(),
                         .clip_value = clip_value_,
                         .update = {.rule = rule_,
                                    .weights = memory_.parameters,
                                    .slots = memory_.slots,
                                    .size = count(gradients_)},
                         .losses = network_.losses(),
                         .right = network_.right(),
                         .penalties = penalties_.get(),
                         .penalty_count = count(penalties_)},
           on);
  }

  [[nodiscard]] const plain_network& network() const { return network_; }

  /// Of the last step taken, clipped, in the layout of the parameters.
  [[nodiscard]] const device_memory<float>& gradients() const { return gradients_; }

 private:
  const libraries* with_;
  training_memory memory_;
  plain_network network_;
  device_memory<float> gradients_;
  device_memory<parameter_part> penalized_;
  device_memory<double> penalties_;
  device_memory<parameter_part> clipped_;
  device_memory<float> factors_;
  rule_argument rule_;
  double clip_norm_;
  float clip_value_;
};

}  // namespace sweepnet::cuda
