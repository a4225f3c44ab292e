// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The forward and backward pass over some rows of a batch. Rows do not depend on each other here,
// nor do a layer's panels: threads take any of them. The formulas are those of engine.hpp.
//
// Bias, activation and mask are applied to a panel of z while it is in the cache. An activation of
// whole rows keeps f(z) in place of the gate.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/backend/cpu/step/buffers.hpp"
#include "sweepnet/backend/cpu/step/masks.hpp"
#include "sweepnet/backend/cpu/step/shares.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet::cpu {

class passes {
 public:
  /// All must outlive the passes. With a draw, which training has, dropout is on.
  passes(const kernel_table& kernels, const staged_network& network, const labelled_rows& data,
         batch_buffers& buffers, const thread_shares& shares, const batch_shape& shape)
      : kernels_(&kernels),
        network_(&network),
        data_(&data),
        buffers_(&buffers),
        shares_(shares),
        is_training_(shape.use == network_use::training) {
    const int threads = is_training_ ? shares.threads : 0;
    const auto masks = [&](const dropout_group& group, std::int64_t width) {
      return thread_masks(kernels, group, width, shape.capacity, threads);
    };
    input_masks_ = masks(network.input_dropout, data.width);
    for (const stage& s : network.stages) masks_.push_back(masks(s.dropout, s.units()));
  }

  /// Loads the features of some rows, for a thread that needs them.
  void load(index_range rows, std::int64_t thread, const std::optional<dropout_draw>& draw) {
    batch_features& features = buffers_->features(thread);
    if (auto* listed = std::get_if<listed_features>(&features)) {
      return listed->load(buffers_->rows(), rows,
                          [&](index_range some) { draw_masks(0, some, thread, draw); });
    }
    draw_masks(0, rows, thread, draw);
    if (auto* scattered = std::get_if<scattered_features>(&features)) {
      return scattered->load(buffers_->rows(), rows);
    }
    auto& x = std::get<left_factor>(features);
    kernels_->load(*data_, buffers_->rows().data(), rows, x.values());
    if (draw && !input_masks_.empty()) {
      input_masks_.draw(rows, {0, data_->width}, thread, *draw);
      drop_rows(input_masks_.of(thread), rows, data_->width, x.values());
    }
    x.prepare(rows, 0, network_->stages.front().weights.kernel.padded_columns());
  }

  /// Runs a thread's rows and panels through layer i, whose input is there for it, and readies its
  /// output for the next. `weights` are packed.
  void forward(std::size_t i, index_range rows, std::int64_t thread, std::span<const float> weights,
               const std::optional<dropout_draw>& draw) {
    if (i > 0) draw_masks(i, rows, thread, draw);
    const stage& s = network_->stages[i];
    const keep_mask keep = draw ? masks_[i].of(thread) : keep_mask{};
    const bool is_last = i + 1 == buffers_->layers();
    const bool in_panels = s.is_elementwise() && !is_last;
    const layer_input x = buffers_->input(i, thread);
    const index_range panels = shares_.panels(s, i, thread);
    for (std::int64_t p = panels.first; p < panels.last; ++p) {
      // z = x W; output = f(z + b) k, gate = f'(z + b) k
      finish_view view = view_of(i, p, weights);
      x.multiply(rows, panel_of(s.weights.kernel, p, weights.data() + s.weights.kernel_at),
                 view.output);
      if (in_panels) {
        view.keep = keep;
        if (is_training_) view.gate.data = buffers_->layer(i).gate.data() + view.first_column;
        kernels_->finish(s.layer.activate, view, rows);
      } else {  // f needs whole rows
        kernels_->finish(linear_, view, rows);
      }
    }
    if (!in_panels) activate_rows(i, rows, keep);
    if (!is_last) buffers_->ready_output(i, rows, thread);
  }

  /// Leaves dL/dz of layer i for a thread's rows and panels, from that of layer i + 1, whose W^T
  /// (units x inputs) is `transposed`, in panels.
  void backward(std::size_t i, index_range rows, std::int64_t thread,
                std::span<const float> transposed) {
    const stage& s = network_->stages[i];
    layer_buffers& b = buffers_->layer(i);
    const left_factor& above = buffers_->layer(i + 1).delta;
    const panel_shape shape = network_->stages[i + 1].transposed();
    const columns_view delta = b.delta.values();
    const index_range panels = shares_.panels(s, i, thread);
    for (std::int64_t p = panels.first; p < panels.last; ++p) {
      // dL/doutput = delta_{i+1} W_{i+1}^T; delta = dL/doutput gate
      const columns_view part{delta.data + p * shape.width, delta.stride};
      above.multiply(rows, panel_of(shape, p, transposed.data()), part);
      if (!s.is_elementwise()) continue;
      const columns_view gate{b.gate.data() + p * shape.width, b.gate_stride};
      kernels_->multiply(part, gate, shape.columns_of(p), rows);
    }
    if (!s.is_elementwise()) {
      if (!masks_[i].empty()) drop_rows(masks_[i].of(thread), rows, s.units(), delta);
      for (std::int64_t r = rows.first; r < rows.last; ++r) {
        s.layer.activate.backward<float>(nullptr, b.gate_view().row(r), delta.row(r), s.units());
      }
    }
    buffers_->ready_delta(i, rows, thread);
  }

 private:
  static panel_view panel_of(const panel_shape& shape, std::int64_t p, const float* matrix) {
    return {matrix + shape.panel(p), shape.rows, shape.width};
  }

  /// What is to be finished of panel p of layer i, without mask and gate.
  finish_view view_of(std::size_t i, std::int64_t p, std::span<const float> weights) {
    const packed_weights& w = network_->stages[i].weights;
    layer_buffers& b = buffers_->layer(i);
    const columns_view output = b.output.values();
    const std::int64_t first = p * w.kernel.width;
    return {.bias = weights.data() + w.bias_at + first,
            .output = {output.data + first, output.stride},
            .gate = {nullptr, b.gate_stride},
            .keep = {},
            .first_column = first,
            .columns = w.kernel.columns_of(p)};
  }

  /// The masks behind layer i that a thread needs.
  void draw_masks(std::size_t i, index_range rows, std::int64_t thread,
                  const std::optional<dropout_draw>& draw) {
    if (!draw) return;
    const stage& s = network_->stages[i];
    masks_[i].draw(rows, thread_shares::units(s, shares_.panels(s, i, thread)), thread, *draw);
  }

  void drop_rows(const keep_mask& keep, index_range rows, std::int64_t width,
                 const columns_view& values) const {
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      kernels_->drop(keep, r, 0, width, values.row(r));
    }
  }

  /// The function of layer i on whole rows. The last layer keeps its z: they are the logits.
  void activate_rows(std::size_t i, index_range rows, const keep_mask& keep) {
    const stage& s = network_->stages[i];
    layer_buffers& b = buffers_->layer(i);
    const columns_view z = b.output.values();
    const columns_view y = b.gate_view();
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      s.layer.activate.forward(z.row(r), y.row(r), s.units());
      if (i + 1 < buffers_->layers()) std::copy_n(y.row(r), s.units(), z.row(r));
    }
    if (keep.bytes != nullptr) drop_rows(keep, rows, s.units(), z);
  }

  const kernel_table* kernels_;
  const staged_network* network_;
  const labelled_rows* data_;
  batch_buffers* buffers_;
  thread_shares shares_;
  bool is_training_;
  activation linear_{};
  thread_masks input_masks_{};
  std::vector<thread_masks> masks_{};  // behind each layer
};

}  // namespace sweepnet::cpu
