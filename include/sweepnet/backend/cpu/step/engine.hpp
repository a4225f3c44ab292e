// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a batch becomes a gradient, and a gradient new weights: read engine::train() from the top.
//
// For a batch of n rows, and layers i = 1 to l with weights W (inputs x units) and b (units):
//
//   forward    z_i = x_i W_i + b_i                                         (n x units)
//              x_{i+1} = f_i(z_i) k_i;  x_1 are the rows' features
//              k_i is 1 / (1 - rate) where dropout keeps an element, else 0
//   loss       L = 1/n sum over the rows of weight loss(z_l, f_l(z_l), target), and dL/dz_l
//   backward   dL/dz_i = (dL/dz_{i+1} W_{i+1}^T) gate_i                    (n x units)
//              gate_i = f_i'(z_i) k_i
//   gradients  dL/dW_i = x_i^T dL/dz_i + l1 sign(W_i) + 2 l2 W_i           (inputs x units)
//              dL/db_i = column sums of dL/dz_i                            (units)
//   update     the optimizer's rule for each weight, while its gradient is in the cache
//
// Formulas: network/; passes: passes.hpp, loss.hpp, weight_gradients.hpp; arithmetic: kernels/.
//
// A step is a few parallel regions, between which the threads wait for each other. The wide first
// layers are divided by panels: each thread takes all rows of the batch through its units. Through
// the other layers each thread takes its rows (shares.hpp). The last region is update.
//
// Every product may skip zeros: of the features, of what relu and dropout leave of a layer, and of
// the gradients that follow from it (cost.hpp).

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/backend/cpu/factors/cost.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/prepared_rows.hpp"
#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/backend/cpu/step/buffers.hpp"
#include "sweepnet/backend/cpu/step/loss.hpp"
#include "sweepnet/backend/cpu/step/passes.hpp"
#include "sweepnet/backend/cpu/step/resting_rows.hpp"
#include "sweepnet/backend/cpu/step/shares.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/backend/cpu/step/weight_gradients.hpp"
#include "sweepnet/backend/cpu/step/weights.hpp"
#include "sweepnet/network/clipping.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/optimizer_step.hpp"
#include "sweepnet/training/metrics.hpp"

namespace sweepnet::cpu {

/// One optimizer step: what it changes beside the weights, and how.
struct weight_update {
  const optimizer& rule;
  optimizer_step step;
  std::vector<aligned_floats>& slots;
  /// Where whole gradients are wanted, else null: without it none are ever stored.
  aligned_floats* gradients;
  resting_rows* resting;  ///< where rows may rest in this step, else null
};

struct engine_options {
  std::optional<double> sparse_below{};  ///< as in cpu_options
  std::int64_t batch = 0;                ///< largest batch to train with; 0: only evaluate
};

/// Runs one network over one set of labelled rows.
class engine {
 public:
  /// `network`, `data`, `kernels` and `pool` must outlive the engine.
  engine(const staged_network& network, const prepared_rows& data, const kernel_table& kernels,
         const engine_options& options, thread_pool& pool)
      : pool_(&pool),
        network_(&network),
        kernels_(&kernels),
        shares_(network, options.batch > 0 ? threads_for(3 * options.batch) : 1),
        shape_(shape_of(kernels, network, data, options, pool.size())),
        owned_(network, shares_, options.batch > 0 && is_sparse() ? &data.zeros() : nullptr,
               options.batch),
        buffers_(kernels, network, data, shares_, shape_),
        passes_(kernels, network, data.rows(), buffers_, shares_, shape_),
        loss_(network, buffers_),
        scores_(static_cast<std::size_t>(options.batch)) {
    if (options.batch == 0) return;
    gradients_.emplace(kernels, network, owned_, buffers_, shares_.threads, shape_);
    tensors_ = network.layout.tensors();
  }
  static constexpr std::int64_t block = 128;  ///< rows that a thread evaluates at once

  engine(const engine&) = delete;  // its parts hold addresses of each other
  engine& operator=(const engine&) = delete;

  /// One step on some rows of the set, with dropout. Returns their scores before it. The transposes
  /// of the weights are up to date before and after it, but where there are layers by panels: there
  /// it brings them up to date first.
  score_sums train(std::span<const std::uint32_t> rows, const dropout_draw& draw,
                   network_weights& weights, const weight_update& update) {
    const std::int64_t count = std::ssize(rows);
    for (std::int64_t r = 0; r < count; ++r) {
      buffers_.set_row(r, rows[static_cast<std::size_t>(r)]);
    }
    forward_by_panels(count, draw, weights);
    go_through_rows(count, draw, weights);
    backward_by_panels(count, weights);
    const score_sums score = sum_of(std::span(scores_).first(rows.size()));
    apply(update, count, weights);
    return score;
  }

  /// Scores rows [first, first + count) of the set, without dropout. `weights` are packed. The
  /// network's outputs, (count x outputs), go to `outputs` unless it is null.
  score_sums evaluate(std::int64_t first, std::int64_t count, std::span<const float> weights,
                      float* outputs = nullptr) {
    const auto size = static_cast<std::size_t>(count);
    if (scores_.size() < size) scores_.resize(size);
    forward_rows(first, count, weights, [&](std::int64_t r, std::int64_t at) {
      scores_[static_cast<std::size_t>(r)] = loss_.score(at);
      if (outputs != nullptr) copy_outputs(at, outputs, r);
    });
    return sum_of(std::span(scores_).first(size));
  }

  /// The network's outputs for the same rows, (count x outputs).
  void predict(std::int64_t first, std::int64_t count, std::span<const float> weights,
               float* outputs) {
    forward_rows(first, count, weights,
                 [&](std::int64_t r, std::int64_t at) { copy_outputs(at, outputs, r); });
  }

  /// Whether the first layer skips zeros, by the density of the set.
  [[nodiscard]] bool is_sparse() const { return shape_.lists_features; }

 private:
  /// The outputs of row `at` of the batch to row r of `outputs`.
  void copy_outputs(std::int64_t at, float* outputs, std::int64_t r) {
    const std::span<const float> row = loss_.outputs(at);
    std::ranges::copy(row, outputs + r * std::ssize(row));
  }

  /// Forward through each layer by panels, all rows: a region each.
  void forward_by_panels(std::int64_t count, const dropout_draw& draw, network_weights& weights) {
    const index_range all{0, count};
    for (std::size_t i = 0; i < shares_.by_panels; ++i) {
      pool_->run(shares_.threads, [&](std::int64_t t) {
        if (i == 0) {
          // Not when they were updated: other threads may still have needed the old ones.
          transpose_owned(weights, t);
          passes_.load(all, t, draw);
        }
        passes_.forward(i, all, t, weights.values(), draw);
      });
    }
  }

  /// A thread's rows: forward through the other layers, loss, and backward to the lowest of them.
  void go_through_rows(std::int64_t count, const dropout_draw& draw,
                       const network_weights& weights) {
    const std::size_t layers = network_->stages.size();
    pool_->run(shares_.threads, [&](std::int64_t t) {
      const index_range own = share_of(count, t, shares_.threads);
      if (shares_.by_panels == 0) passes_.load(own, t, draw);
      for (std::size_t i = shares_.by_panels; i < layers; ++i) {
        passes_.forward(i, own, t, weights.values(), draw);
      }
      for (std::int64_t r = own.first; r < own.last; ++r) {
        scores_[static_cast<std::size_t>(r)] = loss_.score(r);
      }
      loss_.backward(own, count);
      for (std::size_t i = layers - 1; i-- > shares_.by_panels;) {
        passes_.backward(i, own, t, weights.transposed(i + 1));
      }
    });
  }

  /// Backward through each layer by panels, all rows, but for the first: a region each.
  void backward_by_panels(std::int64_t count, const network_weights& weights) {
    for (std::size_t i = shares_.by_panels; i-- > 1;) {
      pool_->run(shares_.threads, [&](std::int64_t t) {
        passes_.backward(i, {0, count}, t, weights.transposed(i + 1));
      });
    }
  }

  /// Gradients and update in one region, or one after the other where whole gradients are wanted.
  void apply(const weight_update& u, std::int64_t count, network_weights& weights) {
    const update_view view = view_of(u, weights);
    const update_function take = kernels_->updating(u.rule.rule);
    if (u.gradients == nullptr) {
      // Where features are not scattered, all rows take each step at no more cost.
      resting_rows* resting = buffers_.input(0, 0).scattered() != nullptr ? u.resting : nullptr;
      if (resting != nullptr) resting->begin_step(view);
      pool_->run(shares_.threads, [&](std::int64_t t) {
        feed({view, take, resting}, count, t, weights);
        if (shares_.by_panels == 0) transpose_owned(weights, t);
      });
      return;
    }
    pool_->run(shares_.threads, [&](std::int64_t t) {
      feed({view, kernels_->storing}, count, t, weights);
    });
    clip_norms(u.rule, *u.gradients, tensors_);
    constexpr std::int64_t weights_at_once = 16384;
    for_each_block(*pool_, std::ssize(*u.gradients), weights_at_once,
                   [&](std::int64_t first, std::int64_t last) {
                     take(view, first, u.gradients->data() + first, last - first, {});
                   });
    if (shares_.by_panels > 0) return;
    pool_->run(shares_.threads, [&](std::int64_t t) { transpose_owned(weights, t); });
  }

  /// Gradients of what a thread owns into `sink`, which may change the weights.
  void feed(const gradient_sink& sink, std::int64_t count, std::int64_t thread,
            const network_weights& weights) {
    // The first layer's dL/dz is for gradients of the thread's own units only.
    if (shares_.by_panels > 0) passes_.backward(0, {0, count}, thread, weights.transposed(1));
    gradients_->run(buffers_, count, thread, sink);
  }

  static update_view view_of(const weight_update& u, network_weights& weights) {
    update_view view{.step = u.step, .weights = weights.data()};
    if (u.rule.clipvalue) view.limit = static_cast<float>(*u.rule.clipvalue);
    for (std::size_t k = 0; k < u.slots.size(); ++k) view.slots[k] = u.slots[k].data();
    if (u.gradients != nullptr) view.gradients = u.gradients->data();
    return view;
  }

  void transpose_owned(network_weights& weights, std::int64_t thread) const {
    for (std::size_t i = 1; i < network_->stages.size(); ++i) {
      weights.transpose(i, owned_.owned(i, thread));
    }
  }

  /// Runs rows [first, first + count) of the set through the network without dropout, and calls
  /// visit(r, at) for each: row first + r lies in row `at` of the batch.
  template <class Visit>
  void forward_rows(std::int64_t first, std::int64_t count, std::span<const float> weights,
                    const Visit& visit) {
    // Each taker has room for one block of rows in the batch.
    const auto run = [&](std::int64_t t, std::int64_t begin, std::int64_t end) {
      const std::int64_t rows = end - begin;
      const std::int64_t at = t * block;
      for (std::int64_t r = 0; r < rows; ++r) buffers_.set_row(at + r, first + begin + r);
      passes_.load({at, at + rows}, t, {});
      for (std::size_t i = 0; i < network_->stages.size(); ++i) {
        passes_.forward(i, {at, at + rows}, t, weights, {});
      }
      for (std::int64_t r = 0; r < rows; ++r) visit(begin + r, at + r);
    };
    take_blocks(*pool_, threads_for(count), count, block, run);
  }

  /// How many threads to share `rows` rows among, taken once through all layers: all, or one where
  /// that is done before the others have begun.
  [[nodiscard]] int threads_for(std::int64_t rows) const {
    constexpr std::int64_t worth_sharing = 200'000;  // multiply-adds: some 20 us
    return rows * network_->layout.size < worth_sharing ? 1 : pool_->size();
  }

  static batch_shape shape_of(const kernel_table& kernels, const staged_network& network,
                              const prepared_rows& data, const engine_options& options,
                              std::int64_t threads) {
    const bool is_training = options.batch > 0;
    const std::int64_t rows = data.rows().rows();
    // Of a thread that evaluates, a whole block, as it may take any of them.
    const std::int64_t evaluated =
        rows <= block ? rows : block * std::min(threads, (rows + block - 1) / block);
    const double sparse_below = options.sparse_below.value_or(kernels.sparse_below);
    const std::int64_t listed =
        data.are_lists() ? options.batch : std::max(data.rows().width, options.batch);
    return {.capacity = is_training ? options.batch : evaluated,
            .use = is_training ? network_use::training : network_use::evaluation,
            .sparse_below = sparse_below,
            .lists_features = listed <= most_listed &&
                              cost::pays_to_list(data.zeros().density,
                                                 network.stages.front().units(), sparse_below)};
  }

  thread_pool* pool_;
  const staged_network* network_;
  const kernel_table* kernels_;
  thread_shares shares_;
  batch_shape shape_;
  kernel_shares owned_;
  batch_buffers buffers_;
  passes passes_;
  loss_pass loss_;
  std::optional<weight_gradients> gradients_{};  // when training
  std::vector<tensor_range> tensors_{};          // when training
  std::vector<score_sums> scores_;
};

}  // namespace sweepnet::cpu
