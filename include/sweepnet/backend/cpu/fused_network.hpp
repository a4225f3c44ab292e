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
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/kernel_arguments.hpp"
#include "sweepnet/backend/cpu/left_factor.hpp"
#include "sweepnet/backend/cpu/panels.hpp"
#include "sweepnet/backend/cpu/stages.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

enum class network_use { training, evaluation };

/// Buffers for batches of up to `capacity` rows; made once, a step allocates nothing.
template <class Kernels> class fused_network {
 public:
  /// Products skip zeros where fewer than `sparse_below` of a factor are not 0, about (see
  /// pays_to_list()). `rows` must outlive the network.
  fused_network(const staged_network& network, const labelled_rows& rows, double sparse_below,
                std::int64_t capacity, network_use use)
      : network_(network),
        data_(&rows),
        features_(capacity, rows.width, sparse_below),
        labels_(static_cast<std::size_t>(capacity)) {
    const bool training = use == network_use::training;
    input_keep_ = make_mask(network.input_dropout, rows.width, training ? capacity : 0);
    for (const stage& s : network.stages) {
      layer_buffers& b = buffers_.emplace_back();
      b.output = {capacity, s.units(), sparse_below};
      b.gate_stride = b.output.values().stride;
      if (training || &s == &network.stages.back() || !s.is_elementwise()) {
        b.gate.resize(static_cast<std::size_t>(capacity * b.gate_stride));
      }
      if (training) b.delta = {capacity, s.units(), sparse_below};
      b.keep = make_mask(s.dropout, s.units(), training ? capacity : 0);
    }
  }

  [[nodiscard]] const staged_network& network() const { return network_; }
  /// The input of stage i.
  [[nodiscard]] const left_factor<Kernels>& input(std::size_t i) const {
    return i == 0 ? features_ : buffers_[i - 1].output;
  }
  /// dL/dz of stage i, after backward().
  [[nodiscard]] const left_factor<Kernels>& delta(std::size_t i) const { return buffers_[i].delta; }

  /// Draws the dropout masks of rows [first, last), of which `first` is a multiple of 8 and `last`
  /// is one or the end of the batch.
  void draw_masks(std::int64_t first, std::int64_t last, const dropout_draw& draw) {
    draw_mask(network_.input_dropout, input_keep_.view, first, last, draw);
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      draw_mask(network_.stages[i].dropout, buffers_[i].keep.view, first, last, draw);
    }
  }

  /// Puts row `row` of the data into row `r` of the batch; in training its masks must be there.
  void load(std::int64_t r, std::int64_t row, network_use use) {
    labels_[static_cast<std::size_t>(r)] = data_->labels[static_cast<std::size_t>(row)];
    const std::int64_t width = data_->width;
    float* x = features_.row(r);
    std::visit(
        [&](const auto& stored) {
          Kernels::scale(stored.data() + row * width, width, data_->scale, x);
        },
        data_->features);
    if (use == network_use::training && !network_.input_dropout.empty()) {
      Kernels::drop(input_keep_.view, r, 0, width, x);
    }
  }

  /// Readies the input of stage i, which is there, for forward().
  void prepare(std::size_t i, std::int64_t first, std::int64_t last) {
    left_factor<Kernels>& x = i == 0 ? features_ : buffers_[i - 1].output;
    x.prepare(first, last, network_.stages[i].weights.kernel.padded_columns());
  }

  /// Runs rows [first, last) through the stages from `from` on; in training dropout is on.
  void forward(std::int64_t first, std::int64_t last, std::span<const float> weights,
               network_use use, std::size_t from = 0) {
    for (std::size_t i = from; i < buffers_.size(); ++i) {
      prepare(i, first, last);
      forward(i, {first, last}, {0, network_.stages[i].weights.kernel.panels()}, weights, use);
    }
  }

  /// Runs some rows, which are prepared, through some panels of stage i: all of them, if its
  /// activation is not elementwise or it is the last stage.
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
                    .output = {b.output.row(0) + p * shape.width, b.output.values().stride},
                    .gate = {nullptr, b.gate_stride},
                    .keep = {},
                    .first_column = p * shape.width,
                    .columns = shape.columns_of(p)};
      input(i).multiply(rows.first, rows.last, w, v.output);
      if (in_panels) {
        v.keep = keep;
        if (use == network_use::training) v.gate.data = b.gate.data() + p * shape.width;
        activate(s.layer.activate, v, rows.first, rows.last);
      } else {  // f needs whole rows
        Kernels::finish(activations::linear{}, v, rows.first, rows.last);
      }
    }
    if (in_panels) return;
    const columns_view z = b.output.values();
    const columns_view y = b.gate_view();
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
    return {buffers_[i].gate_view().row(r), static_cast<std::size_t>(network_.stages[i].units())};
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
    const float* outputs = buffers_[i].gate_view().row(r);
    const float smoothing = static_cast<float>(network_.loss.label_smoothing);
    const float loss = network_.is_fused()
                           ? fused_loss(buffers_[i].output.row(r), label, classes, smoothing)
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
      layer_buffers& b = buffers_[i - 1];
      const columns_view to = b.delta.values();
      const panel_shape shape(s.units(), s.inputs());
      buffers_[i].delta.prepare(first, last, shape.padded_columns());
      for (std::int64_t p = 0; p < shape.panels(); ++p) {
        const panel_view w{transposes[i].data() + shape.panel(p), shape.rows, shape.width};
        const columns_view part{to.data + p * shape.width, to.stride};
        buffers_[i].delta.multiply(first, last, w, part);
        if (below.is_elementwise()) {
          const columns_view gate{b.gate.data() + p * shape.width, b.gate_stride};
          Kernels::multiply(part, gate, shape.columns_of(p), first, last);
        }
      }
      if (below.is_elementwise()) continue;
      for (std::int64_t r = first; r < last; ++r) {
        if (!below.dropout.empty()) Kernels::drop(b.keep.view, r, 0, below.units(), to.row(r));
        backward_row(below.layer.activate, nullptr, b.gate_view().row(r), to.row(r), below.units());
      }
    }
    buffers_.front().delta.count(first, last);
  }

 private:
  struct mask_buffer {
    std::vector<std::uint8_t> bytes{};
    keep_mask view{};
  };

  struct layer_buffers {
    left_factor<Kernels> output{};
    aligned_floats gate{};  // (capacity x gate stride)
    std::int64_t gate_stride = 0;
    left_factor<Kernels> delta{};
    mask_buffer keep{};

    [[nodiscard]] columns_view gate_view() { return {gate.data(), gate_stride}; }
  };

  static mask_buffer make_mask(const dropout_group& group, std::int64_t width,
                               std::int64_t capacity) {
    mask_buffer buffer;
    if (group.empty() || capacity == 0) return buffer;
    buffer.bytes.resize(static_cast<std::size_t>(keep_mask::size(capacity, width)));
    buffer.view = {.bytes = buffer.bytes.data(), .width = width, .scale = group.scale()};
    return buffer;
  }

  static void draw_mask(const dropout_group& group, const keep_mask& keep, std::int64_t first,
                        std::int64_t last, const dropout_draw& draw) {
    if (group.empty()) return;
    std::fill(keep.bytes + first * keep.width / 8, keep.bytes + (last * keep.width + 7) / 8,
              std::uint8_t{0xff});
    for (const auto& m : group.members) {
      Kernels::narrow(keep, dropout_group::draw_of(m, draw), first, last);
    }
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
    const float* z = buffers_[i].output.row(r);
    const float* y = buffers_[i].gate_view().row(r);
    float* d = buffers_[i].delta.row(r);
    if (network_.is_fused()) return fused_gradient(y, d, label, classes, smoothing, scale);
    clipped_gradient(y, d, label, classes, smoothing, scale);
    backward_row(network_.stages[i].layer.activate, z, y, d, classes);
  }

  const staged_network& network_;
  const labelled_rows* data_;
  left_factor<Kernels> features_;
  mask_buffer input_keep_{};
  std::vector<layer_buffers> buffers_{};
  std::vector<std::int32_t> labels_;
};

}  // namespace sweepnet
