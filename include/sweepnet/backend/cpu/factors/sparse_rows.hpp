// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The nonzeros of a batch's features, outputs or gradients, by rows for products with weights and
// by columns for weight gradients. Four of five pixels of MNIST are 0, and most of what a layer
// with relu and dropout gives: a product over these lists does a part of the work and gives the
// same bits, as long as the other factor is finite. Lists for a batch have room for a batch without
// zeros, of which the memory that is never written to is never taken.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/kernels/arguments.hpp"
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

/// Columns that a product takes at once: 64 columns of their weights are 64 KiB, of which the
/// first- level cache holds what is used most.
inline constexpr std::int64_t largest_chunk = 256;

/// Puts rows into the order of their lists' lengths, so that a product takes rows side by side
/// whose loops end together. `starts` is room for one number more than the longest list has fours.
template <class LengthOf>
void order_by_length(index_range rows, const LengthOf& length_of, std::span<std::uint32_t> starts,
                     std::uint32_t* order) {
  std::ranges::fill(starts, 0U);
  for (std::int64_t r = rows.first; r < rows.last; ++r) ++starts[length_of(r) / 4];
  std::exclusive_scan(starts.begin(), starts.end(), starts.begin(), 0U);
  for (std::int64_t r = rows.first; r < rows.last; ++r) {
    order[starts[length_of(r) / 4]++] = static_cast<std::uint32_t>(r);
  }
}

/// The nonzeros of a matrix by rows, each row in ascending order and divided into chunks of
/// columns, so that a product can stay with the weights of one chunk. The columns may be divided
/// into equal parts, which different threads list at the same time.
class sparse_rows {
 public:
  sparse_rows() = default;

  /// With room for `capacity` rows of `parts` times `part_width` columns.
  sparse_rows(std::int64_t capacity, std::int64_t part_width, std::int64_t parts) {
    rows_ = capacity;
    part_width_ = part_width;
    part_chunks_ = std::max<std::int64_t>(1, (part_width + largest_chunk - 1) / largest_chunk);
    chunk_ = ((part_width + part_chunks_ - 1) / part_chunks_ + 15) / 16 * 16;
    chunks_ = parts * part_chunks_;
    lists_.resize(static_cast<std::size_t>(capacity * chunks_));
    const auto room = static_cast<std::size_t>(parts * capacity * row_room());
    indices_ = std::make_unique_for_overwrite<std::uint16_t[]>(room);
    values_ = std::make_unique_for_overwrite<float[]>(room);
  }

  /// Chunks of a row.
  [[nodiscard]] std::int64_t chunks() const { return chunks_; }

  /// Row r's nonzeros of chunk c.
  [[nodiscard]] nonzero_list at(std::int64_t r, std::int64_t c) const {
    const list& l = lists_[place(r, c)];
    return {indices_.get() + l.begin, values_.get() + l.begin, l.count};
  }

  /// Lists a part of some rows of x, which has `width` columns and is readable up to the next
  /// multiple of 16. The lists lie back to back; other threads may list other ranges.
  template <class Kernels>
  void set(index_range rows, std::int64_t part, std::int64_t width, const const_columns_view& x) {
    const std::int64_t end = std::min((part + 1) * part_width_, width);
    std::int64_t at = (part * rows_ + rows.first) * row_room();
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      for (std::int64_t c = 0; c < part_chunks_; ++c) {
        const std::int64_t first = part * part_width_ + c * chunk_;
        std::uint16_t* indices = indices_.get() + at;
        float* values = values_.get() + at;
        const std::size_t count =
            Kernels::list(x.row(r), first, std::min(first + chunk_, end), indices, values);
        list& l = lists_[place(r, part * part_chunks_ + c)];
        l = {at, pad_list(indices, values, count)};
        at += static_cast<std::int64_t>(l.count);
      }
    }
  }

 private:
  static constexpr std::int64_t slack = 16;  // entries that kernels may write beyond a list

  struct list {
    std::int64_t begin = 0;
    std::size_t count = 0;
  };

  /// What the lists of a part of a row may take, with what is written beyond.
  [[nodiscard]] std::int64_t row_room() const { return part_chunks_ * (chunk_ + slack); }
  /// A part's lists lie together, so that threads do not write to the same cache lines.
  [[nodiscard]] std::size_t place(std::int64_t r, std::int64_t c) const {
    const std::int64_t part = c / part_chunks_;
    return static_cast<std::size_t>((part * rows_ + r) * part_chunks_ + c % part_chunks_);
  }

  std::int64_t rows_ = 0;
  std::int64_t part_width_ = 0;
  std::int64_t part_chunks_ = 1;
  std::int64_t chunk_ = 0;  // columns; the last of a part may have fewer
  std::int64_t chunks_ = 0;
  std::unique_ptr<std::uint16_t[]> indices_;
  std::unique_ptr<float[]> values_;
  std::vector<list> lists_;  // (parts x rows x chunks of a part)
};

/// Some columns of a matrix, ascending, and the place of each among them.
class column_set {
 public:
  column_set() = default;
  /// All of them.
  explicit column_set(std::int64_t width)
      : columns_(static_cast<std::size_t>(width)), places_(static_cast<std::size_t>(width)) {
    std::iota(columns_.begin(), columns_.end(), 0U);
    std::iota(places_.begin(), places_.end(), 0U);
  }

  void clear() { columns_.clear(); }
  void append(std::int64_t column) {
    places_[static_cast<std::size_t>(column)] = static_cast<std::uint32_t>(columns_.size());
    columns_.push_back(static_cast<std::uint32_t>(column));
  }

  [[nodiscard]] std::int64_t column(std::int64_t place) const {
    return columns_[static_cast<std::size_t>(place)];
  }
  /// Of a column that is in the set.
  [[nodiscard]] std::int64_t place(std::int64_t column) const {
    return places_[static_cast<std::size_t>(column)];
  }
  /// The places of the columns in a range.
  [[nodiscard]] index_range within(index_range range) const {
    const auto at = [&](std::int64_t column) {
      return std::ranges::lower_bound(columns_, column) - columns_.begin();
    };
    return {at(range.first), at(range.last)};
  }
  /// How many columns from a place on lie side by side, up to the place `end`.
  [[nodiscard]] std::int64_t run(std::int64_t place, std::int64_t end) const {
    std::int64_t last = place + 1;
    while (last < end && column(last) == column(place) + last - place) ++last;
    return last - place;
  }

 private:
  std::vector<std::uint32_t> columns_{};
  std::vector<std::uint32_t> places_{};
};

/// The nonzeros of a matrix by columns: for each, the rows in which it is not 0, ascending.
class sparse_columns {
 public:
  sparse_columns() = default;
  sparse_columns(std::int64_t capacity, std::int64_t width)
      : stride_((capacity + 7) / 8 * 8 + 8),  // not a power of 2: lists lie on all cache sets
        indices_(std::make_unique_for_overwrite<std::uint16_t[]>(
            static_cast<std::size_t>(stride_ * width))),
        values_(std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(stride_ * width))),
        counts_(static_cast<std::size_t>(width)),
        order_(static_cast<std::size_t>(width)),
        starts_(static_cast<std::size_t>(capacity / 4 + 2)) {}

  void clear(index_range columns) {
    std::fill(counts_.begin() + columns.first, counts_.begin() + columns.last, 0U);
  }
  /// Adds row r to column k; rows must ascend.
  void append(std::int64_t k, std::int64_t r, float value) {
    const auto at = static_cast<std::size_t>(k * stride_ + counts_[static_cast<std::size_t>(k)]++);
    indices_[at] = static_cast<std::uint16_t>(r);
    values_[at] = value;
  }
  /// Readies some columns, whose rows are all there, for at(): products with `block` at a time.
  void finish(index_range columns, std::int64_t block) {
    for (std::int64_t k = columns.first; k < columns.last; ++k) {
      std::uint32_t& count = counts_[static_cast<std::size_t>(k)];
      count = static_cast<std::uint32_t>(
          pad_list(indices_.get() + k * stride_, values_.get() + k * stride_, count));
    }
    for (index_range some = columns; some.first < columns.last; some.first = some.last) {
      some.last = std::min(some.first + block, columns.last);
      order_by_length(
          some, [&](std::int64_t k) { return counts_[static_cast<std::size_t>(k)]; }, starts_,
          order_.data() + some.first);
    }
  }

  /// The i-th column of some in a block from column `first` on, in an order of its own.
  [[nodiscard]] row_list at(std::int64_t first, std::int64_t i) const {
    const std::int64_t k = order_[static_cast<std::size_t>(first + i)];
    return {k - first,
            {indices_.get() + k * stride_, values_.get() + k * stride_,
             counts_[static_cast<std::size_t>(k)]}};
  }

 private:
  std::int64_t stride_ = 0;
  std::unique_ptr<std::uint16_t[]> indices_;  // (width x stride), as values
  std::unique_ptr<float[]> values_;
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace sweepnet
