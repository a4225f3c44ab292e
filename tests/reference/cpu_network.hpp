// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The plain network: forward, loss and backward for a batch of rows, one layer after the other, in
// any real type. Its gradients are checked against differences of the loss in double, and the fused
// engine that trains (fused_engine.hpp) against it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "reference/multiply.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/backend/cpu/step/engine.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"

namespace sweepnet {

template <class T> class cpu_network {
 public:
  /// Buffers for batches of up to `capacity` rows. `pool` must outlive the network.
  cpu_network(const model_spec& model, const categorical_crossentropy& loss, std::int64_t capacity,
              thread_pool& pool)
      : model_(model), layout_(model), loss_(loss), pool_(&pool), buffers_(model.layers.size()) {
    std::int64_t widest = 0;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      const std::int64_t width = model.width_after(i + 1);
      const auto size = static_cast<std::size_t>(capacity * width);
      widest = std::max(widest, width);
      buffers_[i].output.resize(size);
      if (std::holds_alternative<dense>(model.layers[i])) {
        buffers_[i].weighted.resize(size);
      } else {
        buffers_[i].kept.resize(size);
      }
    }
    for (std::vector<T>& delta : deltas_) {
      delta.resize(static_cast<std::size_t>(capacity * widest));
    }
  }

  [[nodiscard]] const parameter_layout& layout() const { return layout_; }

  /// Runs the network on x (rows x inputs) and returns its outputs (rows x outputs), which stay
  /// valid until the next call. With `draw` dropout is on. x must live until backward() is done.
  std::span<const T> forward(const T* x, std::int64_t rows, const T* parameters,
                             const std::optional<dropout_draw>& draw = {}) {
    rows_ = rows;
    input_ = x;
    auto weights = layout_.weights.begin();
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      if (const auto* d = std::get_if<dense>(&model_.layers[i])) {
        forward_dense(*d, *weights++, parameters, x, buffers_[i]);
        x = buffers_[i].output.data();
      } else if (const double rate = std::get<dropout>(model_.layers[i]).rate; draw && rate > 0) {
        forward_dropout(rate, i, *draw, x, buffers_[i]);
        x = buffers_[i].output.data();
      }
      buffers_[i].result = x;
    }
    return {x, static_cast<std::size_t>(rows * model_.outputs())};
  }

  /// Scores the last forward pass against the rows' labels.
  batch_score score(const std::int32_t* labels) {
    const std::int64_t classes = model_.outputs();
    const T* outputs = buffers_.back().result;
    const T* logits = buffers_.back().weighted.data();
    const T smoothing = static_cast<T>(loss_.label_smoothing);
    batch_score total;
    for (std::int64_t r = 0; r < rows_; ++r) {
      const T* p = outputs + r * classes;
      const T loss = is_fused()
                         ? loss_of_logits(logits + r * classes, labels[r], classes, smoothing)
                         : loss_of_probabilities(p, labels[r], classes, smoothing);
      total.loss += static_cast<double>(loss);
      total.correct += predicted_class(p, classes) == labels[r] ? 1 : 0;
    }
    return total;
  }

  /// l1 sum |W| + l2 sum W^2 over all kernels.
  [[nodiscard]] double penalty(const T* parameters) const {
    double total = 0;
    for (const dense_weights& weights : layout_.weights) {
      const dense& d = std::get<dense>(model_.layers[weights.layer]);
      if (d.l1 == 0 && d.l2 == 0) continue;
      for (std::int64_t i = 0; i < weights.kernel_size(); ++i) {
        const double w = static_cast<double>(parameters[weights.kernel + i]);
        total += d.l1 * std::abs(w) + d.l2 * w * w;
      }
    }
    return total;
  }

  /// Gradients of the mean loss of the last forward pass, penalties included, for every parameter.
  void backward(const std::int32_t* labels, const T* parameters, T* gradients) {
    T* delta = deltas_[0].data();  // dL/d(output of layer i), then dL/d(its weighted input)
    T* next = deltas_[1].data();
    start_backward(labels, delta);
    std::size_t weights = layout_.weights.size();
    for (std::size_t i = model_.layers.size(); i-- > 0;) {
      if (const auto* d = std::get_if<dense>(&model_.layers[i])) {
        const dense_weights& s = layout_.weights[--weights];
        if (i + 1 < model_.layers.size() || !is_fused()) {
          backward_activation(*d, buffers_[i], delta);
        }
        const T* x = i == 0 ? input_ : buffers_[i - 1].result;
        backward_dense(*d, s, x, delta, parameters, gradients);
        if (weights == 0) return;  // nothing left to train below
        // dL/dx = delta W^T
        multiply(*pool_, as_is<T>(delta, s.units), transposed<T>(parameters + s.kernel, s.units),
                 next, rows_, s.units, s.inputs);
        std::swap(delta, next);
      } else if (buffers_[i].result == buffers_[i].output.data()) {  // dropout was on
        backward_dropout(std::get<dropout>(model_.layers[i]).rate, i, delta);
      }
    }
  }

 private:
  static constexpr std::int64_t row_block = 32;

  struct layer_buffers {
    std::vector<T> weighted;         ///< dense: z = x W + b (rows x units)
    std::vector<T> output;           ///< (rows x width)
    std::vector<std::uint8_t> kept;  ///< dropout: 1 where kept (rows x width)
    const T* result = nullptr;       ///< this layer's output, or its input where it does nothing
  };

  [[nodiscard]] bool is_fused() const {
    return loss_.path == loss_path::logits &&
           std::get<dense>(model_.layers.back()).activate.template is<activations::softmax>();
  }

  void forward_dense(const dense& d, const dense_weights& s, const T* parameters, const T* x,
                     layer_buffers& buffers) {
    T* z = buffers.weighted.data();
    T* y = buffers.output.data();
    const T* bias = parameters + s.bias;
    // z = x W + b, y = f(z)
    multiply(*pool_, as_is<T>(x, s.inputs), as_is<T>(parameters + s.kernel, s.units), z, rows_,
             s.inputs, s.units);
    std::visit(
        [&]<class F>(const F& f) {
          for_each_block(*pool_, rows_, row_block, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t r = first; r < last; ++r) {
              T* z_row = z + r * s.units;
              T* y_row = y + r * s.units;
              for (std::int64_t j = 0; j < s.units; ++j) z_row[j] += bias[j];
              if constexpr (elementwise_activation<F>) {
                for (std::int64_t j = 0; j < s.units; ++j) y_row[j] = f(z_row[j]);
              } else {
                f.forward(z_row, y_row, s.units);
              }
            }
          });
        },
        d.activate.function);
  }

  void forward_dropout(double rate, std::size_t layer_index, const dropout_draw& draw, const T* x,
                       layer_buffers& buffers) {
    const std::uint32_t threshold = keep_threshold(rate);
    const T scale = static_cast<T>(1 / (1 - rate));
    const std::int64_t size = rows_ * model_.width_after(layer_index);
    // The mask is numbered over the whole (rows x width) batch, eight elements a block.
    const std::int64_t blocks = (size + dropout_lanes - 1) / dropout_lanes;
    for_each_block(*pool_, blocks, 1024, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t b = first; b < last; ++b) {
        const random_block bits =
            random_at(draw.seed, random_stream::dropout, static_cast<std::uint32_t>(layer_index),
                      draw.step, static_cast<std::uint32_t>(b));
        const std::int64_t start = b * dropout_lanes;
        const std::int64_t count = std::min<std::int64_t>(dropout_lanes, size - start);
        for (std::int64_t i = 0; i < count; ++i) {
          const bool keep = is_kept(bits, static_cast<std::uint32_t>(i), threshold);
          buffers.kept[static_cast<std::size_t>(start + i)] = keep ? 1 : 0;
          buffers.output[static_cast<std::size_t>(start + i)] = keep ? x[start + i] * scale : T(0);
        }
      }
    });
  }

  /// delta = dL/dz of the last layer (fused), or dL/dy (clipped).
  void start_backward(const std::int32_t* labels, T* delta) {
    const std::int64_t classes = model_.outputs();
    const T smoothing = static_cast<T>(loss_.label_smoothing);
    const T scale = T(1) / static_cast<T>(rows_);
    const T* outputs = buffers_.back().result;
    for (std::int64_t r = 0; r < rows_; ++r) {
      const T* p = outputs + r * classes;
      T* d = delta + r * classes;
      if (is_fused()) {
        gradient_by_logits(p, d, labels[r], classes, smoothing, scale);
      } else {
        gradient_by_probabilities(p, d, labels[r], classes, smoothing, scale);
      }
    }
  }

  /// delta = dL/dz from dL/dy: dz = dy f'(z), or by rows.
  void backward_activation(const dense& d, const layer_buffers& buffers, T* delta) {
    std::visit(
        [&]<class F>(const F& f) {
          for_each_block(*pool_, rows_, row_block, [&](std::int64_t first, std::int64_t last) {
            const T* z = buffers.weighted.data();
            const T* y = buffers.output.data();
            if constexpr (elementwise_activation<F>) {
              for (std::int64_t i = first * d.units; i < last * d.units; ++i) {
                delta[i] *= f.derivative(z[i], y[i]);
              }
            } else {
              for (std::int64_t r = first; r < last; ++r) {
                f.backward(y + r * d.units, delta + r * d.units, d.units);
              }
            }
          });
        },
        d.activate.function);
  }

  void backward_dense(const dense& d, const dense_weights& s, const T* x, const T* delta,
                      const T* parameters, T* gradients) {
    // dL/dW = x^T delta + l1 sign(W) + 2 l2 W
    T* kernel = gradients + s.kernel;
    multiply(*pool_, transposed<T>(x, s.inputs), as_is<T>(delta, s.units), kernel, s.inputs, rows_,
             s.units);
    if (d.l1 != 0 || d.l2 != 0) {
      const T l1 = static_cast<T>(d.l1);
      const T l2 = static_cast<T>(2 * d.l2);
      const T* w = parameters + s.kernel;
      for_each_block(*pool_, s.kernel_size(), 16384, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
          kernel[i] += l1 * static_cast<T>((w[i] > 0) - (w[i] < 0)) + l2 * w[i];
        }
      });
    }
    // dL/db = sum of delta over the rows, in their order
    T* bias = gradients + s.bias;
    std::fill_n(bias, s.units, T(0));
    for (std::int64_t r = 0; r < rows_; ++r) {
      const T* row = delta + r * s.units;
      for (std::int64_t j = 0; j < s.units; ++j) bias[j] += row[j];
    }
  }

  void backward_dropout(double rate, std::size_t layer_index, T* delta) {
    const T scale = static_cast<T>(1 / (1 - rate));
    const std::uint8_t* kept = buffers_[layer_index].kept.data();
    const std::int64_t width = model_.width_after(layer_index);
    for_each_block(*pool_, rows_, row_block, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first * width; i < last * width; ++i) {
        delta[i] = kept[i] != 0 ? delta[i] * scale : T(0);
      }
    });
  }

  model_spec model_;
  parameter_layout layout_;
  categorical_crossentropy loss_;
  thread_pool* pool_;
  std::vector<layer_buffers> buffers_;
  std::vector<T> deltas_[2];
  const T* input_ = nullptr;
  std::int64_t rows_ = 0;
};

}  // namespace sweepnet
