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
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/factors/left_factor.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/sparse_features.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

enum class network_use { training, evaluation };

/// Buffers for batches of up to `capacity` rows; made once, a step allocates nothing.
template <class Kernels> class fused_network {
 public:
  /// Products skip zeros where fewer than `sparse_below` of a factor are not 0, about (see
  /// pays_to_list()). `packed` are the data's features, or null. All must outlive the network.
  fused_network(const staged_network& network, const labelled_rows& data,
                const sparse_features* packed, double sparse_below, std::int64_t capacity,
                network_use use, const thread_shares& shares)
      : network_(network),
        shares_(shares),
        data_(&data),
        is_training_(use == network_use::training),
        rows_(static_cast<std::size_t>(capacity)) {
    // Of features, each thread that needs those of all rows has its own: to load them takes less
    // time than to get them from another processor's cache.
    const int copies = shares.by_panels > 0 ? shares.threads : 1;
    const bool drop = is_training_ && !network.input_dropout.empty();
    for (int t = 0; t < copies; ++t) {
      if (packed != nullptr && !drop) {
        listed_.emplace_back(*packed, capacity);
      } else {
        features_.emplace_back(capacity, data.width, sparse_below);
      }
    }
    const auto masks = [&](const dropout_group& group, std::int64_t width) {
      std::vector<mask_buffer> of_threads;
      for (int t = 0; is_training_ && t < shares.threads; ++t) {
        of_threads.push_back(make_mask(group, width, capacity));
      }
      return of_threads;
    };
    input_keep_ = masks(network.input_dropout, data.width);
    for (std::size_t i = 0; i < network.stages.size(); ++i) {
      const stage& s = network.stages[i];
      layer_buffers& b = buffers_.emplace_back();
      const index_range own = thread_shares::units(s, shares.panels(s, i, 0));
      const std::int64_t parts = shares.is_by_panels(i) ? shares.threads : 1;
      b.output = {capacity, s.units(), sparse_below, own.count(), parts};
      b.gate_stride = b.output.values().stride;
      if (is_training_ || &s == &network.stages.back() || !s.is_elementwise()) {
        b.gate.resize(static_cast<std::size_t>(capacity * b.gate_stride));
      }
      if (is_training_) b.delta = {capacity, s.units(), sparse_below, own.count(), parts};
      b.keep = masks(s.dropout, s.units());
    }
  }

  [[nodiscard]] const staged_network& network() const { return network_; }
  [[nodiscard]] const thread_shares& shares() const { return shares_; }

  /// Calls f with the input of stage i, as `thread` has it.
  template <class F> auto with_input(std::size_t i, std::int64_t thread, const F& f) const {
    if (i > 0) return f(buffers_[i - 1].output);
    if (!listed_.empty()) return f(listed_[copy_of(thread)]);
    return f(features_[copy_of(thread)]);
  }
  /// dL/dz of stage i, after backward().
  [[nodiscard]] const left_factor<Kernels>& delta(std::size_t i) const { return buffers_[i].delta; }

  /// Which part of the outputs and of dL/dz of stage i a thread makes.
  [[nodiscard]] std::int64_t part_of(std::size_t i, std::int64_t thread) const {
    return shares_.is_by_panels(i) ? thread : 0;
  }

  /// Makes row `row` of the data row r of the batch.
  void choose(std::int64_t r, std::int64_t row) {
    rows_[static_cast<std::size_t>(r)] = static_cast<std::uint32_t>(row);
  }

  /// Loads the features of some rows, for a thread that needs them; dropout is on with a draw.
  void load(index_range rows, std::int64_t thread, const std::optional<dropout_draw>& draw) {
    if (!listed_.empty()) {
      listed_[copy_of(thread)].load(rows_, rows,
                                    [&](index_range some) { draw_masks(0, some, thread, draw); });
      return;
    }
    draw_masks(0, rows, thread, draw);
    left_factor<Kernels>& x = features_[copy_of(thread)];
    const bool drop = draw && !network_.input_dropout.empty();
    const keep_mask keep = drop ? mask(input_keep_, thread) : keep_mask{};
    if (drop) draw_mask(network_.input_dropout, keep, rows, {0, data_->width}, *draw);
    const auto row_of = [&](std::int64_t r) { return rows_[static_cast<std::size_t>(r)]; };
    Kernels::load(*data_, row_of, rows, 0, data_->width, x.values());
    for (std::int64_t r = rows.first; r < rows.last && drop; ++r) {
      Kernels::drop(keep, r, 0, data_->width, x.values().row(r));
    }
    x.prepare(rows, 0, network_.stages.front().weights.kernel.padded_columns());
  }

  /// Runs a thread's rows and panels through stage i, whose input is there for it, and readies its
  /// output for the next. In training dropout is on, by `draw`.
  void forward(std::size_t i, index_range rows, std::int64_t thread, std::span<const float> weights,
               const std::optional<dropout_draw>& draw) {
    const stage& s = network_.stages[i];
    layer_buffers& b = buffers_[i];
    const index_range panels = shares_.panels(s, i, thread);
    const bool is_last = i + 1 == buffers_.size();
    const bool in_panels = s.is_elementwise() && !is_last;
    if (i > 0) draw_masks(i, rows, thread, draw);
    const keep_mask keep = draw && !s.dropout.empty() ? mask(b.keep, thread) : keep_mask{};
    const panel_shape& shape = s.weights.kernel;
    for (std::int64_t p = panels.first; p < panels.last; ++p) {
      const panel_view w{weights.data() + s.weights.kernel_at + shape.panel(p), shape.rows,
                         shape.width};
      finish_view v{.bias = weights.data() + s.weights.bias_at + p * shape.width,
                    .output = {b.output.values().data + p * shape.width, b.output.values().stride},
                    .gate = {nullptr, b.gate_stride},
                    .keep = {},
                    .first_column = p * shape.width,
                    .columns = shape.columns_of(p)};
      with_input(i, thread, [&](const auto& x) { x.multiply(rows, w, v.output); });
      if (in_panels) {
        v.keep = keep;
        if (is_training_) v.gate.data = b.gate.data() + p * shape.width;
        activate(s.layer.activate, v, rows);
      } else {  // f needs whole rows
        Kernels::finish(activations::linear{}, v, rows);
      }
    }
    if (!in_panels) activate_rows(i, rows, keep);
    if (is_last) return;
    b.output.prepare(rows, part_of(i, thread),
                     network_.stages[i + 1].weights.kernel.padded_columns());
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
    const std::int32_t label = label_of(r);
    const float* outputs = buffers_[i].gate_view().row(r);
    const float smoothing = static_cast<float>(network_.loss.label_smoothing);
    const float loss =
        network_.is_fused()
            ? loss_of_logits(buffers_[i].output.values().row(r), label, classes, smoothing)
            : loss_of_probabilities(outputs, label, classes, smoothing);
    return {static_cast<double>(loss), predicted_class(outputs, classes) == label};
  }

  /// Leaves dL/dz of the last layer for some rows of a batch of `count`.
  void start_backward(index_range rows, std::int64_t count) {
    const std::size_t i = buffers_.size() - 1;
    const std::int64_t classes = network_.stages[i].units();
    const float smoothing = static_cast<float>(network_.loss.label_smoothing);
    const float scale = 1.0F / static_cast<float>(count);
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      const float* z = buffers_[i].output.values().row(r);
      const float* y = buffers_[i].gate_view().row(r);
      float* d = buffers_[i].delta.values().row(r);
      if (network_.is_fused()) {
        gradient_by_logits(y, d, label_of(r), classes, smoothing, scale);
      } else {
        gradient_by_probabilities(y, d, label_of(r), classes, smoothing, scale);
        backward_row(network_.stages[i].layer.activate, z, y, d, classes);
      }
    }
    ready_delta(i, rows, 0);
  }

  /// Leaves dL/dz of stage i for a thread's rows and panels, from that of stage i + 1. `transpose`
  /// is W^T of stage i + 1 (units x inputs), packed.
  void backward(std::size_t i, index_range rows, std::int64_t thread,
                std::span<const float> transpose) {
    const stage& s = network_.stages[i];
    const stage& above = network_.stages[i + 1];
    layer_buffers& b = buffers_[i];
    const columns_view to = b.delta.values();
    const panel_shape shape(above.units(), above.inputs());
    const index_range panels = shares_.panels(s, i, thread);
    for (std::int64_t p = panels.first; p < panels.last; ++p) {
      const panel_view w{transpose.data() + shape.panel(p), shape.rows, shape.width};
      const columns_view part{to.data + p * shape.width, to.stride};
      buffers_[i + 1].delta.multiply(rows, w, part);
      if (s.is_elementwise()) {
        const columns_view gate{b.gate.data() + p * shape.width, b.gate_stride};
        Kernels::multiply(part, gate, shape.columns_of(p), rows);
      }
    }
    if (!s.is_elementwise()) {
      for (std::int64_t r = rows.first; r < rows.last; ++r) {
        if (!s.dropout.empty()) Kernels::drop(mask(b.keep, thread), r, 0, s.units(), to.row(r));
        backward_row(s.layer.activate, nullptr, b.gate_view().row(r), to.row(r), s.units());
      }
    }
    ready_delta(i, rows, thread);
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
    std::vector<mask_buffer> keep{};  // of each thread, which fills what it uses

    [[nodiscard]] columns_view gate_view() { return {gate.data(), gate_stride}; }
  };

  static mask_buffer make_mask(const dropout_group& group, std::int64_t width,
                               std::int64_t capacity) {
    mask_buffer buffer;
    if (group.empty()) return buffer;
    buffer.bytes.resize(static_cast<std::size_t>(keep_mask::size(capacity, width)));
    buffer.view = {.bytes = buffer.bytes.data(), .width = width, .scale = group.scale()};
    return buffer;
  }
  static const keep_mask& mask(const std::vector<mask_buffer>& of_threads, std::int64_t thread) {
    return of_threads[static_cast<std::size_t>(thread)].view;
  }

  /// The masks of stage i that a thread needs.
  void draw_masks(std::size_t i, index_range rows, std::int64_t thread,
                  const std::optional<dropout_draw>& draw) {
    const stage& s = network_.stages[i];
    if (!draw || s.dropout.empty()) return;
    const index_range units = thread_shares::units(s, shares_.panels(s, i, thread));
    draw_mask(s.dropout, mask(buffers_[i].keep, thread), rows, units, *draw);
  }

  static void draw_mask(const dropout_group& group, const keep_mask& keep, index_range rows,
                        index_range columns, const dropout_draw& draw) {
    const auto draw_elements = [&](std::int64_t first, std::int64_t last) {
      std::fill(keep.bytes + first / 8, keep.bytes + (last + 7) / 8, std::uint8_t{0xff});
      for (const auto& m : group.members) {
        Kernels::narrow(keep, dropout_group::draw_of(m, draw), {first, last});
      }
    };
    if (columns.count() == keep.width) {
      draw_elements(rows.first * keep.width, rows.last * keep.width);
      return;
    }
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      draw_elements(r * keep.width + columns.first, r * keep.width + columns.last);
    }
  }

  [[nodiscard]] std::size_t copy_of(std::int64_t thread) const {
    return std::max(listed_.size(), features_.size()) > 1 ? static_cast<std::size_t>(thread) : 0;
  }
  [[nodiscard]] std::int32_t label_of(std::int64_t r) const {
    return data_->labels[rows_[static_cast<std::size_t>(r)]];
  }
  void ready_delta(std::size_t i, index_range rows, std::int64_t thread) {
    const std::int64_t units =
        i > 0
            ? panel_shape(network_.stages[i].units(), network_.stages[i].inputs()).padded_columns()
            : 0;
    buffers_[i].delta.prepare(rows, part_of(i, thread), units);
  }

  static void activate(const activation& a, const finish_view& v, index_range rows) {
    std::visit(
        [&]<class F>(const F& f) {
          if constexpr (elementwise_activation<F>) Kernels::finish(f, v, rows);
        },
        a.function);
  }

  /// The function of stage i on whole rows. The last stage keeps its z: they are the logits.
  void activate_rows(std::size_t i, index_range rows, const keep_mask& keep) {
    const stage& s = network_.stages[i];
    const columns_view z = buffers_[i].output.values();
    const columns_view y = buffers_[i].gate_view();
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      activate_row(s.layer.activate, z.row(r), y.row(r), s.units());
      if (i + 1 == buffers_.size()) continue;
      std::copy_n(y.row(r), s.units(), z.row(r));
      if (keep.bytes != nullptr) Kernels::drop(keep, r, 0, s.units(), z.row(r));
    }
  }

  const staged_network& network_;
  thread_shares shares_;
  const labelled_rows* data_;
  bool is_training_;
  // Features by lists or by values: one for all threads, or one for each.
  std::vector<listed_features<Kernels>> listed_{};
  std::vector<left_factor<Kernels>> features_{};
  std::vector<mask_buffer> input_keep_{};  // of each thread
  std::vector<layer_buffers> buffers_{};
  std::vector<std::uint32_t> rows_;  // of the data, which the batch has
};

}  // namespace sweepnet
