// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What of a network each thread takes. It changes no bit of a result.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/backend/cpu/factors/cost.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"

namespace sweepnet::cpu {

/// How threads share out a network. The first `by_panels` stages are divided by panels: a thread
/// has the weights, outputs, masks and gradients of some units for all rows of the batch, so that
/// all of them stay in its cache. In the other stages each thread takes some rows of the batch
/// through all weights, and sums the gradients of some inputs.
struct thread_shares {
  int threads;
  std::size_t by_panels;

  thread_shares(const staged_network& network, int threads_) : threads(threads_), by_panels(0) {
    constexpr std::int64_t worth_a_barrier = 65536;  // weights
    for (const stage& s : network.stages) {
      const bool even = threads > 1 && s.weights.kernel.panels() % threads == 0;
      if (!even || !s.is_elementwise() || s.weights.kernel.size() < worth_a_barrier) break;
      if (&s == &network.stages.back()) break;  // its function takes whole rows
      ++by_panels;
    }
  }

  [[nodiscard]] bool is_by_panels(std::size_t i) const { return i < by_panels; }
  /// Panels of stage i that a thread has: all, where it has rows.
  [[nodiscard]] index_range panels(const stage& s, std::size_t i, std::int64_t thread) const {
    const std::int64_t all = s.weights.kernel.panels();
    return is_by_panels(i) ? share_of(all, thread, threads) : index_range{0, all};
  }
  /// Units of a stage by panels that a thread has.
  [[nodiscard]] static index_range units(const stage& s, index_range panels) {
    const panel_shape& kernel = s.weights.kernel;
    return {panels.first * kernel.width, std::min(panels.last * kernel.width, kernel.columns)};
  }
};

/// Where [0, cost.size()) is cut into `parts` of about equal cost: parts + 1 bounds, each inner one
/// a multiple of 16, so that threads never write to the same cache line.
[[nodiscard]] inline std::vector<std::int64_t> balanced_parts(std::span<const double> cost,
                                                              int parts) {
  double total = 0;
  for (const double c : cost) total += c;
  constexpr std::int64_t floats_per_line = 16;
  const auto size = static_cast<std::int64_t>(cost.size());
  std::vector<std::int64_t> bounds = {0};
  double sum = 0;
  for (std::int64_t k = 0; k < size; ++k) {
    const auto wanted = static_cast<double>(bounds.size());
    if (k % floats_per_line == 0 && sum * parts >= wanted * total &&
        bounds.size() < std::size_t(parts)) {
      bounds.push_back(k);
    }
    sum += cost[static_cast<std::size_t>(k)];
  }
  bounds.resize(static_cast<std::size_t>(parts) + 1, size);
  return bounds;
}

/// A part of a stage's kernel.
struct kernel_part {
  index_range inputs;
  index_range panels;
};

/// What each thread owns of every kernel, the same in each step: some panels of a stage by panels,
/// else some inputs, of about equal cost.
class kernel_shares {
 public:
  /// For batches of `batch` rows. `zeros` are those of the features, where they are listed.
  kernel_shares(const staged_network& network, const thread_shares& shares, const sparsity* zeros,
                std::int64_t batch)
      : network_(&network), shares_(shares) {
    for (const stage& s : network.stages) {
      std::vector<double> costs(static_cast<std::size_t>(s.inputs()), 1);
      if (zeros != nullptr && bounds_.empty()) {
        for (std::size_t k = 0; k < costs.size(); ++k) {
          costs[k] = cost::of_weight_row(zeros->used[k], zeros->rows, batch);
        }
      }
      bounds_.push_back(balanced_parts(costs, shares.threads));
    }
  }

  [[nodiscard]] kernel_part owned(std::size_t i, std::int64_t thread) const {
    const stage& s = network_->stages[i];
    const index_range panels = shares_.panels(s, i, thread);
    if (shares_.is_by_panels(i)) return {{0, s.inputs()}, panels};
    const auto t = static_cast<std::size_t>(thread);
    return {{bounds_[i][t], bounds_[i][t + 1]}, panels};
  }

  /// Whether a thread sums the bias of a panel that it has.
  [[nodiscard]] bool owns_bias(std::size_t i, std::int64_t panel, std::int64_t thread) const {
    return shares_.is_by_panels(i) || panel % shares_.threads == thread;
  }

 private:
  const staged_network* network_;
  thread_shares shares_;
  std::vector<std::vector<std::int64_t>> bounds_{};  // of each stage's inputs
};

}  // namespace sweepnet::cpu
