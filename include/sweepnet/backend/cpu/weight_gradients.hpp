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

#include "sweepnet/backend/cpu/fused_network.hpp"
#include "sweepnet/backend/cpu/kernel_arguments.hpp"
#include "sweepnet/backend/cpu/left_factor.hpp"
#include "sweepnet/backend/cpu/panels.hpp"
#include "sweepnet/backend/cpu/sparse_rows.hpp"
#include "sweepnet/backend/cpu/stages.hpp"
#include "sweepnet/backend/cpu/update.hpp"

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
  /// For a network with batches of up to `capacity` rows, by `threads` threads, which share out
  /// the panels of the first `by_panels` stages and the rows of the other kernels.
  weight_gradients(const staged_network& network, const sparsity& zeros, std::int64_t capacity,
                   int threads, std::size_t by_panels, double sparse_below)
      : threads_(threads), by_panels_(by_panels), sparse_below_(sparse_below) {
    for (const stage& s : network.stages) {
      std::vector<double> cost(static_cast<std::size_t>(s.inputs()), 1);
      if (parts_.empty() && pays_to_list(zeros.density, s.units(), sparse_below)) {
        // A row of weights costs a sum over the batch and an update, which is about 16 rows' worth.
        for (std::size_t k = 0; k < cost.size(); ++k) {
          cost[k] =
              16 + static_cast<double>(zeros.used[k] * capacity) / static_cast<double>(zeros.rows);
        }
      }
      parts_.push_back(balanced_parts(cost, threads));
      transposes_.emplace_back(static_cast<std::size_t>(panel_shape(s.units(), s.inputs()).size()));
      lists_.emplace_back(capacity, std::max(s.inputs(), s.units()));
    }
    ways_.resize(network.stages.size());
    for (int t = 0; t < threads; ++t) {
      buffers_.emplace_back(static_cast<std::size_t>((capacity + 2 * tile) * tile));
    }
  }

  /// W^T of each stage (units x inputs), packed, for the backward pass.
  [[nodiscard]] std::span<const aligned_floats> transposes() const { return transposes_; }

  /// Chooses what to skip for a batch of `rows` rows, by what is 0 in it. Says whether list() must
  /// be called before run().
  [[nodiscard]] bool choose(const fused_network<Kernels>& pass, std::int64_t rows) {
    for (std::size_t i = 0; i < ways_.size(); ++i) ways_[i] = cheapest(pass, i, rows);
    return std::ranges::any_of(ways_, [](way w) { return w != way::dense; });
  }

  /// Lists the nonzeros of a thread's share of the columns. All shares must be there before run().
  void list(const fused_network<Kernels>& pass, std::int64_t rows, int thread) {
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      if (ways_[i] == way::dense) continue;
      const left_factor<Kernels>& factor =
          ways_[i] == way::by_inputs ? pass.input(i) : pass.delta(i);
      const std::int64_t words = (factor.width() + 63) / 64;
      const auto [first, last] = share_of(words, thread, threads_);
      Kernels::list_columns(factor.values(), rows, first * 64, std::min(last * 64, factor.width()),
                            lists_[i]);
    }
  }

  /// Feeds a thread's gradients to `sink`, for a batch of `rows` rows.
  void run(const fused_network<Kernels>& pass, std::int64_t rows, int thread,
           const sink_view& sink) {
    const std::vector<stage>& stages = pass.network().stages;
    for (std::size_t i = stages.size(); i-- > 0;) {
      const kernel_part part = owned(stages, i, thread);
      if (ways_[i] == way::by_deltas) {
        run_by_deltas(pass, i, part, rows, thread, sink);
      } else {
        run_by_inputs(pass, i, part, rows, thread, sink);
      }
      const packed_slot& slot = stages[i].weights;
      for (std::int64_t p = part.panels.first; p < part.panels.last; ++p) {
        if (i >= by_panels_ && p % threads_ != thread) continue;
        alignas(64) float g[tile];
        const const_columns_view delta = pass.delta(i).values();
        Kernels::column_sums({delta.data + p * slot.kernel.width, delta.stride}, rows,
                             slot.kernel.width, g);
        sink(slot.bias_at + p * slot.kernel.width, g, slot.kernel.width);
      }
    }
  }

  /// Brings the transposes of the weights that a thread owns up to date.
  void transpose(const std::vector<stage>& stages, std::span<const float> weights, int thread) {
    for (std::size_t i = 1; i < stages.size(); ++i) {
      const packed_slot& slot = stages[i].weights;
      const panel_shape to(slot.kernel.columns, slot.kernel.rows);
      const auto [inputs, panels] = owned(stages, i, thread);
      const std::int64_t first_column = panels.first * slot.kernel.width;
      const std::int64_t last_column = std::min(panels.last * slot.kernel.width, to.rows);
      for (std::int64_t k = inputs.first; k < inputs.last; k += 16) {
        const std::int64_t count = std::min<std::int64_t>(16, inputs.last - k);
        float* column =
            transposes_[i].data() + to.panel(k / to.width) + first_column * to.width + k % to.width;
        for (std::int64_t j = first_column; j < last_column; ++j, column += to.width) {
          const std::int64_t p = j / slot.kernel.width;
          const float* w = weights.data() + slot.kernel_at + slot.kernel.panel(p) +
                           k * slot.kernel.width + j % slot.kernel.width;
          for (std::int64_t c = 0; c < count; ++c) column[c] = w[c * slot.kernel.width];
        }
      }
    }
  }

 private:
  static constexpr std::int64_t tile = 64;  // rows and columns of a kernel whose gradients are summed

  /// Which factor's zeros are skipped.
  enum class way { dense, by_inputs, by_deltas };

  /// By counts of multiply-adds; see pays_to_list(). To transpose costs like some 10 rows.
  [[nodiscard]] way cheapest(const fused_network<Kernels>& pass, std::size_t i,
                             std::int64_t rows) const {
    const left_factor<Kernels>& x = pass.input(i);
    const left_factor<Kernels>& delta = pass.delta(i);
    const double dense = static_cast<double>(rows * x.width() * delta.width()) * sparse_below_;
    const double by_inputs = static_cast<double>(x.nonzeros(rows) * (delta.width() + tile));
    const double by_deltas = static_cast<double>(delta.nonzeros(rows) * (x.width() + tile) +
                                                 4 * x.width() * delta.width());
    if (dense <= std::min(by_inputs, by_deltas)) return way::dense;
    return by_inputs <= by_deltas ? way::by_inputs : way::by_deltas;
  }

  struct kernel_part {
    index_range inputs;
    index_range panels;
  };

  /// What a thread owns of a stage's kernel.
  [[nodiscard]] kernel_part owned(const std::vector<stage>& stages, std::size_t i,
                                  int thread) const {
    const panel_shape& kernel = stages[i].weights.kernel;
    if (i < by_panels_) return {{0, kernel.rows}, share_of(kernel.panels(), thread, threads_)};
    const auto t = static_cast<std::size_t>(thread);
    return {{parts_[i][t], parts_[i][t + 1]}, {0, kernel.panels()}};
  }

  /// A part of stage i's gradients as sums of rows of delta.
  void run_by_inputs(const fused_network<Kernels>& pass, std::size_t i, const kernel_part& part,
                     std::int64_t rows, int thread, const sink_view& sink) {
    constexpr std::int64_t block = 24;  // inputs
    const stage& s = pass.network().stages[i];
    const panel_shape& kernel = s.weights.kernel;
    if (part.inputs.first == part.inputs.last) return;
    float* buffer = buffers_[static_cast<std::size_t>(thread)].data();
    float* g = buffer + rows * tile;
    for (std::int64_t p = part.panels.first; p < part.panels.last; ++p) {
      const panel_view delta =
          gather(pass.delta(i).values(), p * kernel.width, kernel.width, rows, buffer);
      for (std::int64_t k = part.inputs.first; k < part.inputs.last; k += block) {
        const std::int64_t count = std::min(block, part.inputs.last - k);
        if (ways_[i] == way::by_inputs) {
          Kernels::sparse_lists(
              count, [&](std::int64_t j) { return lists_[i].at(k + j); }, delta, {g, kernel.width},
              false);
        } else {
          const const_columns_view x = pass.input(i).values();
          Kernels::dense_product({x.data + k, 1, x.stride}, 0, count, delta, {g, kernel.width});
        }
        sink(s.weights.kernel_at + kernel.panel(p) + k * kernel.width, g, count * kernel.width,
             penalty_of(s.layer));
      }
    }
  }

  /// The same part as sums of rows of x.
  void run_by_deltas(const fused_network<Kernels>& pass, std::size_t i, const kernel_part& part,
                     std::int64_t rows, int thread, const sink_view& sink) {
    const stage& s = pass.network().stages[i];
    const panel_shape& kernel = s.weights.kernel;
    float* buffer = buffers_[static_cast<std::size_t>(thread)].data();
    float* transposed = buffer + rows * tile;  // (units x inputs)
    float* g = transposed + tile * tile;
    for (std::int64_t k = part.inputs.first; k < part.inputs.last; k += tile) {
      const std::int64_t count = std::min(tile, part.inputs.last - k);
      const std::int64_t width = count <= 16 ? 16 : count <= 32 ? 32 : 64;
      const panel_view x = gather(pass.input(i).values(), k, width, rows, buffer);
      for (std::int64_t p = part.panels.first; p < part.panels.last; ++p) {
        const std::int64_t unit = p * kernel.width;
        const auto list_of = [&](std::int64_t j) {  // of nothing, for padding
          return j < kernel.columns_of(p) ? lists_[i].at(unit + j) : std::span<const nonzero>{};
        };
        Kernels::sparse_lists(kernel.width, list_of, x, {transposed, width}, false);
        Kernels::transpose({transposed, width}, kernel.width, width, {g, kernel.width});
        sink(s.weights.kernel_at + kernel.panel(p) + k * kernel.width, g, count * kernel.width,
             penalty_of(s.layer));
      }
    }
  }

  static penalty_rates penalty_of(const dense& layer) {
    return {static_cast<float>(layer.l1), static_cast<float>(layer.l2)};
  }

  /// `width` columns of a matrix, their rows back to back.
  static panel_view gather(const const_columns_view& from, std::int64_t column, std::int64_t width,
                           std::int64_t rows, float* to) {
    for (std::int64_t r = 0; r < rows; ++r) {
      std::copy_n(from.row(r) + column, width, to + r * width);
    }
    return {to, rows, width};
  }

  int threads_;
  std::size_t by_panels_;
  double sparse_below_;
  std::vector<way> ways_{};              // of each stage, for this batch
  std::vector<sparse_columns> lists_{};  // of each stage's inputs or deltas
  std::vector<std::vector<std::int64_t>> parts_{};  // of each stage's inputs
  std::vector<aligned_floats> transposes_{};
  std::vector<aligned_floats> buffers_{};  // (capacity + 2 tile) x tile, of each thread
};

}  // namespace sweepnet
