// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The plain path's own kernels: what lies between the products of cuBLASLt and the softmax of
// cuDNN. Each thread has one element, one row or one weight.

#include <cstdint>

#include "sweepnet/backend/cuda/arguments.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/kernels/block_sum.hpp"
#include "sweepnet/backend/cuda/kernels/cursor.hpp"
#include "sweepnet/network/clipping.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/network/penalty.hpp"

namespace sweepnet::cuda {

/// Calls body(i) for each i in [0, count), a thread each.
template <class Block, class Body>
SWEEPNET_HOST_DEVICE void for_each_thread(Block& block, std::int64_t count, int threads,
                                          const Body& body) {
  block.each([&](int t) {
    const std::int64_t i = block.index() * threads + t;
    if (i < count) body(i);
  });
}

/// The rows that a pass is at: those of its cursor's batch.
struct pass_rows {
  step_cursor* cursor;
  const std::uint32_t* order;  ///< null: rows in their own order
  std::int64_t batch;

  struct range {
    const std::uint32_t* order;
    std::int64_t first;
    std::int64_t count;
    [[nodiscard]] SWEEPNET_HOST_DEVICE std::int64_t row(std::int64_t i) const {
      return order != nullptr ? static_cast<std::int64_t>(order[first + i]) : first + i;
    }
  };
  [[nodiscard]] SWEEPNET_HOST_DEVICE range here() const {
    return {order, cursor->pending.first, cursor->pending.rows(batch)};
  }
};

/// x (capacity x width) from the data's rows; 0 beyond them.
struct gather_kernel {
  static constexpr int threads = 256;
  pass_rows rows;
  feature_rows features;
  std::int64_t capacity;
  float* x;

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = parts_of(capacity * features.width, threads)};
  }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const auto here = rows.here();
    for_each_thread(block, capacity * features.width, threads, [&](std::int64_t i) {
      const std::int64_t r = i / features.width;
      x[i] = r < here.count ? features.at(here.row(r), i % features.width) : 0.0F;
    });
  }
};

/// y = f(z) for each element of (capacity x width); 0 in rows beyond the pass's, whose f may be
/// infinite.
struct activate_kernel {
  static constexpr int threads = 256;
  pass_rows rows;
  activation_argument activate;
  std::int64_t capacity;
  std::int64_t width;
  const float* z;
  float* y;

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = parts_of(capacity * width, threads)};
  }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const std::int64_t used = rows.here().count * width;
    for_each_thread(block, capacity * width, threads, [&](std::int64_t i) {
      if (i >= used) {
        y[i] = 0;
        return;
      }
      visit_activation(activate, [&]<class F>(const F& f) {
        if constexpr (elementwise_activation<F>) y[i] = value_of(f, z[i]);
      });
    });
  }
};

/// delta = delta f'(z), in place; what is 0 in rows beyond the step's stays so.
struct differentiate_kernel {
  static constexpr int threads = 256;
  const step_cursor* cursor;
  activation_argument activate;
  std::int64_t capacity;
  std::int64_t width;
  const float* z;
  const float* y;
  float* delta;

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = parts_of(capacity * width, threads)};
  }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    for_each_thread(block, cursor->current.rows(capacity) * width, threads, [&](std::int64_t i) {
      visit_activation(activate, [&]<class F>(const F& f) {
        if constexpr (elementwise_activation<F>) delta[i] *= derivative_of(f, z[i], y[i]);
      });
    });
  }
};

/// y = x where kept, times 1 / (1 - rate), else 0. The same, from dL/dy, gives dL/dx.
struct dropout_kernel {
  static constexpr int threads = 256;
  const step_cursor* cursor;
  bool finished_forward;  ///< backward: the step's position is `current`
  dropout_mask mask;
  std::int64_t size;
  const float* x;
  float* y;

  [[nodiscard]] launch_shape shape() const { return {.blocks = parts_of(size, threads)}; }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const std::uint64_t step = (finished_forward ? cursor->current : cursor->pending).step;
    for_each_thread(block, size, threads,
                    [&](std::int64_t i) { y[i] = mask.keeps(step, i) ? x[i] * mask.scale : 0.0F; });
  }
};

/// Each row's loss and whether it is right; while training also delta = dL/dz by logits, else
/// dL/dy, and 0 in rows beyond the step's.
struct score_kernel {
  static constexpr int threads = 128;
  pass_rows rows;
  const std::int32_t* labels;
  std::int64_t capacity;
  categorical_row<float> loss;
  const float* z;
  const float* p;
  float* delta;         // (capacity x classes); null: not training
  float* losses;        // (capacity)
  std::int32_t* right;  // (capacity)

  [[nodiscard]] launch_shape shape() const { return {.blocks = parts_of(capacity, threads)}; }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const auto here = rows.here();
    if (block.index() == 0) {
      block.each([&](int t) {
        if (t == 0) rows.cursor->current = rows.cursor->pending;
      });
    }
    const float scale = 1.0F / static_cast<float>(here.count);
    const std::int64_t classes = loss.classes;
    for_each_thread(block, capacity, threads, [&](std::int64_t r) {
      float* d = delta != nullptr ? delta + r * classes : nullptr;
      if (r >= here.count) {
        losses[r] = 0;
        right[r] = 0;
        for (std::int64_t j = 0; d != nullptr && j < classes; ++j) d[j] = 0;
        return;
      }
      const float* outputs = p + r * classes;
      const row_target target{.label = labels[here.row(r)]};
      losses[r] = loss(z + r * classes, outputs, target);
      right[r] = loss.is_right(outputs, target) ? 1 : 0;
      if (d != nullptr) loss.gradient(outputs, d, target, scale);
    });
  }
};

/// dL/db = sum of delta over the rows, in their order; a thread a column.
struct column_sum_kernel {
  static constexpr int threads = 128;
  std::int64_t rows;
  std::int64_t columns;
  const float* delta;
  float* sums;

  [[nodiscard]] launch_shape shape() const { return {.blocks = parts_of(columns, threads)}; }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    for_each_thread(block, columns, threads, [&](std::int64_t j) {
      float sum = 0;
      for (std::int64_t r = 0; r < rows; ++r) sum += delta[r * columns + j];
      sums[j] = sum;
    });
  }
};

/// A layer's kernel among the parameters, and the penalty on it.
struct penalized_kernel {
  tensor_range place;
  weight_penalty penalty;
};

/// The penalty of each kernel, a block each; to the gradients theirs are added.
struct penalty_kernel {
  static constexpr int threads = 256;
  const penalized_kernel* kernels;
  std::int64_t count;
  const float* weights;
  float* gradients;  ///< null: not training
  double* penalties;

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = count, .shared_bytes = threads * sizeof(double)};
  }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const tensor_range at = kernels[block.index()].place;
    const weight_penalty p = kernels[block.index()].penalty;
    const auto term = [&](std::int64_t i) {
      const float w = weights[at.begin + i];
      if (gradients != nullptr) gradients[at.begin + i] += p.gradient(w);
      return p.of(w);
    };
    sum_in_block(block, at.end - at.begin, threads, term,
                 [&](double sum) { penalties[block.index()] = sum; });
  }
};

/// factors[part] = clip_factor() of the part's gradient, a block a part.
struct clip_norm_kernel {
  static constexpr int threads = 1024;
  const tensor_range* parts;
  std::int64_t count;
  const float* gradients;
  double limit;
  float* factors;

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = count, .shared_bytes = threads * sizeof(double)};
  }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    const tensor_range part = parts[block.index()];
    sum_in_block(
        block, part.end - part.begin, threads,
        [&](std::int64_t i) {
          const double g = static_cast<double>(gradients[part.begin + i]);
          return g * g;
        },
        [&](double squares) { factors[block.index()] = clip_factor(squares, limit); });
  }
};

/// Clips and updates every weight; a last block adds the step's scores and moves the cursor on.
struct update_kernel {
  static constexpr int threads = 256;
  step_cursor* cursor;
  const optimizer_step* steps;
  std::int64_t batch;
  float* gradients;
  const tensor_range* parts;  ///< clipped by norm, each as one; none: no such clip
  std::int64_t part_count;
  const float* factors;
  float clip_value;  ///< infinite: no such clip
  weight_update update;
  const float* losses;        // (batch)
  const std::int32_t* right;  // (batch)
  const double* penalties;
  std::int64_t penalty_count;

  [[nodiscard]] launch_shape shape() const {
    return {.blocks = parts_of(update.size, threads) + 1, .shared_bytes = threads * sizeof(double)};
  }
  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    if (block.index() == parts_of(update.size, threads)) {
      finish(block);
      return;
    }
    const optimizer_step step = steps[cursor->current.entry];
    for_each_thread(block, update.size, threads, [&](std::int64_t i) {
      float g = gradients[i];
      for (std::int64_t k = 0; k < part_count; ++k) {
        if (parts[k].begin <= i && i < parts[k].end) g *= factors[k];
      }
      g = clip(g, -clip_value, clip_value);
      gradients[i] = g;
      update({i}, {g}, step);
    });
  }

 private:
  template <class Block> SWEEPNET_HOST_DEVICE void finish(Block& block) const {
    const std::int64_t rows = cursor->current.rows(batch);
    typename Block::template local<double> loss;
    sum_in_block(
        block, rows, threads, [&](std::int64_t r) { return static_cast<double>(losses[r]); },
        [&](double sum) { loss[0] = sum; });
    block.each([&](int t) {
      if (t != 0) return;
      std::int64_t correct = 0;
      for (std::int64_t r = 0; r < rows; ++r) correct += right[r];
      double penalty = 0;
      for (std::int64_t k = 0; k < penalty_count; ++k) penalty += penalties[k];
      cursor->finish(loss[0] + penalty * static_cast<double>(rows), correct, batch);
    });
  }
};

}  // namespace sweepnet::cuda
