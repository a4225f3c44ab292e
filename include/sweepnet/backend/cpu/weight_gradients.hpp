// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The gradients of all weights from a finished backward pass, with the kernels of one instruction
// set: dL/dW = x^T delta and dL/db = column sums of delta, summed over the rows in their order.
//
// Each thread owns some panels or some rows of every kernel, the same in each step. It takes one
// panel of delta at a time into its first-level cache, sums the gradients of a few of its rows, and
// hands them to a sink (update.hpp) while they are there.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/backend/cpu/fused_network.hpp"
#include "sweepnet/backend/cpu/kernel_arguments.hpp"
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
                   int threads, std::size_t by_panels, bool sparse)
      : threads_(threads), by_panels_(by_panels), panels_(static_cast<std::size_t>(threads)) {
    if (sparse) nonzeros_ = sparse_columns(capacity, network.stages.front().inputs());
    for (const stage& s : network.stages) {
      std::vector<double> cost(static_cast<std::size_t>(s.inputs()), 1);
      if (sparse && parts_.empty()) {
        // A row of weights costs a sum over the batch and an update, which is about 16 rows' worth.
        for (std::size_t k = 0; k < cost.size(); ++k) {
          cost[k] =
              16 + static_cast<double>(zeros.used[k] * capacity) / static_cast<double>(zeros.rows);
        }
      }
      parts_.push_back(balanced_parts(cost, threads));
      transposes_.emplace_back(static_cast<std::size_t>(panel_shape(s.units(), s.inputs()).size()));
    }
    for (aligned_floats& panel : panels_) panel.resize(static_cast<std::size_t>(capacity * 64));
  }

  /// W^T of each stage (units x inputs), packed, for the backward pass.
  [[nodiscard]] std::span<const aligned_floats> transposes() const { return transposes_; }

  /// Lists a thread's part of the features, if the pass has lists of their rows. All parts must be
  /// there before run().
  void list_columns(const fused_network<Kernels>& pass, std::int64_t rows, int thread) {
    if (!pass.is_sparse()) return;
    const auto [first, last] = part(0, thread);
    nonzeros_.set(pass.nonzeros(), rows, first, last);
  }

  /// Feeds a thread's gradients to `sink`, for a batch of `rows` rows.
  void run(fused_network<Kernels>& pass, std::int64_t rows, int thread, const sink_view& sink) {
    const std::vector<stage>& stages = pass.network().stages;
    for (std::size_t i = stages.size(); i-- > 0;) {
      const bool sparse = i == 0 && pass.is_sparse();
      const penalty_rates penalty{static_cast<float>(stages[i].layer.l1),
                                  static_cast<float>(stages[i].layer.l2)};
      const packed_slot& slot = stages[i].weights;
      const auto [inputs, panels] = owned(stages, i, thread);
      for (std::int64_t p = panels.first; p < panels.last; ++p) {
        const bool bias_too = i < by_panels_ || p % threads_ == thread;
        if (inputs.first == inputs.last && !bias_too) continue;
        const panel_view delta = gather_panel(pass.delta(i), slot.kernel, p, rows, thread);
        alignas(64) float g[tile * 64];
        for (std::int64_t k = inputs.first; k < inputs.last; k += tile) {
          const std::int64_t count = std::min(tile, inputs.last - k);
          if (sparse) {
            Kernels::sparse_lists(
                count, [&](std::int64_t j) { return nonzeros_.at(k + j); }, delta, {g, delta.width},
                false);
          } else {
            Kernels::dense_product(pass.transposed_input(i).from_row(k), 0, count, delta,
                                   {g, delta.width});
          }
          sink(slot.kernel_at + slot.kernel.panel(p) + k * slot.kernel.width, g,
               count * slot.kernel.width, penalty);
        }
        if (!bias_too) continue;
        Kernels::column_sums(delta, g);
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
  static constexpr std::int64_t tile = 24;  // rows of a kernel whose gradients stay in the cache

  [[nodiscard]] std::pair<std::int64_t, std::int64_t> part(std::size_t i, int thread) const {
    const auto t = static_cast<std::size_t>(thread);
    return {parts_[i][t], parts_[i][t + 1]};
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
    const auto [first, last] = part(i, thread);
    return {{first, last}, {0, kernel.panels()}};
  }

  /// Panel p of `delta` (rows x units), its rows back to back.
  panel_view gather_panel(const columns_view& delta, const panel_shape& shape, std::int64_t p,
                          std::int64_t rows, int thread) {
    float* to = panels_[static_cast<std::size_t>(thread)].data();
    for (std::int64_t r = 0; r < rows; ++r) {
      std::copy_n(delta.row(r) + p * shape.width, shape.width, to + r * shape.width);
    }
    return {to, rows, shape.width};
  }

  int threads_;
  std::size_t by_panels_;
  sparse_columns nonzeros_{};
  std::vector<std::vector<std::int64_t>> parts_{};  // of each stage's inputs
  std::vector<aligned_floats> transposes_{};
  std::vector<aligned_floats> panels_;  // (capacity x 64) of each thread
};

}  // namespace sweepnet
