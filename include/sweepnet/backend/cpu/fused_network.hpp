// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The forward and backward pass over some rows of a batch, with the kernels of one instruction set.
// Rows do not depend on each other here, nor do a stage's panels: threads take any of them.
//
// For each layer, with k what dropout keeps, times its scale (1 without dropout):
//
//   z = x W + b     output = f(z) k     gate = f'(z) k
//   delta = dL/doutput gate = dL/dz     dL/dx = delta W^T
//
// Bias, activation and mask are applied to a panel of z while it is in the cache. An activation of
// whole rows keeps f(z) in place of the gate.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/kernel_arguments.hpp"
#include "sweepnet/backend/cpu/panels.hpp"
#include "sweepnet/backend/cpu/sparse_rows.hpp"
#include "sweepnet/backend/cpu/stages.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

enum class network_use { training, evaluation };

/// Buffers for batches of up to `capacity` rows; made once, a step allocates nothing.
template <class Kernels> class fused_network {
 public:
  /// Skips zeros of the features if `sparse`. `rows` must outlive the network.
  fused_network(const staged_network& network, const labelled_rows& rows, bool sparse,
                std::int64_t capacity, network_use use)
      : network_(network),
        data_(&rows),
        sparse_(sparse),
        input_stride_(padded_stride(rows.width)),
        labels_(static_cast<std::size_t>(capacity)) {
    if (sparse_) nonzeros_ = sparse_rows(capacity, rows.width);
    const bool bytes = std::holds_alternative<std::vector<std::uint8_t>>(rows.features);
    if (!sparse_ || !bytes || !network.input_dropout.empty()) {
      features_.resize(static_cast<std::size_t>(capacity * input_stride_));
    }
    for (std::size_t b = 0; b < value_of_.size(); ++b) {
      value_of_[b] = static_cast<float>(static_cast<double>(b) * rows.scale);
    }
    const bool training = use == network_use::training;
    input_keep_ = make_mask(network.input_dropout, rows.width, training ? capacity : 0);
    for (const stage& s : network.stages) {
      layer_buffers& b = buffers_.emplace_back();
      b.stride = padded_stride(s.units());
      const auto size = static_cast<std::size_t>(capacity * b.stride);
      b.output.resize(size);
      if (training || &s == &network.stages.back() || !s.is_elementwise()) b.gate.resize(size);
      if (training) b.delta.resize(size);
      b.keep = make_mask(s.dropout, s.units(), training ? capacity : 0);
    }
  }

  [[nodiscard]] bool is_sparse() const { return sparse_; }
  [[nodiscard]] const staged_network& network() const { return network_; }
  [[nodiscard]] const sparse_rows& nonzeros() const { return nonzeros_; }

  /// The input of stage i as the left factor of a weight gradient, x^T (inputs x rows).
  [[nodiscard]] dense_factor transposed_input(std::size_t i) const {
    return {input_of(i).data, 1, input_of(i).row_stride};
  }
  /// dL/dz of stage i, after backward().
  [[nodiscard]] columns_view delta(std::size_t i) { return view(buffers_[i].delta, i); }

  /// Puts row `row` of the data into row `r` of the batch, and draws its dropout masks.
  void load(std::int64_t r, std::int64_t row, const std::optional<dropout_draw>& draw) {
    labels_[static_cast<std::size_t>(r)] = data_->labels[static_cast<std::size_t>(row)];
    if (draw) {
      for (std::size_t i = 0; i < buffers_.size(); ++i) {
        const dropout_group& dropout = network_.stages[i].dropout;
        if (!dropout.empty()) draw_mask(dropout, buffers_[i].keep.view, r, *draw);
      }
    }
    const bool drop = draw && !network_.input_dropout.empty();
    const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&data_->features);
    if (sparse_ && bytes != nullptr && !drop) {
      nonzeros_.set(r, bytes->data() + row * data_->width, value_of_.data());
      return;
    }
    float* x = features_.data() + r * input_stride_;
    if (bytes != nullptr) {
      const std::uint8_t* from = bytes->data() + row * data_->width;
      for (std::int64_t k = 0; k < data_->width; ++k) x[k] = value_of_[from[k]];
    } else {
      data_->copy_row(row, x);
    }
    if (drop) {
      draw_mask(network_.input_dropout, input_keep_.view, r, *draw);
      Kernels::drop(input_keep_.view, r, 0, data_->width, x);
    }
    if (sparse_) nonzeros_.set(r, x);
  }

  /// Runs rows [first, last) through the stages from `from` on; in training dropout is on.
  void forward(std::int64_t first, std::int64_t last, std::span<const float> weights,
               network_use use, std::size_t from = 0) {
    for (std::size_t i = from; i < buffers_.size(); ++i) {
      forward(i, {first, last}, {0, network_.stages[i].weights.kernel.panels()}, weights, use);
    }
  }

  /// Runs some rows through some panels of stage i: all of them, if its activation is not
  /// elementwise or it is the last stage.
  void forward(std::size_t i, index_range rows, index_range panels, std::span<const float> weights,
               network_use use) {
    const stage& s = network_.stages[i];
    layer_buffers& b = buffers_[i];
    const bool drop = use == network_use::training && !s.dropout.empty();
    const keep_mask keep = drop ? b.keep.view : keep_mask{};
    const bool is_last = i + 1 == buffers_.size();
    const bool in_panels = s.is_elementwise() && !is_last;
    const panel_shape& shape = s.weights.kernel;
    for (std::int64_t p = panels.first; p < panels.last; ++p) {
      const panel_view w{weights.data() + s.weights.kernel_at + shape.panel(p), shape.rows,
                         shape.width};
      finish_view v{.bias = weights.data() + s.weights.bias_at + p * shape.width,
                    .output = {b.output.data() + p * shape.width, b.stride},
                    .gate = {nullptr, b.stride},
                    .keep = {},
                    .first_column = p * shape.width,
                    .columns = shape.columns_of(p)};
      if (i == 0 && sparse_) {
        Kernels::sparse_product(nonzeros_, rows.first, rows.last, w, v.output);
      } else {
        Kernels::dense_product(input_of(i), rows.first, rows.last, w, v.output);
      }
      if (in_panels) {
        v.keep = keep;
        if (!b.delta.empty()) v.gate.data = b.gate.data() + p * shape.width;
        activate(s.layer.activate, v, rows.first, rows.last);
      } else {  // f needs whole rows
        Kernels::finish(activations::linear{}, v, rows.first, rows.last);
      }
    }
    if (in_panels) return;
    const columns_view z = view(b.output, i);
    const columns_view y = view(b.gate, i);
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      activate_row(s.layer.activate, z.row(r), y.row(r), s.units());
      if (is_last) continue;  // its z stay: they are the logits
      std::copy_n(y.row(r), s.units(), z.row(r));
      if (drop) Kernels::drop(keep, r, 0, s.units(), z.row(r));
    }
  }

  /// The network's outputs for row r after forward().
  [[nodiscard]] std::span<const float> outputs(std::int64_t r) {
    const std::size_t i = buffers_.size() - 1;
    return {view(buffers_[i].gate, i).row(r), static_cast<std::size_t>(network_.stages[i].units())};
  }

  struct row_score {
    double loss;
    bool correct;
  };

  /// Scores row r after forward().
  [[nodiscard]] row_score score(std::int64_t r) {
    const std::size_t i = buffers_.size() - 1;
    const std::int64_t classes = network_.stages[i].units();
    const std::int32_t label = labels_[static_cast<std::size_t>(r)];
    const float* outputs = view(buffers_[i].gate, i).row(r);
    const float smoothing = static_cast<float>(network_.loss.label_smoothing);
    const float loss = network_.is_fused() ? fused_loss(view(buffers_[i].output, i).row(r), label,
                                                        classes, smoothing)
                                           : clipped_loss(outputs, label, classes, smoothing);
    return {static_cast<double>(loss), predicted_class(outputs, classes) == label};
  }

  /// Leaves dL/dz of every layer for rows [first, last) of a batch of `rows`. transposes[i] is W^T
  /// of stage i (units x inputs), packed.
  void backward(std::int64_t first, std::int64_t last, std::int64_t rows,
                std::span<const aligned_floats> transposes) {
    std::size_t i = buffers_.size() - 1;
    for (std::int64_t r = first; r < last; ++r) start_backward(r, rows);
    for (; i > 0; --i) {
      const stage& s = network_.stages[i];
      const stage& below = network_.stages[i - 1];
      const columns_view to = delta(i - 1);
      const panel_shape shape(s.units(), s.inputs());
      const dense_factor from{buffers_[i].delta.data(), buffers_[i].stride, 1};
      for (std::int64_t p = 0; p < shape.panels(); ++p) {
        const panel_view w{transposes[i].data() + shape.panel(p), shape.rows, shape.width};
        const columns_view part{to.data + p * shape.width, to.stride};
        Kernels::dense_product(from, first, last, w, part);
        if (below.is_elementwise()) {
          const columns_view gate{buffers_[i - 1].gate.data() + p * shape.width, to.stride};
          Kernels::multiply(part, gate, shape.columns_of(p), first, last);
        }
      }
      if (below.is_elementwise()) continue;
      for (std::int64_t r = first; r < last; ++r) {
        if (!below.dropout.empty()) {
          Kernels::drop(buffers_[i - 1].keep.view, r, 0, below.units(), to.row(r));
        }
        backward_row(below.layer.activate, nullptr, view(buffers_[i - 1].gate, i - 1).row(r),
                     to.row(r), below.units());
      }
    }
  }

 private:
  struct mask_buffer {
    std::vector<std::uint8_t> bytes{};
    keep_mask view{};
  };

  struct layer_buffers {
    std::int64_t stride = 0;
    aligned_floats output{};  // (capacity x stride), like the others
    aligned_floats gate{};
    aligned_floats delta{};
    mask_buffer keep{};
  };

  static mask_buffer make_mask(const dropout_group& group, std::int64_t width,
                               std::int64_t capacity) {
    mask_buffer buffer;
    if (group.empty() || capacity == 0) return buffer;
    const std::int64_t stride =
        (width / 8 + 2 + 15) / 16 * 16 + 16;  // drawn by 16 bytes, read by 5
    buffer.bytes.resize(static_cast<std::size_t>(capacity * stride));
    buffer.view = {
        .bytes = buffer.bytes.data(), .stride = stride, .width = width, .scale = group.scale()};
    return buffer;
  }

  static void draw_mask(const dropout_group& group, const keep_mask& keep, std::int64_t r,
                        const dropout_draw& draw) {
    std::fill_n(keep.bytes + r * keep.stride, keep.stride, std::uint8_t{0xff});
    for (const auto& m : group.members) Kernels::narrow(keep, dropout_group::draw_of(m, draw), r);
  }

  [[nodiscard]] columns_view view(aligned_floats& values, std::size_t i) {
    return {values.data(), buffers_[i].stride};
  }
  [[nodiscard]] dense_factor input_of(std::size_t i) const {
    return i == 0 ? dense_factor{features_.data(), input_stride_, 1}
                  : dense_factor{buffers_[i - 1].output.data(), buffers_[i - 1].stride, 1};
  }

  static void activate(const activation& a, const finish_view& v, std::int64_t first,
                       std::int64_t last) {
    std::visit(
        [&]<class F>(const F& f) {
          if constexpr (elementwise_activation<F>) Kernels::finish(f, v, first, last);
        },
        a.kind);
  }

  /// dL/dz of the last layer.
  void start_backward(std::int64_t r, std::int64_t rows) {
    const std::size_t i = buffers_.size() - 1;
    const std::int64_t classes = network_.stages[i].units();
    const std::int32_t label = labels_[static_cast<std::size_t>(r)];
    const float smoothing = static_cast<float>(network_.loss.label_smoothing);
    const float scale = 1.0F / static_cast<float>(rows);
    const float* z = view(buffers_[i].output, i).row(r);
    const float* y = view(buffers_[i].gate, i).row(r);
    float* d = delta(i).row(r);
    if (network_.is_fused()) return fused_gradient(y, d, label, classes, smoothing, scale);
    clipped_gradient(y, d, label, classes, smoothing, scale);
    backward_row(network_.stages[i].layer.activate, z, y, d, classes);
  }

  const staged_network& network_;
  const labelled_rows* data_;
  bool sparse_;
  std::int64_t input_stride_;
  std::array<float, 256> value_of_{};  // what a byte stands for
  sparse_rows nonzeros_{};
  aligned_floats features_{};  // (capacity x input stride); none for lists made from bytes
  mask_buffer input_keep_{};
  std::vector<layer_buffers> buffers_{};
  std::vector<std::int32_t> labels_;
};

}  // namespace sweepnet
