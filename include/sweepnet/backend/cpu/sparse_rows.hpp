// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The nonzero features of a batch, by rows for the forward product and by columns for the weight
// gradient. Four of five pixels of MNIST are 0: a product over these lists does a fifth of the work
// and gives the same bits, as long as the weights are finite. Both have room for rows without
// zeros, of which the memory that is never written to is never taken.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
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

/// A batch's nonzero features by rows, each row in ascending order and divided into chunks of
/// features, so that a product can stay with the weights of one chunk.
class sparse_rows {
 public:
  sparse_rows() = default;
  sparse_rows(std::int64_t capacity, std::int64_t width)
      : stride_(width + 1),  // set() writes up to one beyond
        width_(width),
        chunks_(std::max<std::int64_t>(1, (width + largest_chunk - 1) / largest_chunk)),
        chunk_(((width + chunks_ - 1) / chunks_ + 7) / 8 * 8),
        entries_(std::make_unique_for_overwrite<nonzero[]>(
            static_cast<std::size_t>(capacity * stride_))),
        bounds_(static_cast<std::size_t>(capacity * (chunks_ + 1))) {}

  [[nodiscard]] std::int64_t chunks() const { return chunks_; }
  /// Features of a chunk; the last may have fewer.
  [[nodiscard]] std::int64_t chunk() const { return chunk_; }

  /// Row r's nonzero features of chunk c.
  [[nodiscard]] std::span<const nonzero> at(std::int64_t r, std::int64_t c) const {
    const nonzero* row = entries_.get() + r * stride_;
    const std::uint32_t* bounds = bounds_.data() + r * (chunks_ + 1) + c;
    return {row + bounds[0], row + bounds[1]};
  }
  [[nodiscard]] std::span<const nonzero> at(std::int64_t r) const {
    const nonzero* row = entries_.get() + r * stride_;
    return {row, row + bounds_[static_cast<std::size_t>((r + 1) * (chunks_ + 1) - 1)]};
  }

  /// Sets row r from reals.
  void set(std::int64_t r, const float* features) {
    set_chunks(r, [&](std::int64_t first, std::int64_t last, nonzero* to) {
      for (std::int64_t k = first; k < last; ++k) {
        *to = {static_cast<std::uint32_t>(k), features[k]};
        to += features[k] != 0 ? 1 : 0;
      }
      return to;
    });
  }

  /// Sets row r from bytes; value_of[b] is what byte b stands for.
  void set(std::int64_t r, const std::uint8_t* features, const float* value_of) {
    set_chunks(r, [&](std::int64_t first, std::int64_t last, nonzero* to) {
      // Zeros come in runs: eight at a time they cost one test, others no branch.
      for (std::int64_t k = first; k < last;) {
        std::uint64_t eight = 1;
        const std::int64_t end = std::min(k + 8, last);
        if (end - k == 8) std::memcpy(&eight, features + k, 8);
        if (eight == 0) {
          k = end;
          continue;
        }
        for (; k < end; ++k) {
          *to = {static_cast<std::uint32_t>(k), value_of[features[k]]};
          to += features[k] != 0 ? 1 : 0;
        }
      }
      return to;
    });
  }

 private:
  /// 64 columns of a chunk's weights are at most 80 KiB: in the second-level cache, with a few
  /// calls for each row.
  static constexpr std::int64_t largest_chunk = 320;

  template <class Append> void set_chunks(std::int64_t r, const Append& append) {
    nonzero* row = entries_.get() + r * stride_;
    std::uint32_t* bounds = bounds_.data() + r * (chunks_ + 1);
    nonzero* to = row;
    for (std::int64_t c = 0; c < chunks_; ++c) {
      bounds[c] = static_cast<std::uint32_t>(to - row);
      to = append(std::min(c * chunk_, width_), std::min((c + 1) * chunk_, width_), to);
    }
    bounds[chunks_] = static_cast<std::uint32_t>(to - row);
  }

  std::int64_t stride_ = 0;
  std::int64_t width_ = 0;
  std::int64_t chunks_ = 0;
  std::int64_t chunk_ = 0;
  std::unique_ptr<nonzero[]> entries_;  // (capacity x stride)
  std::vector<std::uint32_t> bounds_;   // (capacity x chunks + 1)
};

/// The same by columns: for each feature, the rows in which it is not 0, ascending.
class sparse_columns {
 public:
  sparse_columns() = default;
  sparse_columns(std::int64_t capacity, std::int64_t width)
      : entries_(
            std::make_unique_for_overwrite<nonzero[]>(static_cast<std::size_t>(capacity * width))),
        begins_(static_cast<std::size_t>(width)),
        ends_(static_cast<std::size_t>(width)) {}

  [[nodiscard]] std::span<const nonzero> at(std::int64_t k) const {
    const auto i = static_cast<std::size_t>(k);
    return {entries_.get() + begins_[i], entries_.get() + ends_[i]};
  }

  /// Sets features [first, last) from `count` rows. Calls for parts that do not overlap may run at
  /// the same time.
  void set(const sparse_rows& rows, std::int64_t count, std::int64_t first, std::int64_t last) {
    if (first >= last) return;
    std::int64_t before = 0;  // entries of features below `first`
    std::fill(ends_.begin() + first, ends_.begin() + last, 0);
    const auto part = [&](std::int64_t r) {
      const std::span<const nonzero> all = rows.at(r);
      const auto index = &nonzero::index;
      const auto from = std::ranges::lower_bound(all, first, {}, index);
      return std::pair(from, std::ranges::lower_bound(from, all.end(), last, {}, index));
    };
    for (std::int64_t r = 0; r < count; ++r) {
      const auto range = part(r);
      before += range.first - rows.at(r).begin();
      for (auto it = range.first; it != range.second; ++it) ++ends_[it->index];
    }
    for (auto k = static_cast<std::size_t>(first); k < static_cast<std::size_t>(last); ++k) {
      begins_[k] = before;
      before += std::exchange(ends_[k], before);
    }
    for (std::int64_t r = 0; r < count; ++r) {
      const auto range = part(r);
      for (auto it = range.first; it != range.second; ++it) {
        entries_[static_cast<std::size_t>(ends_[it->index]++)] = {static_cast<std::uint32_t>(r),
                                                                  it->value};
      }
    }
  }

 private:
  std::unique_ptr<nonzero[]> entries_;
  std::vector<std::int64_t> begins_, ends_;
};

}  // namespace sweepnet
