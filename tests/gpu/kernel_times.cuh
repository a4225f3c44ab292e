// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long each kernel and library call of a training step takes alone, by CUDA's events. It is
// launched again and again in one graph, so that what it reads lies in the cache if it fits there.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/backend/cuda/executor.cuh"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/network/optimizer_step.hpp"

namespace testing {

struct kernel_time {
  std::string name;
  double microseconds;
};

/// Times the kernels of one network's step on both paths: those of its first layer and of its
/// outputs, and the products of all layers. Penalties, clipping and dropout are timed as if it had
/// them.
class kernel_times {
 public:
  /// `data` has at least a batch of rows.
  kernel_times(const sweepnet::model_spec& model, const sweepnet::training_options& options,
               const sweepnet::dataset& data, int launches)
      : model_(model),
        options_(options),
        launches_(launches),
        batch_(options.batch_size),
        rows_(data.train, with_.on),
        order_(std::span<const std::uint32_t>(sweepnet::shuffled_order(
                   options.seed, 1, static_cast<std::uint32_t>(data.train.rows()))),
               with_.on),
        parameters_(std::span<const float>(sweepnet::initial_parameters(model, options.seed)),
                    with_.on),
        slots_(
            filled(parameters_.size() * sweepnet::initial_slot_values(options.optimizer).size())) {
    sweepnet::step_cache cache;
    const sweepnet::optimizer_step step =
        step_of(options.optimizer, 1, options.optimizer.rate_at(0), cache);
    steps_ = sweepnet::cuda::device_memory<sweepnet::optimizer_step>(std::span(&step, 1), with_.on);
    time_fused();
    time_products();
    time_elements();
  }

  [[nodiscard]] const std::vector<kernel_time>& all() const { return all_; }

 private:
  template <class T> using memory = sweepnet::cuda::device_memory<T>;

  /// Something that is a number.
  [[nodiscard]] memory<float> filled(std::size_t size) const {
    return memory<float>(std::span<const float>(std::vector<float>(size, 0.5F)), with_.on);
  }
  [[nodiscard]] memory<float> batch_of(std::int64_t width) const {
    return filled(static_cast<std::size_t>(batch_ * width));
  }

  /// Times what `enqueue()` puts on the stream, each time at the first step of an epoch.
  template <class Enqueue> void time(const std::string& name, const Enqueue& enqueue) {
    const sweepnet::cuda::stream& on = with_.on;
    const sweepnet::cuda::step_position first{.total = rows_.rows()};
    const sweepnet::cuda::step_cursor start{.pending = first, .current = first};
    sweepnet::cuda::copy_to_device(std::span(&start, 1), cursor_, on);
    enqueue();  // outside of a capture: a library may have to load its kernel
    on.synchronize();
    const sweepnet::cuda::graph repeated(on, [&] {
      for (int i = 0; i < launches_; ++i) enqueue();
    });
    repeated.launch(on);
    const sweepnet::cuda::event before;
    const sweepnet::cuda::event after;
    before.record(on);
    repeated.launch(on);
    after.record(on);
    all_.push_back({name, after.seconds_since(before) / launches_ * 1e6});
  }
  template <class Kernel> void time_kernel(const std::string& name, const Kernel& kernel) {
    time(name, [&] { sweepnet::cuda::launch(kernel, with_.on); });
  }

  void time_fused() {
    using namespace sweepnet::cuda;
    const std::optional<fused_plan> plan =
        plan_fused_step(model_, options_, batch_, shared_bytes_per_block(0));
    if (!plan) return;
    const memory<float> weighted = filled(plan->activations());
    const memory<float> output = filled(plan->activations());
    const memory<float> delta = filled(plan->activations());
    const memory<block_score> scores(static_cast<std::size_t>(batch_));
    const fused_step step = make_fused_step(*plan, model_, options_,
                                            {.cursor = cursor_.get(),
                                             .steps = steps_.get(),
                                             .order = order_.get(),
                                             .features = rows_.features(),
                                             .labels = rows_.labels(),
                                             .parameters = parameters_.get(),
                                             .slots = slots_.get()},
                                            {.weighted = weighted.get(),
                                             .output = output.get(),
                                             .delta = delta.get(),
                                             .scores = scores.get()});
    time_kernel("fused: first layer", step.first);
    time_kernel("fused: tail", step.tail);
    time_kernel("fused: update", step.update);
  }

  void time_products() {
    using namespace sweepnet::cuda;
    for (const sweepnet::dense_weights& w : sweepnet::parameter_layout(model_).weights) {
      const memory<float> x = batch_of(w.inputs);
      const memory<float> z = batch_of(w.units);
      const memory<float> gradient = filled(static_cast<std::size_t>(w.kernel_size()));
      const float* const kernel = parameters_.get() + w.kernel;
      const std::string size = fmt::format(", {} x {}", w.inputs, w.units);
      const auto time_product = [&](const std::string& name, const product_shape& shape,
                                    const float* a, const float* b, float* c) {
        const matrix_product product(with_.products, shape, sweepnet::precision::fp32);
        time(name + size, [&] { product(a, b, c, with_.on); });
      };
      time_product("cuBLASLt: y = x W + b",
                   {.rows = batch_,
                    .inner = w.inputs,
                    .columns = w.units,
                    .bias = parameters_.get() + w.bias},
                   x.get(), kernel, z.get());
      time_product("cuBLASLt: dL/dW",
                   {.rows = w.inputs, .inner = batch_, .columns = w.units, .a_transposed = true},
                   x.get(), z.get(), gradient.get());
      if (w.kernel == 0) continue;
      time_product("cuBLASLt: dL/dx",
                   {.rows = batch_, .inner = w.units, .columns = w.inputs, .b_transposed = true},
                   z.get(), kernel, x.get());
    }
  }

  void time_elements() {
    using namespace sweepnet::cuda;
    using sweepnet::dense;
    const auto& first = std::get<dense>(model_.layers.front());
    const auto& last = std::get<dense>(model_.layers.back());
    const sweepnet::parameter_layout layout(model_);
    const std::int64_t classes = model_.outputs();
    const std::int64_t units = first.units;
    const activation_argument activate = argument_of(first.activate);
    const pass_rows pass{cursor_.get(), order_.get(), batch_};

    const memory<float> x = batch_of(model_.inputs);
    const memory<float> z = batch_of(units);
    const memory<float> y = batch_of(units);
    const memory<float> delta = batch_of(units);
    const memory<float> logits = batch_of(classes);
    const memory<float> outputs = batch_of(classes);
    const memory<float> output_delta = batch_of(classes);
    const memory<float> gradients = filled(parameters_.size());
    const memory<float> losses = batch_of(1);
    const memory<std::int32_t> right(static_cast<std::size_t>(batch_));
    time_kernel("gather", gather_kernel{pass, rows_.features(), batch_, x.get()});
    time_kernel("activate", activate_kernel{pass, activate, batch_, units, z.get(), y.get()});
    time_kernel("dropout", dropout_kernel{cursor_.get(), false, mask_of(0.5, 1, options_.seed),
                                          batch_ * units, z.get(), y.get()});
    if (const auto softmax =
            cudnn_softmax::find(with_.activations, last.activate, batch_, classes)) {
      time("cuDNN: softmax", [&] { softmax->forward(logits.get(), outputs.get()); });
      time("cuDNN: softmax's derivative",
           [&] { softmax->backward(outputs.get(), output_delta.get()); });
    }
    time_kernel("score", score_kernel{pass, rows_.labels(), batch_,
                                      sweepnet::categorical_row<float>(argument_of(options_.loss),
                                                                       last.activate, classes),
                                      logits.get(), outputs.get(), output_delta.get(), losses.get(),
                                      right.get()});
    time_kernel("derivative", differentiate_kernel{cursor_.get(), activate, batch_, units, z.get(),
                                                   y.get(), delta.get()});
    time_kernel("sums of columns", column_sum_kernel{batch_, units, delta.get(), gradients.get()});

    const penalized_kernel penalized{
        {.begin = layout.weights.front().kernel, .end = layout.weights.front().bias},
        penalty_of(dense{.units = units, .l2 = 1e-4})};
    const memory<penalized_kernel> kernels(std::span(&penalized, 1), with_.on);
    const memory<double> penalties(1);
    time_kernel("penalty", penalty_kernel{kernels.get(), 1, parameters_.get(), gradients.get(),
                                          penalties.get()});
    const sweepnet::tensor_range everything{.begin = 0, .end = layout.size};
    const memory<sweepnet::tensor_range> parts(std::span(&everything, 1), with_.on);
    const memory<float> factors = filled(1);
    time_kernel("norm", clip_norm_kernel{parts.get(), 1, gradients.get(), 1.0, factors.get()});
    time_kernel("update", update_kernel{.cursor = cursor_.get(),
                                        .steps = steps_.get(),
                                        .batch = batch_,
                                        .gradients = gradients.get(),
                                        .parts = parts.get(),
                                        .part_count = 1,
                                        .factors = factors.get(),
                                        .clip_value = 1.0F,
                                        .update = {.rule = argument_of(options_.optimizer.rule),
                                                   .weights = parameters_.get(),
                                                   .slots = slots_.get(),
                                                   .size = layout.size},
                                        .losses = losses.get(),
                                        .right = right.get(),
                                        .penalties = penalties.get(),
                                        .penalty_count = 1});
    const feature_rows rows = rows_.features();
    time_kernel("evaluation: first layer",
                evaluated_layer_kernel{cursor_.get(), rows, true, batch_, units, parameters_.get(),
                                       parameters_.get() + layout.weights.front().bias, activate,
                                       nullptr, y.get()});
    if (const activation_argument f = argument_of(last.activate); needs_whole_rows(f)) {
      time_kernel("evaluation: outputs",
                  whole_row_kernel{cursor_.get(), f, batch_, classes, logits.get(), outputs.get()});
    }
    time_kernel("evaluation: total",
                total_kernel{cursor_.get(), batch_, losses.get(), right.get()});
  }

  sweepnet::model_spec model_;
  sweepnet::training_options options_;
  int launches_;
  std::int64_t batch_;
  sweepnet::cuda::libraries with_;
  sweepnet::cuda::device_rows rows_;
  memory<sweepnet::cuda::step_cursor> cursor_{1};
  memory<sweepnet::optimizer_step> steps_;
  memory<std::uint32_t> order_;
  memory<float> parameters_;
  memory<float> slots_;
  std::vector<kernel_time> all_;
};

}  // namespace testing
