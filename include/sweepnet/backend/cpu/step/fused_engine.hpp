// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The engine of one instruction set, and the choice among them.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/backend/cpu/factors/sparse_features.hpp"
#include "sweepnet/backend/cpu/kernels/kernels.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/backend/cpu/step/engine.hpp"
#include "sweepnet/backend/cpu/step/fused_network.hpp"
#include "sweepnet/backend/cpu/step/update.hpp"
#include "sweepnet/backend/cpu/step/weight_gradients.hpp"

namespace sweepnet {

template <class Kernels> class fused_engine final : public cpu_engine {
 public:
  /// `network`, `rows` and `pool` must outlive the engine.
  fused_engine(const staged_network& network, const labelled_rows& rows,
               const engine_options& options, thread_pool& pool)
      : pool_(&pool),
        is_training_(options.batch > 0),
        sparse_below_(options.sparse_below.value_or(Kernels::sparse_below)),
        zeros_(rows),
        is_sparse_(std::max(rows.width, options.batch) <= most_listed &&
                   pays_to_list(zeros_.density, network.stages.front().units(), sparse_below_)),
        packed_(is_sparse_ ? sparse_features(rows) : sparse_features()),
        pass_(network, rows, is_sparse_ ? &packed_ : nullptr, sparse_below_,
              is_training_ ? options.batch : pool.size() * block,
              is_training_ ? network_use::training : network_use::evaluation,
              thread_shares(network, is_training_ ? pool.size() : 1)),
        scores_(static_cast<std::size_t>(options.batch)) {
    if (!is_training_) return;
    gradients_.emplace(network, pass_.shares(), is_sparse_ ? &zeros_ : nullptr, options.batch,
                       sparse_below_);
    for (const packed_weights& s : network.layout.weights) {
      tensors_.push_back({s.kernel_at, s.kernel.size()});
      tensors_.push_back({s.bias_at, s.kernel.panels() * s.kernel.width});
    }
  }

  void weights_changed() override { transposes_are_old_ = true; }

  batch_score backpropagate(std::span<const std::uint32_t> rows, const dropout_draw& draw,
                            std::span<const float> weights) override {
    rows_ = static_cast<std::int64_t>(rows.size());
    for (std::int64_t r = 0; r < rows_; ++r) pass_.choose(r, rows[static_cast<std::size_t>(r)]);
    const index_range all{0, rows_};
    const std::size_t by_panels = pass_.shares().by_panels;
    const std::size_t stages = pass_.network().stages.size();
    const std::int64_t threads = pool_->size();

    if (by_panels == 0 && transposes_are_old_) {
      pool_->run(threads, [&](std::int64_t t) { update_transposes(t, weights); });
    }
    for (std::size_t i = 0; i < by_panels; ++i) {
      pool_->run(threads, [&](std::int64_t t) {
        if (i == 0 && transposes_are_old_) update_transposes(t, weights);
        if (i == 0) pass_.load(all, t, draw);
        pass_.forward(i, all, t, weights, draw);
      });
    }
    transposes_are_old_ = false;
    pool_->run(threads, [&](std::int64_t t) {
      const index_range own = share_of(rows_, t, threads);
      if (by_panels == 0) pass_.load(own, t, draw);
      for (std::size_t i = by_panels; i < stages; ++i) pass_.forward(i, own, t, weights, draw);
      for (std::int64_t r = own.first; r < own.last; ++r) score(r) = pass_.score(r);
      pass_.start_backward(own, rows_);
      for (std::size_t i = stages - 1; i-- > by_panels;) {
        pass_.backward(i, own, t, gradients_->transpose(i + 1));
      }
    });
    for (std::size_t i = by_panels; i-- > 1;) {
      pool_->run(threads,
                 [&](std::int64_t t) { pass_.backward(i, all, t, gradients_->transpose(i + 1)); });
    }
    return sum_of_scores(rows_);
  }

  void update(const weight_update& u) override {
    if (u.gradients == nullptr) {
      with_updating_sink(u.rule, u.step, u.rate, u.weights.data(), u.slots,
                         [&](const auto& sink) { feed(Kernels::view_of(sink), u.weights); });
      return;
    }
    const storing_sink store{u.weights.data(), u.gradients->data()};
    feed(Kernels::view_of(store), u.weights);
    clip_norms(u.rule, *u.gradients, tensors_);
    with_updating_sink(u.rule, u.step, u.rate, u.weights.data(), u.slots, [&](const auto& typed) {
      const sink_view sink = Kernels::view_of(typed);
      for_each_block(*pool_, static_cast<std::int64_t>(u.weights.size()), 16384,
                     [&](std::int64_t first, std::int64_t last) {
                       sink(first, u.gradients->data() + first, last - first);
                     });
    });
    weights_changed();
  }

  batch_score evaluate(std::int64_t first, std::int64_t count,
                       std::span<const float> weights) override {
    if (scores_.size() < static_cast<std::size_t>(count)) {
      scores_.resize(static_cast<std::size_t>(count));
    }
    forward_rows(first, count, weights,
                 [&](std::int64_t r, std::int64_t at) { score(r) = pass_.score(at); });
    return sum_of_scores(count);
  }

  void predict(std::int64_t first, std::int64_t count, std::span<const float> weights,
               float* outputs) override {
    forward_rows(first, count, weights, [&](std::int64_t r, std::int64_t at) {
      const std::span<const float> row = pass_.outputs(at);
      std::ranges::copy(row, outputs + r * std::ssize(row));
    });
  }

  [[nodiscard]] bool is_sparse() const override { return is_sparse_; }

 private:
  static constexpr std::int64_t block = 128;  // rows that a thread evaluates at once

  /// Runs rows [first, first + count) of the set through the network without dropout, and calls
  /// visit(r, at) for each: row first + r lies in row `at` of the batch.
  template <class Visit>
  void forward_rows(std::int64_t first, std::int64_t count, std::span<const float> weights,
                    const Visit& visit) {
    // Each thread has room for one block of rows in the batch and goes through every size()-th.
    const std::int64_t blocks = (count + block - 1) / block;
    pool_->run(pool_->size(), [&](std::int64_t t) {
      for (std::int64_t b = t; b < blocks; b += pool_->size()) {
        const std::int64_t rows = std::min(block, count - b * block);
        const std::int64_t at = t * block;
        for (std::int64_t r = 0; r < rows; ++r) pass_.choose(at + r, first + b * block + r);
        pass_.load({at, at + rows}, t, {});
        for (std::size_t i = 0; i < pass_.network().stages.size(); ++i) {
          pass_.forward(i, {at, at + rows}, t, weights, {});
        }
        for (std::int64_t r = 0; r < rows; ++r) visit(b * block + r, at + r);
      }
    });
  }

  using row_score = typename fused_network<Kernels>::row_score;
  [[nodiscard]] row_score& score(std::int64_t r) { return scores_[static_cast<std::size_t>(r)]; }

  /// In the order of the rows, whoever scored them.
  [[nodiscard]] batch_score sum_of_scores(std::int64_t rows) {
    batch_score total;
    for (std::int64_t r = 0; r < rows; ++r) {
      total.loss += score(r).loss;
      total.correct += score(r).correct ? 1 : 0;
    }
    return total;
  }

  /// Gradients into `sink`, which changes the weights.
  void feed(const sink_view& sink, std::span<const float> weights) {
    const bool by_panels = pass_.shares().by_panels > 0;
    pool_->run(pool_->size(), [&](std::int64_t t) {
      // The last dL/dz is for gradients of the thread's own units only. Others may need transposes
      // for theirs, which therefore stay until the next step.
      if (by_panels) pass_.backward(0, {0, rows_}, t, gradients_->transpose(1));
      gradients_->run(pass_, rows_, static_cast<int>(t), sink);
      if (!by_panels) update_transposes(t, weights);
    });
    transposes_are_old_ = by_panels;
  }

  void update_transposes(std::int64_t thread, std::span<const float> weights) {
    gradients_->update_transposes(pass_.network().stages, weights, static_cast<int>(thread));
  }

  thread_pool* pool_;
  bool is_training_;
  double sparse_below_;
  sparsity zeros_;
  bool is_sparse_;
  sparse_features packed_;  // if they are sparse
  fused_network<Kernels> pass_;
  std::optional<weight_gradients<Kernels>> gradients_{};  // when training
  std::vector<packed_tensor> tensors_{};                  // when training
  std::vector<row_score> scores_;
  std::int64_t rows_ = 0;  // of the last batch
  bool transposes_are_old_ = true;
};

/// The engine of the instruction set that `options` names; see fused_engine. Throws
/// std::invalid_argument if this processor lacks it.
[[nodiscard]] inline std::unique_ptr<cpu_engine> make_engine(const staged_network& network,
                                                             const labelled_rows& rows,
                                                             const engine_options& options,
                                                             thread_pool& pool) {
  switch (available(options.instructions)) {
#if defined(SWEEPNET_X86_KERNELS)
    case instruction_set::avx512:
      return std::make_unique<fused_engine<avx512_kernels>>(network, rows, options, pool);
    case instruction_set::avx2:
      return std::make_unique<fused_engine<avx2_kernels>>(network, rows, options, pool);
#endif
    default: return std::make_unique<fused_engine<portable_kernels>>(network, rows, options, pool);
  }
}

}  // namespace sweepnet
