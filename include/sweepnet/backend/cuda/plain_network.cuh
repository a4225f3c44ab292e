// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One network on the GPU by cuBLASLt, cuDNN and small kernels: every layer, activation and loss,
// for training and for evaluation.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/backend/cuda/cublaslt.cuh"
#include "sweepnet/backend/cuda/cudnn.cuh"
#include "sweepnet/backend/cuda/kernels/plain.hpp"
#include "sweepnet/backend/cuda/operations.cuh"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/core/digest.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet::cuda {

/// The libraries, and the stream that their work goes to.
struct libraries {
  stream on;
  cublaslt_handle products;
  cudnn_handle activations{on};
};

class plain_network {
 public:
  enum class purpose { training, evaluation };

  /// Buffers for batches of up to `capacity` rows. `with` and `parameters`, in device memory, must
  /// outlive the network, and it the operations that it adds.
  plain_network(const libraries& with, const model_spec& model,
                const categorical_crossentropy& loss, const float* parameters,
                std::int64_t capacity, std::uint64_t seed, precision p, purpose use)
      : with_(&with),
        parameters_(parameters),
        loss_(loss, std::get<dense>(model.layers.back()).activate, model.outputs()),
        capacity_(capacity),
        is_training_(use == purpose::training),
        x_(size_of(model.inputs)),
        losses_(size_of(1)),
        right_(size_of(1)) {
    const parameter_layout layout(model);
    std::int64_t widest = 0;
    auto weights = layout.weights.begin();
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      const std::int64_t width = model.width_after(i + 1);
      widest = std::max(widest, width);
      if (const auto* d = std::get_if<dense>(&model.layers[i])) {
        stages_.push_back(dense_stage(*d, *weights++, p, i == 0));
      } else if (const double rate = std::get<dropout>(model.layers[i]).rate;
                 is_training_ && rate > 0) {
        stages_.push_back(dropout_stage{.mask = mask_of(rate, i, seed),
                                        .size = capacity * width,
                                        .output = device_memory<float>(size_of(width))});
      }
    }
    if (is_training_) {
      for (auto& delta : deltas_) delta = device_memory<float>(size_of(widest));
    }
  }

  /// Bytes of device memory that such a network takes.
  [[nodiscard]] static std::size_t bytes(const model_spec& model, std::int64_t capacity,
                                         purpose use) {
    std::int64_t widest = 0;
    std::int64_t values = model.inputs + 2;  // of a row: x, its loss, whether it is right
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      const std::int64_t width = model.width_after(i + 1);
      widest = std::max(widest, width);
      if (std::holds_alternative<dense>(model.layers[i])) {
        values += 2 * width;
      } else if (use == purpose::training && std::get<dropout>(model.layers[i]).rate > 0) {
        values += width;
      }
    }
    if (use == purpose::training) values += 2 * widest;
    return sizeof(float) * static_cast<std::size_t>(capacity * values);
  }

  /// Adds what runs a batch of rows through the network and scores them; while training also begins
  /// the backward pass.
  void add_forward(operations& to, const pass_rows& rows, const feature_rows& features,
                   const std::int32_t* labels) const {
    to.add(gather_kernel{rows, features, capacity_, x_.get()});
    const float* x = x_.get();
    const float* logits = nullptr;
    for (const stage& each : stages_) {
      if (const auto* d = std::get_if<dense_layer>(&each)) {
        add_product(to, d->forward, x, parameters_ + d->weights.kernel, d->weighted.get());
        logits = d->weighted.get();
        x = d->output.get();
        if (d->softmax) {
          to.add(library_call(
              [d](const stream&) { d->softmax->forward(d->weighted.get(), d->output.get()); }));
        } else {
          to.add(activate_kernel{rows, d->activate, capacity_, d->weights.units, logits,
                                 d->output.get()});
        }
      } else {
        const auto& drop = std::get<dropout_stage>(each);
        to.add(dropout_kernel{rows.cursor, false, drop.mask, drop.size, x, drop.output.get()});
        x = drop.output.get();
      }
    }
    to.add(score_kernel{rows, labels, capacity_, loss_, logits, x, deltas_[0].get(), losses_.get(),
                        right_.get()});
  }

  /// Adds what computes the gradients of the mean loss of the last forward pass, for every
  /// parameter, without penalties.
  void add_backward(operations& to, const step_cursor* cursor, float* gradients) const {
    float* delta = deltas_[0].get();  // dL/d(a layer's output), then dL/d(its weighted input)
    float* next = deltas_[1].get();
    for (std::size_t i = stages_.size(); i-- > 0;) {
      if (const auto* drop = std::get_if<dropout_stage>(&stages_[i])) {
        to.add(dropout_kernel{cursor, true, drop->mask, drop->size, delta, delta});
        continue;
      }
      const auto& d = std::get<dense_layer>(stages_[i]);
      if (i + 1 < stages_.size() || !loss_.by_logits) {
        if (d.softmax) {
          to.add(library_call([softmax = &*d.softmax, y = d.output.get(), delta](const stream&) {
            softmax->backward(y, delta);
          }));
        } else {
          to.add(differentiate_kernel{cursor, d.activate, capacity_, d.weights.units,
                                      d.weighted.get(), d.output.get(), delta});
        }
      }
      // dL/dW = x^T delta; rows beyond the step's are 0 in delta
      add_product(to, *d.weight_gradient, input_of(i), delta, gradients + d.weights.kernel);
      to.add(column_sum_kernel{capacity_, d.weights.units, delta, gradients + d.weights.bias});
      if (!d.input_gradient) return;  // nothing left to train below
      // dL/dx = delta W^T
      add_product(to, *d.input_gradient, delta, parameters_ + d.weights.kernel, next);
      std::swap(delta, next);
    }
  }

  [[nodiscard]] const float* losses() const { return losses_.get(); }
  [[nodiscard]] const std::int32_t* right() const { return right_.get(); }
  [[nodiscard]] std::int64_t capacity() const { return capacity_; }

  /// Tells the algorithms of all products from others.
  [[nodiscard]] std::string algorithms() const {
    digest all;
    for (const stage& each : stages_) {
      const auto* d = std::get_if<dense_layer>(&each);
      if (d == nullptr) continue;
      all.add(d->forward.algorithm());
      for (const auto* gradient : {&d->weight_gradient, &d->input_gradient}) {
        if (*gradient) all.add((*gradient)->algorithm());
      }
    }
    return all.text().substr(0, 16);
  }

 private:
  struct dense_layer {
    dense_weights weights;
    activation_argument activate;
    matrix_product forward;
    std::optional<matrix_product> weight_gradient;
    std::optional<matrix_product> input_gradient;
    std::optional<cudnn_softmax> softmax;  ///< none: an elementwise activation
    device_memory<float> weighted;         // z = x W + b (capacity x units)
    device_memory<float> output;           // f(z)
  };
  struct dropout_stage {
    dropout_mask mask;
    std::int64_t size;
    device_memory<float> output;
  };
  using stage = std::variant<dense_layer, dropout_stage>;

  static void add_product(operations& to, const matrix_product& product, const float* a,
                          const float* b, float* c) {
    to.add(
        library_call([product = &product, a, b, c](const stream& on) { (*product)(a, b, c, on); }));
  }

  [[nodiscard]] std::size_t size_of(std::int64_t width) const {
    return static_cast<std::size_t>(capacity_ * width);
  }

  [[nodiscard]] stage dense_stage(const dense& d, const dense_weights& s, precision p,
                                  bool first) const {
    const cublaslt_handle& products = with_->products;
    dense_layer layer{
        .weights = s,
        .activate = argument_of(d.activate),
        .forward = matrix_product(products,
                                  {.rows = capacity_,
                                   .inner = s.inputs,
                                   .columns = s.units,
                                   .bias = parameters_ + s.bias},
                                  p),
        .weight_gradient = {},
        .input_gradient = {},
        .softmax = cudnn_softmax::find(with_->activations, d.activate, capacity_, s.units),
        .weighted = device_memory<float>(size_of(s.units)),
        .output = device_memory<float>(size_of(s.units))};
    if (is_training_) {
      layer.weight_gradient.emplace(
          products,
          product_shape{
              .rows = s.inputs, .inner = capacity_, .columns = s.units, .a_transposed = true},
          p);
    }
    if (is_training_ && !first) {
      layer.input_gradient.emplace(
          products,
          product_shape{
              .rows = capacity_, .inner = s.units, .columns = s.inputs, .b_transposed = true},
          p);
    }
    return layer;
  }

  [[nodiscard]] const float* input_of(std::size_t i) const {
    if (i == 0) return x_.get();
    return std::visit([](const auto& before) -> const float* { return before.output.get(); },
                      stages_[i - 1]);
  }

  const libraries* with_;
  const float* parameters_;
  categorical_row<float> loss_;
  std::int64_t capacity_;
  bool is_training_;
  std::vector<stage> stages_;
  device_memory<float> x_;  // (capacity x inputs)
  device_memory<float> losses_;
  device_memory<std::int32_t> right_;
  device_memory<float> deltas_[2];  // (capacity x widest layer)
};

}  // namespace sweepnet::cuda
