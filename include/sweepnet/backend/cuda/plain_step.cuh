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
#include "sweepnet/backend/cuda/operations.cuh"
#include "sweepnet/backend/cuda/plain_network.cuh"
#include "sweepnet/network/clipping.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/network/penalty.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::cuda {

/// The kernels with a penalty.
[[nodiscard]] inline std::vector<penalized_kernel> penalized_kernels(const model_spec& model) {
  std::vector<penalized_kernel> kernels;
  for (const dense_weights& w : parameter_layout(model).weights) {
    const weight_penalty penalty = penalty_of(std::get<dense>(model.layers[w.layer]));
    if (!penalty.is_zero()) kernels.push_back({{w.kernel, w.bias}, penalty});
  }
  return kernels;
}

/// What the optimizer clips by norm, each part as one: all parameters, each tensor, or nothing.
[[nodiscard]] inline std::vector<tensor_range> clipped_parts(norm_limit clip,
                                                             const parameter_layout& layout) {
  switch (clip.over) {
    case norm_limit::scope::nothing: return {};
    case norm_limit::scope::all_tensors: return {{.begin = 0, .end = layout.size}};
    case norm_limit::scope::each_tensor: return tensors_of(layout);
  }
  return {};
}

class plain_step {
 public:
  plain_step(const libraries& with, const model_spec& model, const training_options& options,
             std::int64_t batch, const training_memory& memory, precision p)
      : memory_(memory),
        network_(with, model, argument_of(options.loss), memory.parameters, batch, options.seed, p,
                 plain_network::purpose::training),
        gradients_(static_cast<std::size_t>(parameter_layout(model).size)),
        penalized_(std::span<const penalized_kernel>(penalized_kernels(model)), with.on),
        penalties_(penalized_.size()),
        clip_(norm_limit_of(options.optimizer)),
        clipped_(std::span<const tensor_range>(clipped_parts(clip_, parameter_layout(model))),
                 with.on),
        factors_(clipped_.size()),
        rule_(argument_of(options.optimizer.rule)),
        clip_value_(static_cast<float>(
            options.optimizer.clipvalue.value_or(std::numeric_limits<double>::infinity()))) {}

  /// Bytes of device memory that such a step takes.
  [[nodiscard]] static std::size_t bytes(const model_spec& model, const training_options& options,
                                         std::int64_t batch) {
    const parameter_layout layout(model);
    return plain_network::bytes(model, batch, plain_network::purpose::training) +
           sizeof(float) * static_cast<std::size_t>(layout.size) +
           (sizeof(penalized_kernel) + sizeof(double)) * penalized_kernels(model).size() +
           (sizeof(tensor_range) + sizeof(float)) *
               clipped_parts(norm_limit_of(options.optimizer), layout).size();
  }

  /// Adds one step.
  void add_to(operations& step) const {
    const auto count = [](const auto& values) { return static_cast<std::int64_t>(values.size()); };
    network_.add_forward(step, {memory_.cursor, memory_.order, network_.capacity()},
                         memory_.features, memory_.labels);
    network_.add_backward(step, memory_.cursor, gradients_.get());
    step.add(penalty_kernel{penalized_.get(), count(penalized_), memory_.parameters,
                            gradients_.get(), penalties_.get()});
    step.add(clip_norm_kernel{clipped_.get(), count(clipped_), gradients_.get(), clip_.limit,
                              factors_.get()});
    step.add(update_kernel{.cursor = memory_.cursor,
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
                           .penalty_count = count(penalties_)});
  }

  [[nodiscard]] const plain_network& network() const { return network_; }

  /// Of the last step taken, clipped, in the layout of the parameters.
  [[nodiscard]] const device_memory<float>& gradients() const { return gradients_; }

 private:
  training_memory memory_;
  plain_network network_;
  device_memory<float> gradients_;
  device_memory<penalized_kernel> penalized_;
  device_memory<double> penalties_;
  norm_limit clip_;
  device_memory<tensor_range> clipped_;
  device_memory<float> factors_;
  rule_argument rule_;
  float clip_value_;
};

}  // namespace sweepnet::cuda
