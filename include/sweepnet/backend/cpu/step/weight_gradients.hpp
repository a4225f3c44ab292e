// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The gradients of all weights from a finished backward pass, with the kernels of one instruction
// set: dL/dW = x^T delta and dL/db = column sums of delta, summed over the rows in their order.
//
// Each thread owns some panels or some rows of every kernel, the same in each step. It sums the
// gradients of a small part of it in its first-level cache and hands them to a sink (update.hpp)
// while they are there. Of the factors, the sums may skip the zeros of either, but not of both:
//
//   by inputs: a row of dL/dW is a sum of rows of delta, those where the input is not 0;
//   by deltas: a column of dL/dW is a sum of rows of x, those where delta is not 0. A tile of
//     columns is transposed before the sink gets it.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/backend/cpu/factors/left_factor.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/step/fused_network.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/backend/cpu/step/update.hpp"

namespace sweepnet {

/// Where [0, cost.size()) is cut into `parts` of about equal cost: parts + 1 bounds, each inner one
/// a multiple of 16, so that threads never write to the same cache line.
[[nodiscard]] inline std::vector<std::int64_t> balanced_parts(std::span<const double> cost,
                                                              int parts) {
  double total = 0;
  for (const double c : cost) total += c;
  const auto size = static_cast<std::int64_t>(cost.size());
  std::vector<std::int64_t> bounds = {0};
  double sum = 0;
  for (std::int64_t k = 0; k < size; ++k) {
    const auto wanted = static_cast<double>(bounds.size());
    if (k % 16 == 0 && sum * parts >= wanted * total && bounds.size() < std::size_t(parts)) {
      bounds.push_back(k);
    }
    sum += cost[static_cast<std::size_t>(k)];
  }
  bounds.resize(static_cast<std::size_t>(parts) + 1, size);
  return bounds;
}

template <class Kernels> class weight_gradients {
 public:
  /// For a network with batches of up to `capacity` rows. `zeros` are those of the features, if
  /// they are listed.
  weight_gradients(const staged_network& network, const thread_shares& shares,
                   const sparsity* zeros, std::int64_t capacity, double sparse_below)
      : shares_(shares), sparse_below_(sparse_below) {
    for (const stage& s : network.stages) {
      std::vector<double> cost(static_cast<std::size_t>(s.inputs()), 1);
      if (zeros != nullptr && parts_.empty()) {
        // A row of weights costs a sum over the batch and an update, which is about 16 rows' worth.
        for (std::size_t k = 0; k < cost.size(); ++k) {
          cost[k] = 16 + static_cast<double>(zeros->used[k] * capacity) /
                             static_cast<double>(zeros->rows);
        }
      }
      parts_.push_back(balanced_parts(cost, shares.threads));
      all_inputs_.emplace_back(s.inputs());
      transposes_.emplace_back(static_cast<std::size_t>(panel_shape(s.units(), s.inputs()).size()));
    }
    std::int64_t widest = 0;
    for (const stage& s : network.stages) widest = std::max({widest, s.inputs(), s.units()});
    for (int t = 0; t < shares.threads; ++t) {
      scratch_.push_back(
          {.lists = {capacity, widest},
           .used = column_set(network.stages.front().inputs()),
           .buffer = aligned_floats(static_cast<std::size_t>((capacity + 2 * tile) * tile))});
    }
  }

  /// W^T of stage i (units x inputs), packed, for the backward pass.
  [[nodiscard]] std::span<const float> transpose(std::size_t i) const { return transposes_[i]; }

  /// Feeds a thread's gradients to `sink`, for a batch of `rows` rows. Where the thread has units
  /// of a stage, all others may still be at their dL/dz of it.
  void run(const fused_network<Kernels>& pass, std::int64_t rows, int thread,
           const sink_view& sink) {
    const std::vector<stage>& stages = pass.network().stages;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const kernel_part part = owned(stages, i, thread);
      const left_factor<Kernels>& delta = pass.delta(i);
      pass.with_input(i, thread, [&](const auto& x) {
        const way how = cheapest(x, delta, rows, pass.part_of(i, thread));
        if (how == way::by_deltas) {
          run_by_deltas(x, used_inputs(x, i, rows, thread), delta, stages[i], part, rows, thread,
                        sink);
        } else {
          run_by_inputs(x, delta, stages[i], part, rows, thread, how, sink);
        }
      });
      const packed_weights& w = stages[i].weights;
      for (std::int64_t p = part.panels.first; p < part.panels.last; ++p) {
        if (!shares_.is_by_panels(i) && p % shares_.threads != thread) continue;
        alignas(64) float g[tile];
        Kernels::column_sums({delta.values().data + p * w.kernel.width, delta.values().stride},
                             rows, w.kernel.width, g);
        sink(w.bias_at + p * w.kernel.width, g, w.kernel.width);
      }
    }
  }

  /// Brings the transposes of the weights that a thread owns up to date.
  void update_transposes(const std::vector<stage>& stages, std::span<const float> weights,
                         int thread) {
    constexpr std::int64_t block = 16;
    for (std::size_t i = 1; i < stages.size(); ++i) {
      const packed_weights& w = stages[i].weights;
      const panel_shape to(w.kernel.columns, w.kernel.rows);
      const auto [inputs, panels] = owned(stages, i, thread);
      for (std::int64_t p = panels.first; p < panels.last; ++p) {
        for (std::int64_t k = inputs.first; k < inputs.last; k += block) {
          const std::int64_t rows = std::min(block, inputs.last - k);
          for (std::int64_t j = 0; j < w.kernel.columns_of(p); j += block) {
            const const_columns_view from(
                weights.data() + w.kernel_at + w.kernel.panel(p) + k * w.kernel.width + j,
                w.kernel.width);
            const columns_view column{transposes_[i].data() + to.panel(k / to.width) +
                                          (p * w.kernel.width + j) * to.width + k % to.width,
                                      to.width};
            const std::int64_t columns = std::min(block, w.kernel.columns_of(p) - j);
            if (rows == block && columns == block) {
              Kernels::transpose(from, block, block, column);
              continue;
            }
            for (std::int64_t r = 0; r < rows; ++r) {
              for (std::int64_t c = 0; c < columns; ++c) column.row(c)[r] = from.row(r)[c];
            }
          }
        }
      }
    }
  }

 private:
  static constexpr std::int64_t tile = 64;  // rows and columns of a kernel that are summed at once

  /// Which factor's zeros are skipped.
  enum class way { dense, by_inputs, by_deltas };

  /// By counts of multiply-adds with a part of delta; see pays_to_list(). To transpose costs like
  /// some 10 rows.
  template <class Inputs>
  [[nodiscard]] way cheapest(const Inputs& x, const left_factor<Kernels>& delta, std::int64_t rows,
                             std::int64_t part) const {
    const std::int64_t units = delta.part_width();
    const double by_inputs = static_cast<double>(x.nonzeros(rows) * (units + tile));
    const double by_deltas = static_cast<double>(delta.nonzeros(rows, part) * (x.width() + tile) +
                                                 4 * x.width() * units);
    if constexpr (requires { x.values(); }) {
      const double dense = static_cast<double>(rows * x.width() * units);
      const bool lists = std::max(x.width(), rows) <= most_listed;
      if (!lists || dense * sparse_below_ <= std::min(by_inputs, by_deltas)) return way::dense;
    }
    return by_inputs <= by_deltas ? way::by_inputs : way::by_deltas;
  }

  /// The inputs of stage i that are not 0 in all rows, as far as that is known.
  template <class Inputs>
  [[nodiscard]] const column_set& used_inputs(const Inputs& x, std::size_t i, std::int64_t rows,
                                              int thread) {
    if constexpr (requires(column_set & used) { x.find_used(rows, used); }) {
      column_set& used = scratch_of(thread).used;
      x.find_used(rows, used);
      return used;
    }
    return all_inputs_[i];
  }

  struct kernel_part {
    index_range inputs;
    index_range panels;
  };

  /// What a thread owns of a stage's kernel.
  [[nodiscard]] kernel_part owned(const std::vector<stage>& stages, std::size_t i,
                                  int thread) const {
    const index_range panels = shares_.panels(stages[i], i, thread);
    if (shares_.is_by_panels(i)) return {{0, stages[i].inputs()}, panels};
    const auto t = static_cast<std::size_t>(thread);
    return {{parts_[i][t], parts_[i][t + 1]}, panels};
  }

  /// A part of a stage's gradients as sums of rows of delta.
  template <class Inputs>
  void run_by_inputs(const Inputs& x, const left_factor<Kernels>& delta, const stage& s,
                     const kernel_part& part, std::int64_t rows, int thread, way how,
                     const sink_view& sink) {
    constexpr std::int64_t block = 24;  // inputs
    if (part.inputs.count() == 0) return;
    const panel_shape& kernel = s.weights.kernel;
    sparse_columns& lists = scratch_of(thread).lists;
    float* buffer = scratch_of(thread).buffer.data();
    float* g = buffer + rows * tile;
    if (how == way::by_inputs) {
      x.list_columns(rows, part.inputs, lists);
      lists.finish(part.inputs, block);
    }
    for (std::int64_t p = part.panels.first; p < part.panels.last; ++p) {
      const panel_view d = delta.gather(p * kernel.width, kernel.width, rows, buffer);
      for (std::int64_t k = part.inputs.first; k < part.inputs.last; k += block) {
        const std::int64_t count = std::min(block, part.inputs.last - k);
        const columns_view to{g, kernel.width};
        if (how == way::by_inputs) {
          const auto list_of = [&](std::int64_t j) { return lists.at(k, j); };
          Kernels::sparse_lists(count, list_of, d, to, false);
        } else if constexpr (requires { x.values(); }) {
          const const_columns_view values = x.values();
          Kernels::dense_product({values.data + k, 1, values.stride}, 0, count, d, to);
        }
        sink(s.weights.kernel_at + kernel.panel(p) + k * kernel.width, g, count * kernel.width,
             penalty_of(s.layer));
      }
    }
  }

  /// The same part as sums of rows of x, of which only the columns `used` are not 0.
  template <class Inputs>
  void run_by_deltas(const Inputs& x, const column_set& used, const left_factor<Kernels>& delta,
                     const stage& s, const kernel_part& part, std::int64_t rows, int thread,
                     const sink_view& sink) {
    const panel_shape& kernel = s.weights.kernel;
    sparse_columns& lists = scratch_of(thread).lists;
    float* buffer = scratch_of(thread).buffer.data();
    float* transposed = buffer + rows * tile;  // (units x inputs)
    float* g = transposed + tile * tile;
    const index_range units = thread_shares::units(s, part.panels);
    delta.list_columns(rows, units, lists);
    lists.finish(units, kernel.width);
    const index_range places = used.within(part.inputs);
    std::int64_t fed = part.inputs.first;
    for (std::int64_t first = places.first; first < places.last; first += tile) {
      const index_range some{first, std::min(first + tile, places.last)};
      const std::int64_t width = some.count() <= 16 ? 16 : some.count() <= 32 ? 32 : 64;
      const panel_view inputs = x.gather(used, some, width, rows, buffer);
      for (std::int64_t p = part.panels.first; p < part.panels.last; ++p) {
        const std::int64_t unit = p * kernel.width;
        const auto list_of = [&](std::int64_t j) {  // of nothing, for padding
          return j < kernel.columns_of(p) ? lists.at(unit, j) : row_list{j, {}};
        };
        Kernels::sparse_lists(kernel.width, list_of, inputs, {transposed, width}, false);
        Kernels::transpose({transposed, width}, kernel.width, width, {g, kernel.width});
        std::int64_t next = fed;
        for (std::int64_t place = some.first; place < some.last;) {
          const std::int64_t run = used.run(place, some.last);
          const std::int64_t column = used.column(place);
          feed_zeros(s, p, index_range{next, column}, transposed, sink);
          sink(s.weights.kernel_at + kernel.panel(p) + column * kernel.width,
               g + (place - some.first) * kernel.width, run * kernel.width, penalty_of(s.layer));
          next = column + run;
          place += run;
        }
      }
      fed = used.column(some.last - 1) + 1;
    }
    for (std::int64_t p = part.panels.first; p < part.panels.last; ++p) {
      feed_zeros(s, p, index_range{fed, part.inputs.last}, transposed, sink);
    }
  }

  /// Gradients of 0 for some inputs, by way of a buffer for tile of them.
  static void feed_zeros(const stage& s, std::int64_t panel, index_range inputs, float* buffer,
                         const sink_view& sink) {
    const panel_shape& kernel = s.weights.kernel;
    for (std::int64_t k = inputs.first; k < inputs.last; k += tile) {
      const std::int64_t count = std::min(tile, inputs.last - k) * kernel.width;
      std::fill_n(buffer, count, 0.0F);  // a sink may have changed it
      sink(s.weights.kernel_at + kernel.panel(panel) + k * kernel.width, buffer, count,
           penalty_of(s.layer));
    }
  }

  struct scratch {
    sparse_columns lists;
    column_set used;        // of the features
    aligned_floats buffer;  // (capacity + 2 tile) x tile
  };
  [[nodiscard]] scratch& scratch_of(int thread) {
    return scratch_[static_cast<std::size_t>(thread)];
  }

  static penalty_rates penalty_of(const dense& d) {
    return {static_cast<float>(d.l1), static_cast<float>(d.l2)};
  }

  thread_shares shares_;
  double sparse_below_;
  std::vector<std::vector<std::int64_t>> parts_{};  // of each stage's inputs
  std::vector<column_set> all_inputs_{};            // of each stage
  std::vector<aligned_floats> transposes_{};
  std::vector<scratch> scratch_{};  // of each thread
};

}  // namespace sweepnet
