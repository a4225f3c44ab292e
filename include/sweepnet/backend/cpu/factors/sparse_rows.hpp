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
#include <vector>

#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet::cpu {

/// How often features are not 0, from up to 1,000 rows spread over all of them.
struct sparsity {
  double density = 0;              ///< share of features that are not 0
  std::vector<std::int64_t> used;  ///< for each feature, in how many of `rows` it is not 0
  std::int64_t rows = 0;           ///< looked at

  explicit sparsity(const labelled_rows& all)
      : used(static_cast<std::size_t>(all.width)), rows(std::min<std::int64_t>(all.rows(), 1000)) {
    all.visit([&](const auto& view) {
      for (std::int64_t i = 0; i < rows; ++i) {
        view.count_nonzeros(i * all.rows() / rows, used.data());
      }
    });
    const std::int64_t total = std::accumulate(used.begin(), used.end(), std::int64_t{0});
    density = static_cast<double>(total) /
              static_cast<double>(std::max<std::int64_t>(rows * all.width, 1));
  }
};

/// Columns that a product takes at once: 64 columns of their weights are 64 KiB, of which the
/// first-level cache holds what is used most.
inline constexpr std::int64_t largest_chunk = 256;

/// Puts rows into the order of their lists' lengths, so that a product takes rows side by side
/// whose loops end together. `starts` is room for one number more than the longest list has fours.
template <class LengthOf>
void order_by_length(index_range rows, const LengthOf& length_of, std::span<std::uint32_t> starts,
                     std::uint32_t* order) {
  std::ranges::fill(starts, 0U);
  for (std::int64_t r = rows.first; r < rows.last; ++r)
    ++starts[static_cast<std::size_t>(length_of(r) / 4)];
  std::exclusive_scan(starts.begin(), starts.end(), starts.begin(), 0U);
  for (std::int64_t r = rows.first; r < rows.last; ++r) {
    order[starts[static_cast<std::size_t>(length_of(r) / 4)]++] = static_cast<std::uint32_t>(r);
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
    places_.resize(static_cast<std::size_t>(capacity * chunks_));
    order_.resize(static_cast<std::size_t>(capacity));
    std::iota(order_.begin(), order_.end(), 0U);
    const auto room = static_cast<std::size_t>(parts * capacity * row_room());
    indices_ = std::make_unique_for_overwrite<std::uint16_t[]>(room);
    values_ = std::make_unique_for_overwrite<float[]>(room);
  }

  /// Chunks of a row.
  [[nodiscard]] std::int64_t chunks() const { return chunks_; }

  /// The nonzeros of chunk c of the rows from `row` on.
  [[nodiscard]] list_view view(std::int64_t row, std::int64_t c) const {
    return {.indices = indices_.get(),
            .values = values_.get(),
            .places = places_.data() + place(0, c),
            .stride = part_chunks_,
            .order = order_.data() + row};
  }

  /// Lists a part of some rows of x, which has `width` columns and is readable up to the next
  /// multiple of 16. The lists lie back to back; other threads may list other ranges.
  void set(const kernel_table& kernels, index_range rows, std::int64_t part, std::int64_t width,
           const const_columns_view& x) {
    const std::int64_t end = std::min((part + 1) * part_width_, width);
    std::int64_t at = (part * rows_ + rows.first) * row_room();
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      for (std::int64_t c = 0; c < part_chunks_; ++c) {
        const std::int64_t first = part * part_width_ + c * chunk_;
        std::uint16_t* indices = indices_.get() + at;
        float* values = values_.get() + at;
        const std::size_t count =
            kernels.list(x.row(r), first, std::min(first + chunk_, end), indices, values);
        list_place& list = places_[place(r, part * part_chunks_ + c)];
        list = {at, static_cast<std::int64_t>(pad_list(indices, values, count))};
        at += list.count;
      }
    }
  }

 private:
  static constexpr std::int64_t slack = 16;  // entries that kernels may write beyond a list

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
  std::vector<list_place> places_;    // (parts x rows x chunks of a part)
  std::vector<std::uint32_t> order_;  // 0, 1, ...: rows as they come
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
  [[nodiscard]] column_view view() const { return {columns_.data(), places_.data()}; }
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

/// Readies some lists, which are all there, for products with `block` of them at a time: pads them,
/// and orders each block by length. `starts` is scratch.
inline void finish_lists(std::uint16_t* indices, float* values, std::span<list_place> places,
                         index_range lists, std::int64_t block, std::span<std::uint32_t> starts,
                         std::uint32_t* order) {
  const auto place = [&](std::int64_t k) -> list_place& {
    return places[static_cast<std::size_t>(k)];
  };
  for (std::int64_t k = lists.first; k < lists.last; ++k) {
    list_place& list = place(k);
    list.count = static_cast<std::int64_t>(
        pad_list(indices + list.begin, values + list.begin, static_cast<std::size_t>(list.count)));
  }
  for (index_range some = lists; some.first < lists.last; some.first = some.last) {
    some.last = std::min(some.first + block, lists.last);
    order_by_length(
        some, [&](std::int64_t k) { return place(k).count; }, starts, order + some.first);
  }
}

/// The nonzeros of a matrix by columns: for each, the rows in which it is not 0, ascending.
class sparse_columns {
 public:
  sparse_columns() = default;
  sparse_columns(std::int64_t capacity, std::int64_t width)
      : indices_(std::make_unique_for_overwrite<std::uint16_t[]>(room(capacity, width))),
        values_(std::make_unique_for_overwrite<float[]>(room(capacity, width))),
        places_(static_cast<std::size_t>(width)),
        order_(static_cast<std::size_t>(width)),
        starts_(static_cast<std::size_t>(capacity / 4 + 2)) {
    for (std::size_t k = 0; k < places_.size(); ++k) {
      places_[k].begin = static_cast<std::int64_t>(k) * stride(capacity);
    }
  }

  /// Empties some columns, to which rows are then appended in ascending order.
  [[nodiscard]] growing_lists start(index_range columns) {
    for (std::int64_t k = columns.first; k < columns.last; ++k) place(k).count = 0;
    return {indices_.get(), values_.get(), places_.data()};
  }
  /// Readies some columns, whose rows are all there, for view(): products with `block` at a time.
  void finish(index_range columns, std::int64_t block) {
    finish_lists(indices_.get(), values_.get(), places_, columns, block, starts_, order_.data());
  }

  /// The columns of a block that begins at column `first`, in an order of its own.
  [[nodiscard]] list_view view(std::int64_t first) const {
    return {.indices = indices_.get(),
            .values = values_.get(),
            .places = places_.data(),
            .stride = 1,
            .order = order_.data() + first,
            .first = first};
  }

 private:
  /// Between lists. Not a power of 2, so that they lie on all cache sets.
  [[nodiscard]] static std::int64_t stride(std::int64_t capacity) {
    return (capacity + 7) / 8 * 8 + 8;
  }
  [[nodiscard]] static std::size_t room(std::int64_t capacity, std::int64_t width) {
    return static_cast<std::size_t>(stride(capacity) * width);
  }
  [[nodiscard]] list_place& place(std::int64_t k) { return places_[static_cast<std::size_t>(k)]; }

  std::unique_ptr<std::uint16_t[]> indices_;  // (width x stride), as values
  std::unique_ptr<float[]> values_;
  std::vector<list_place> places_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace sweepnet::cpu
