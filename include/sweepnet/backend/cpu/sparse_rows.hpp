// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The nonzeros of a batch's features, outputs or gradients, by rows for products with weights and by
// columns for weight gradients. Four of five pixels of MNIST are 0, and most of what a layer with
// relu and dropout gives: a product over these lists does a part of the work and gives the same bits,
// as long as the other factor is finite. Both have room for rows without zeros, of which the memory
// that is never written to is never taken.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/kernel_arguments.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

/// How often features are not 0, from up to 1,000 rows spread over all of them.
struct sparsity {
  double density = 0;              ///< share of features that are not 0
  std::vector<std::int64_t> used;  ///< for each feature, in how many of `rows` it is not 0
  std::int64_t rows = 0;           ///< looked at

  explicit sparsity(const labelled_rows& all)
      : used(static_cast<std::size_t>(all.width)), rows(std::min<std::int64_t>(all.rows(), 1000)) {
    std::visit(
        [&](const auto& features) {
          for (std::int64_t i = 0; i < rows; ++i) {
            const auto* row = features.data() + i * all.rows() / rows * all.width;
            for (std::size_t k = 0; k < used.size(); ++k) used[k] += row[k] != 0 ? 1 : 0;
          }
        },
        all.features);
    const std::int64_t total = std::accumulate(used.begin(), used.end(), std::int64_t{0});
    density = static_cast<double>(total) /
              static_cast<double>(std::max<std::int64_t>(rows * all.width, 1));
  }
};

/// The nonzeros of a batch by rows, each row in ascending order and divided into chunks of columns,
/// so that a product can stay with the weights of one chunk.
class sparse_rows {
 public:
  sparse_rows() = default;
  sparse_rows(std::int64_t capacity, std::int64_t width)
      : width_(width),
        chunks_(std::max<std::int64_t>(1, (width + largest_chunk - 1) / largest_chunk)),
        chunk_(((width + chunks_ - 1) / chunks_ + 15) / 16 * 16),
        room_(chunk_ + 24),
        entries_(std::make_unique_for_overwrite<nonzero[]>(
            static_cast<std::size_t>(capacity * chunks_ * room_))),
        counts_(static_cast<std::size_t>(capacity * chunks_)) {}

  [[nodiscard]] std::int64_t chunks() const { return chunks_; }
  /// Columns of a chunk; the last may have fewer.
  [[nodiscard]] std::int64_t chunk() const { return chunk_; }

  /// Row r's nonzeros of chunk c.
  [[nodiscard]] std::span<const nonzero> at(std::int64_t r, std::int64_t c) const {
    const std::int64_t i = r * chunks_ + c;
    return {entries_.get() + i * room_, counts_[static_cast<std::size_t>(i)]};
  }

  /// Sets row r from its reals, which are readable up to the next multiple of 16.
  template <class Kernels> void set(std::int64_t r, const float* x) {
    for (std::int64_t c = 0; c < chunks_; ++c) {
      const std::int64_t i = r * chunks_ + c;
      nonzero* list = entries_.get() + i * room_;
      const nonzero* end =
          Kernels::list(x, c * chunk_, std::min((c + 1) * chunk_, width_), list);
      counts_[static_cast<std::size_t>(i)] = static_cast<std::uint32_t>(end - list);
    }
  }

 private:
  /// 64 columns of a chunk's weights are at most 80 KiB: in the second-level cache, with a few
  /// calls for each row.
  static constexpr std::int64_t largest_chunk = 320;

  std::int64_t width_ = 0;
  std::int64_t chunks_ = 0;
  std::int64_t chunk_ = 0;
  std::int64_t room_ = 0;               // for a list, which is written by up to 16 beyond its end
  std::unique_ptr<nonzero[]> entries_;  // (capacity x chunks x room)
  std::vector<std::uint32_t> counts_;   // (capacity x chunks)
};

/// The same by columns: for each, the rows in which it is not 0, ascending. Different columns may
/// be listed at the same time.
class sparse_columns {
 public:
  sparse_columns() = default;
  sparse_columns(std::int64_t capacity, std::int64_t width)
      : stride_((capacity + 7) / 8 * 8 + 8),  // not a power of 2: lists lie on all cache sets
        entries_(
            std::make_unique_for_overwrite<nonzero[]>(static_cast<std::size_t>(stride_ * width))),
        counts_(static_cast<std::size_t>(width)) {}

  [[nodiscard]] std::span<const nonzero> at(std::int64_t k) const {
    return {entries_.get() + k * stride_, counts_[static_cast<std::size_t>(k)]};
  }

  void clear(std::int64_t first, std::int64_t last) {
    std::fill(counts_.begin() + first, counts_.begin() + last, 0U);
  }
  /// Adds row r to column k; rows must ascend.
  void append(std::int64_t k, std::int64_t r, float value) {
    entries_[static_cast<std::size_t>(k * stride_ + counts_[static_cast<std::size_t>(k)]++)] = {
        static_cast<std::uint32_t>(r), value};
  }

 private:
  std::int64_t stride_ = 0;
  std::unique_ptr<nonzero[]> entries_;  // (width x stride)
  std::vector<std::uint32_t> counts_;
};

}  // namespace sweepnet
