// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The gradients of all weights from a finished backward pass: dL/dW = x^T delta and dL/db = column
// sums of delta, summed over the rows in their order.
//
// Each thread sums the gradients of a small part of what it owns (shares.hpp) in its first-level
// cache and hands them to a sink while they are there. Of the factors, the sums may skip the zeros
// of either, but not of both (cost.hpp says which):
//
//   by inputs: a row of dL/dW is a sum of rows of delta, those where the input is not 0;
//   by deltas: a column of dL/dW is a sum of rows of x, those where delta is not 0. A tile of
//     columns is transposed before the sink gets it.
//
// Scattered features go by inputs, and of these by those that are not 0 in all rows.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "sweepnet/backend/cpu/factors/cost.hpp"
#include "sweepnet/backend/cpu/factors/layer_input.hpp"
#include "sweepnet/backend/cpu/factors/left_factor.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/scattered_features.hpp"
#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/backend/cpu/step/buffers.hpp"
#include "sweepnet/backend/cpu/step/resting_rows.hpp"
#include "sweepnet/backend/cpu/step/shares.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/network/penalty.hpp"

namespace sweepnet::cpu {

/// What becomes of gradients as soon as they are summed: an update of the weights, so that no
/// gradient is ever stored, or a store of them, for a clip by norm that must see them all first.
struct gradient_sink {
  const update_view& update;
  update_function take;
  resting_rows* resting = nullptr;  ///< of the first layer's weights; null: all take each step

  void operator()(std::int64_t offset, float* g, std::int64_t count,
                  const weight_penalty& penalty = {}) const {
    take(update, offset, g, count, penalty);
  }
};

class weight_gradients {
 public:
  /// All must outlive this.
  weight_gradients(const kernel_table& kernels, const staged_network& network,
                   const kernel_shares& shares, const batch_buffers& batch, int threads,
                   const batch_shape& shape)
      : kernels_(&kernels),
        network_(&network),
        shares_(&shares),
        sparse_below_(shape.sparse_below) {
    const scattered_features* scattered = batch.input(0, 0).scattered();
    std::int64_t widest = 0;
    for (const stage& s : network.stages) {
      const bool is_scattered = scattered != nullptr && all_inputs_.empty();
      widest = std::max({widest, is_scattered ? 0 : s.inputs(), s.units()});
      all_inputs_.emplace_back(is_scattered ? 0 : s.inputs());
    }
    for (int t = 0; t < threads; ++t) {
      scratch& s = scratch_.emplace_back();
      s.lists = {shape.capacity, widest};
      if (scattered != nullptr) s.scattered = {*scattered, shape.capacity};
      s.used = column_set(network.stages.front().inputs());
      s.buffer.resize(static_cast<std::size_t>((shape.capacity + 2 * tile) * tile));
    }
  }

  /// Feeds a thread's gradients to `sink`, for a batch of `rows` rows. Where the thread has panels
  /// of a layer, all others may still be at their dL/dz of it.
  void run(const batch_buffers& batch, std::int64_t rows, std::int64_t thread,
           const gradient_sink& sink) {
    for (std::size_t i = 0; i < network_->stages.size(); ++i) {
      const part_of_gradient part{.layer = i,
                                  .stage = network_->stages[i],
                                  .x = batch.input(i, thread),
                                  .delta = batch.layer(i).delta,
                                  .rows = rows,
                                  .owned = shares_->owned(i, thread),
                                  .thread = thread,
                                  .sink = sink};
      if (part.x.scattered() != nullptr) {
        sum_by_used_inputs(part);
      } else {
        switch (cheapest(part, batch.part_of(i, thread))) {
          case cost::sums::dense: sum_densely(part); break;
          case cost::sums::by_inputs: sum_by_inputs(part); break;
          case cost::sums::by_deltas: sum_by_deltas(part); break;
        }
      }
      sum_biases(part);
    }
  }

 private:
  static constexpr std::int64_t tile = 64;  // widest panel, and inputs that go by deltas at once
  static constexpr std::int64_t inputs_at_once = 24;

  /// What a thread sums of one layer's gradient, (inputs x rows) (rows x units).
  struct part_of_gradient {
    std::size_t layer;
    const cpu::stage& stage;
    layer_input x;             // (rows x inputs)
    const left_factor& delta;  // (rows x units)
    std::int64_t rows;
    kernel_part owned;
    std::int64_t thread;
    const gradient_sink& sink;

    [[nodiscard]] const panel_shape& kernel() const { return stage.weights.kernel; }
    /// What rests where gradients are 0; null: nothing.
    [[nodiscard]] resting_rows* resting() const { return layer == 0 ? sink.resting : nullptr; }

    /// Feeds the gradients g of `count` inputs from k on, in panel p.
    void feed(std::int64_t p, std::int64_t k, std::int64_t count, float* g) const {
      if (resting() != nullptr) resting()->wake(p, {k, k + count});
      const std::int64_t offset = stage.weights.kernel_at + kernel().panel(p) + k * kernel().width;
      sink(offset, g, count * kernel().width, penalty_of(stage.layer));
    }
  };

  struct scratch {
    sparse_columns lists{};
    scattered_columns scattered{};
    column_set used{};        // of the features
    aligned_floats buffer{};  // (capacity + 2 tile) x tile
  };
  [[nodiscard]] scratch& scratch_of(std::int64_t thread) {
    return scratch_[static_cast<std::size_t>(thread)];
  }

  /// `part_of_delta` is the thread's part of its columns.
  [[nodiscard]] cost::sums cheapest(const part_of_gradient& part,
                                    std::int64_t part_of_delta) const {
    const cost::gradient_shape shape{
        .rows = part.rows,
        .inputs = part.x.width(),
        .units = part.delta.part_width(),
        .input_nonzeros = part.x.nonzeros(part.rows),
        .delta_nonzeros = part.delta.nonzeros(part.rows, part_of_delta)};
    if (part.x.lists() != nullptr) {
      return cost::cheapest(shape, std::numeric_limits<double>::infinity());
    }
    if (std::max(shape.inputs, shape.rows) > most_listed) return cost::sums::dense;
    return cost::cheapest(shape, sparse_below_);
  }

  void sum_densely(const part_of_gradient& part) {
    const const_columns_view x = part.x.reals()->values();
    for_each_input_block(part, [&](std::int64_t k, std::int64_t count, const panel_view& delta,
                                   const columns_view& g) {
      kernels_->dense_product({x.data + k, 1, x.stride}, count, delta, g);
    });
  }

  void sum_by_inputs(const part_of_gradient& part) {
    sparse_columns& lists = scratch_of(part.thread).lists;
    part.x.list_columns(part.rows, part.owned.inputs, lists);
    lists.finish(part.owned.inputs, inputs_at_once);
    for_each_input_block(part, [&](std::int64_t k, std::int64_t count, const panel_view& delta,
                                   const columns_view& g) {
      kernels_->sparse_product(lists.view(k), count, delta, g, false);
    });
  }

  /// Calls sum(k, count, delta, g) for each panel's delta (rows x width) and each block of inputs
  /// from k on, and feeds what it leaves in g (count x width).
  template <class Sum> void for_each_input_block(const part_of_gradient& part, const Sum& sum) {
    if (part.owned.inputs.count() == 0) return;
    const std::int64_t width = part.kernel().width;
    float* buffer = scratch_of(part.thread).buffer.data();
    float* g = buffer + part.rows * tile;
    for (std::int64_t p = part.owned.panels.first; p < part.owned.panels.last; ++p) {
      const panel_view delta = part.delta.gather(p * width, width, part.rows, buffer);
      for (std::int64_t k = part.owned.inputs.first; k < part.owned.inputs.last;
           k += inputs_at_once) {
        const std::int64_t count = std::min(inputs_at_once, part.owned.inputs.last - k);
        sum(k, count, delta, columns_view{g, width});
        part.feed(p, k, count, g);
      }
    }
  }

  void sum_by_used_inputs(const part_of_gradient& part) {
    scratch& s = scratch_of(part.thread);
    const index_range owned = part.owned.inputs;
    s.scattered.set(*part.x.scattered(), part.rows, owned, inputs_at_once, s.used);
    const index_range places = s.used.within(owned);
    const std::int64_t width = part.kernel().width;
    for (std::int64_t p = part.owned.panels.first; p < part.owned.panels.last; ++p) {
      const panel_view delta = part.delta.gather(p * width, width, part.rows, s.buffer.data());
      std::int64_t fed = owned.first;  // all inputs before it
      for (index_range some = places; some.first < places.last; some.first = some.last) {
        some.last = std::min(some.first + inputs_at_once, places.last);
        kernels_->sparse_product(s.scattered.view(some.first), some.count(), delta,
                                 {tile_of(part), width}, false);
        feed_tile(part, p, s.used, some, fed);
        fed = s.used.column(some.last - 1) + 1;
      }
      feed_zeros(part, p, {fed, owned.last});
    }
  }

  void sum_by_deltas(const part_of_gradient& part) {
    scratch& s = scratch_of(part.thread);
    const index_range units = thread_shares::units(part.stage, part.owned.panels);
    part.delta.list_columns(part.rows, units, s.lists);
    s.lists.finish(units, part.kernel().width);
    const column_set& used = used_inputs(part);
    const index_range places = used.within(part.owned.inputs);
    std::int64_t fed = part.owned.inputs.first;  // all inputs before it
    for (std::int64_t first = places.first; first < places.last; first += tile) {
      const index_range some{first, std::min(first + tile, places.last)};
      const panel_view inputs =
          part.x.gather(used, some, panel_width(some.count()), part.rows, s.buffer.data());
      for (std::int64_t p = part.owned.panels.first; p < part.owned.panels.last; ++p) {
        sum_tile_by_deltas(part, p, inputs);
        feed_tile(part, p, used, some, fed);
      }
      fed = used.column(some.last - 1) + 1;
    }
    for (std::int64_t p = part.owned.panels.first; p < part.owned.panels.last; ++p) {
      feed_zeros(part, p, {fed, part.owned.inputs.last});
    }
  }

  /// The narrowest panel for so many columns.
  [[nodiscard]] static std::int64_t panel_width(std::int64_t columns) {
    return columns <= 16 ? 16 : columns <= 32 ? 32 : 64;
  }

  // Of the scratch buffer, behind a panel's rows: a tile's gradients by columns, then by rows.
  [[nodiscard]] float* transposed_tile(const part_of_gradient& part) {
    return scratch_of(part.thread).buffer.data() + part.rows * tile;
  }
  [[nodiscard]] float* tile_of(const part_of_gradient& part) {
    return transposed_tile(part) + tile * tile;
  }

  /// tile = (delta^T inputs)^T for one panel of units, from `inputs` (rows x some inputs).
  void sum_tile_by_deltas(const part_of_gradient& part, std::int64_t p, const panel_view& inputs) {
    const panel_shape& kernel = part.kernel();
    const std::int64_t units = kernel.columns_of(p);
    const columns_view transposed{transposed_tile(part), inputs.width};  // (units x inputs)
    kernels_->sparse_product(scratch_of(part.thread).lists.view(p * kernel.width), units, inputs,
                             transposed, false);
    // What pads the panel has gradients of 0.
    std::fill(transposed.row(units), transposed.row(kernel.width), 0.0F);
    kernels_->transpose(transposed, kernel.width, inputs.width, {tile_of(part), kernel.width});
  }

  /// Feeds a tile's gradients, of the inputs in some places of `used`, and 0 for the inputs between
  /// them from `next` on.
  void feed_tile(const part_of_gradient& part, std::int64_t p, const column_set& used,
                 index_range places, std::int64_t next) {
    float* g = tile_of(part);
    for (std::int64_t place = places.first; place < places.last;) {
      const std::int64_t run = used.run(place, places.last);
      const std::int64_t column = used.column(place);
      feed_zeros(part, p, {next, column});
      part.feed(p, column, run, g + (place - places.first) * part.kernel().width);
      next = column + run;
      place += run;
    }
  }

  /// Feeds gradients of 0 for some inputs.
  void feed_zeros(const part_of_gradient& part, std::int64_t p, index_range inputs) {
    if (part.resting() != nullptr) return;
    float* zeros = transposed_tile(part);
    for (std::int64_t k = inputs.first; k < inputs.last; k += tile) {
      const std::int64_t count = std::min(tile, inputs.last - k);
      std::fill_n(zeros, count * part.kernel().width, 0.0F);  // a sink may have changed them
      part.feed(p, k, count, zeros);
    }
  }

  /// The inputs that are not 0 in all rows, as far as that is known.
  [[nodiscard]] const column_set& used_inputs(const part_of_gradient& part) {
    const listed_features* lists = part.x.lists();
    if (lists == nullptr) return all_inputs_[part.layer];
    column_set& used = scratch_of(part.thread).used;
    lists->find_used(part.rows, used);
    return used;
  }

  /// dL/db of a thread's panels.
  void sum_biases(const part_of_gradient& part) const {
    const packed_weights& w = part.stage.weights;
    const const_columns_view delta = part.delta.values();
    for (std::int64_t p = part.owned.panels.first; p < part.owned.panels.last; ++p) {
      if (!shares_->owns_bias(part.layer, p, part.thread)) continue;
      const std::int64_t unit = p * w.kernel.width;
      alignas(64) float g[tile];
      kernels_->column_sums({delta.data + unit, delta.stride}, part.rows, w.kernel.width, g);
      part.sink(w.bias_at + unit, g, w.kernel.width);
    }
  }

  const kernel_table* kernels_;
  const staged_network* network_;
  const kernel_shares* shares_;
  double sparse_below_;
  std::vector<column_set> all_inputs_{};  // of each layer
  std::vector<scratch> scratch_{};        // of each thread
};

}  // namespace sweepnet::cpu
