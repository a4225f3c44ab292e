// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The plain network: forward, loss and backward for a batch of rows, one layer after the other, in
// any real type. Its gradients are checked against differences of the loss in double, and the
// backends' against it.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "reference/multiply.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/network/penalty.hpp"

namespace testing {

/// Which dropout masks a forward pass draws.
struct dropout_draw {
  std::uint64_t seed;
  std::uint32_t step;
};

template <class T> class reference_network {
 public:
  /// Sums over a batch, without penalties.
  struct batch_score {
    double loss = 0;
    std::int64_t correct = 0;
  };

  /// Buffers for batches of up to `capacity` rows.
  reference_network(const sweepnet::model_spec& model,
                    const sweepnet::categorical_crossentropy& loss, std::int64_t capacity)
      : model_(model),
        layout_(model),
        loss_(loss, std::get<sweepnet::dense>(model.layers.back()).activate, model.outputs()),
        buffers_(model.layers.size()) {
    std::int64_t widest = 0;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      const std::int64_t width = model.width_after(i + 1);
      const auto size = static_cast<std::size_t>(capacity * width);
      widest = std::max(widest, width);
      buffers_[i].output.resize(size);
      if (std::holds_alternative<sweepnet::dense>(model.layers[i])) {
        buffers_[i].weighted.resize(size);
      } else {
        buffers_[i].kept.resize(size);
      }
    }
    for (std::vector<T>& delta : deltas_) {
      delta.resize(static_cast<std::size_t>(capacity * widest));
    }
  }

  [[nodiscard]] const sweepnet::parameter_layout& layout() const { return layout_; }

  /// Runs the network on x (rows x inputs) and returns its outputs (rows x outputs), which stay
  /// valid until the next call. With `on` dropout is on. x must live until backward() is done.
  std::span<const T> forward(const T* x, std::int64_t rows, const T* parameters,
                             const std::optional<dropout_draw>& on = {}) {
    rows_ = rows;
    input_ = x;
    auto weights = layout_.weights.begin();
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      if (const auto* d = std::get_if<sweepnet::dense>(&model_.layers[i])) {
        forward_dense(*d, *weights++, parameters, x, buffers_[i]);
        x = buffers_[i].output.data();
      } else if (rate_of(i) > 0 && on) {
        forward_dropout(i, *on, x, buffers_[i]);
        x = buffers_[i].output.data();
      }
      buffers_[i].result = x;
    }
    return {x, static_cast<std::size_t>(rows * model_.outputs())};
  }

  /// Scores the last forward pass against the rows' labels.
  [[nodiscard]] batch_score score(const std::int32_t* labels) const {
    batch_score total;
    for (std::int64_t r = 0; r < rows_; ++r) {
      const T* p = outputs(r);
      total.loss += static_cast<double>(loss_(logits(r), p, {.label = labels[r]}));
      total.correct += sweepnet::predicted_class(p, loss_.classes) == labels[r] ? 1 : 0;
    }
    return total;
  }

  /// l1 sum |W| + l2 sum W^2 over all kernels.
  [[nodiscard]] double penalty(const T* parameters) const {
    double total = 0;
    for (const sweepnet::dense_weights& w : layout_.weights) {
      const sweepnet::weight_penalty penalty = penalty_of(dense_at(w.layer));
      for (std::int64_t i = w.kernel; i < w.bias; ++i) total += penalty.of(parameters[i]);
    }
    return total;
  }

  /// Gradients of the mean loss of the last forward pass, penalties included, for every parameter.
  void backward(const std::int32_t* labels, const T* parameters, T* gradients) {
    T* delta = deltas_[0].data();  // dL/d(output of layer i), then dL/d(its weighted input)
    T* next = deltas_[1].data();
    for (std::int64_t r = 0; r < rows_; ++r) {
      loss_.gradient(outputs(r), delta + r * loss_.classes, {.label = labels[r]},
                     T(1) / static_cast<T>(rows_));
    }
    std::size_t dense_layers = layout_.weights.size();
    for (std::size_t i = model_.layers.size(); i-- > 0;) {
      if (const auto* d = std::get_if<sweepnet::dense>(&model_.layers[i])) {
        const sweepnet::dense_weights& w = layout_.weights[--dense_layers];
        if (i + 1 < model_.layers.size() || !loss_.by_logits) {
          backward_activation(*d, buffers_[i], delta);
        }
        backward_dense(*d, w, i == 0 ? input_ : buffers_[i - 1].result, delta, parameters,
                       gradients);
        if (dense_layers == 0) return;  // nothing left to train below
        // dL/dx = delta W^T
        multiply_transposed_right(delta, parameters + w.kernel, next, rows_, w.units, w.inputs);
        std::swap(delta, next);
      } else if (buffers_[i].result == buffers_[i].output.data()) {  // dropout was on
        backward_dropout(i, delta);
      }
    }
  }

 private:
  struct layer_buffers {
    std::vector<T> weighted;         ///< dense: z = x W + b (rows x units)
    std::vector<T> output;           ///< (rows x width)
    std::vector<std::uint8_t> kept;  ///< dropout: 1 where kept (rows x width)
    const T* result = nullptr;       ///< this layer's output, or its input where it does nothing
  };

  [[nodiscard]] const sweepnet::dense& dense_at(std::size_t i) const {
    return std::get<sweepnet::dense>(model_.layers[i]);
  }
  [[nodiscard]] double rate_of(std::size_t i) const {
    return std::get<sweepnet::dropout>(model_.layers[i]).rate;
  }
  [[nodiscard]] const T* logits(std::int64_t r) const {
    return buffers_.back().weighted.data() + r * loss_.classes;
  }
  [[nodiscard]] const T* outputs(std::int64_t r) const {
    return buffers_.back().result + r * loss_.classes;
  }

  void forward_dense(const sweepnet::dense& d, const sweepnet::dense_weights& w,
                     const T* parameters, const T* x, layer_buffers& buffers) {
    // z = x W + b, y = f(z)
    T* z = buffers.weighted.data();
    multiply(x, parameters + w.kernel, z, rows_, w.inputs, w.units);
    for (std::int64_t r = 0; r < rows_; ++r) {
      T* row = z + r * w.units;
      for (std::int64_t j = 0; j < w.units; ++j) row[j] += parameters[w.bias + j];
      d.activate.forward(static_cast<const T*>(row), buffers.output.data() + r * w.units, w.units);
    }
  }

  void forward_dropout(std::size_t i, const dropout_draw& on, const T* x, layer_buffers& buffers) {
    const std::uint32_t threshold = sweepnet::keep_threshold(rate_of(i));
    const T scale = static_cast<T>(1 / (1 - rate_of(i)));
    const auto size = static_cast<std::uint32_t>(rows_ * model_.width_after(i));
    // The mask is numbered over the whole (rows x width) batch.
    for (std::uint32_t element = 0; element < size; ++element) {
      const auto bits = sweepnet::random_at(on.seed, sweepnet::random_stream::dropout,
                                            static_cast<std::uint32_t>(i), on.step,
                                            element / sweepnet::dropout_lanes);
      const bool keep = sweepnet::is_kept(bits, element % sweepnet::dropout_lanes, threshold);
      buffers.kept[element] = keep ? 1 : 0;
      buffers.output[element] = keep ? x[element] * scale : T(0);
    }
  }

  /// delta = dL/dz from dL/dy.
  void backward_activation(const sweepnet::dense& d, const layer_buffers& buffers, T* delta) {
    for (std::int64_t r = 0; r < rows_; ++r) {
      d.activate.backward(buffers.weighted.data() + r * d.units,
                          buffers.output.data() + r * d.units, delta + r * d.units, d.units);
    }
  }

  void backward_dense(const sweepnet::dense& d, const sweepnet::dense_weights& w, const T* x,
                      const T* delta, const T* parameters, T* gradients) {
    // dL/dW = x^T delta, and the penalty's
    multiply_transposed_left(x, delta, gradients + w.kernel, w.inputs, rows_, w.units);
    const sweepnet::weight_penalty penalty = penalty_of(d);
    for (std::int64_t i = w.kernel; i < w.bias && !penalty.is_zero(); ++i) {
      gradients[i] += penalty.gradient(parameters[i]);
    }
    // dL/db = sum of delta over the rows, in their order
    std::fill_n(gradients + w.bias, w.units, T(0));
    for (std::int64_t r = 0; r < rows_; ++r) {
      for (std::int64_t j = 0; j < w.units; ++j) gradients[w.bias + j] += delta[r * w.units + j];
    }
  }

  void backward_dropout(std::size_t i, T* delta) {
    const T scale = static_cast<T>(1 / (1 - rate_of(i)));
    const std::vector<std::uint8_t>& kept = buffers_[i].kept;
    const auto size = static_cast<std::size_t>(rows_ * model_.width_after(i));
    for (std::size_t k = 0; k < size; ++k) delta[k] = kept[k] != 0 ? delta[k] * scale : T(0);
  }

  sweepnet::model_spec model_;
  sweepnet::parameter_layout layout_;
  sweepnet::categorical_row<T> loss_;
  std::vector<layer_buffers> buffers_;
  std::vector<T> deltas_[2];
  const T* input_ = nullptr;
  std::int64_t rows_ = 0;
};

}  // namespace testing
