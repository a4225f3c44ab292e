// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A batch's features where a row has few nonzeros among very many columns, and the data store these
// alone: lists straight from the data, and no work or memory for a column in which all are 0.
//
// Indices of a list have 16 bits, so that the columns are divided into segments of most_listed.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet::cpu {

/// A left factor of products (see left_factor.hpp), by lists.
class scattered_features {
 public:
  /// With room for `capacity` rows of `data`, which must outlive this.
  scattered_features(const kernel_table& kernels, const labelled_rows& data, std::int64_t capacity)
      : kernels_(&kernels),
        data_(&data),
        segments_(std::max<std::int64_t>(1, (data.width + most_listed - 1) / most_listed)),
        places_(static_cast<std::size_t>(capacity * segments_)),
        order_(static_cast<std::size_t>(capacity)) {
    visit_lists(data, [&](const auto& view) { most_nonzeros_ = view.most_nonzeros(); });
    const auto room = static_cast<std::size_t>(capacity * row_room());
    indices_ = std::make_unique_for_overwrite<std::uint16_t[]>(room);
    values_ = std::make_unique_for_overwrite<float[]>(room);
    std::iota(order_.begin(), order_.end(), 0U);
  }

  [[nodiscard]] std::int64_t width() const { return data_->width; }
  /// Of a row, at most.
  [[nodiscard]] std::int64_t most_nonzeros() const { return most_nonzeros_; }

  /// Makes rows rows[r] of the data the rows r of the batch, for r in a range.
  void load(std::span<const std::uint32_t> rows, index_range range) {
    visit_lists(*data_, [&](const auto& view) {
      for (std::int64_t r = range.first; r < range.last; ++r) {
        load_row(view, r, rows[static_cast<std::size_t>(r)]);
      }
    });
  }

  /// c = x b for some rows, loaded as such; b is one panel.
  void multiply(index_range rows, const panel_view& b, const columns_view& c) const {
    for (std::int64_t s = 0; s < segments_; ++s) {
      const list_view lists{.indices = indices_.get(),
                            .values = values_.get(),
                            .places = places_.data() + s,
                            .stride = segments_,
                            .order = order_.data() + rows.first};
      const panel_view part{b.data + s * most_listed * b.width, b.inner - s * most_listed, b.width};
      kernels_->sparse_product(lists, rows.count(), part, c, s > 0);
    }
  }

  /// Calls visit(column, row, value) for each nonzero of the first `rows` rows, by rows.
  template <class Visit> void for_each_nonzero(std::int64_t rows, const Visit& visit) const {
    for (std::int64_t list = 0; list < rows * segments_; ++list) {
      const list_place& place = places_[static_cast<std::size_t>(list)];
      const std::int64_t first_column = list % segments_ * most_listed;
      for (std::int64_t i = place.begin; i < place.begin + place.count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (values_[at] == 0) break;  // what pads a list
        visit(first_column + indices_[at], list / segments_, values_[at]);
      }
    }
  }

 private:
  /// Calls visit(view) of data that store nonzeros alone.
  template <class Visit> static void visit_lists(const labelled_rows& data, const Visit& visit) {
    data.visit([&](const auto& view) {
      if constexpr (std::remove_cvref_t<decltype(view)>::lists_nonzeros) visit(view);
    });
  }

  /// Entries of a row: each segment's list is padded, and three may be written beyond it.
  [[nodiscard]] std::int64_t row_room() const {
    return (most_nonzeros_ + 3 * segments_ + 3) / 4 * 4 + 4;
  }

  template <class View> void load_row(const View& view, std::int64_t r, std::int64_t row) {
    std::int64_t begin = r * row_room();
    std::int64_t at = begin;
    std::int64_t segment = 0;
    const auto end_segment = [&] {
      const std::size_t padded = pad_list(indices_.get() + begin, values_.get() + begin,
                                          static_cast<std::size_t>(at - begin));
      const auto count = static_cast<std::int64_t>(padded);
      places_[static_cast<std::size_t>(r * segments_ + segment++)] = {begin, count};
      at = begin += count;
    };
    view.for_each_nonzero(row, [&](std::int64_t column, float value) {
      while (column >= (segment + 1) * most_listed) end_segment();
      indices_[static_cast<std::size_t>(at)] =
          static_cast<std::uint16_t>(column - segment * most_listed);
      values_[static_cast<std::size_t>(at++)] = value;
    });
    while (segment < segments_) end_segment();
  }

  const kernel_table* kernels_;
  const labelled_rows* data_;
  std::int64_t segments_;
  std::int64_t most_nonzeros_ = 0;
  std::unique_ptr<std::uint16_t[]> indices_;  // (capacity x row_room), as values
  std::unique_ptr<float[]> values_;
  std::vector<list_place> places_;    // of each row's segments (capacity x segments)
  std::vector<std::uint32_t> order_;  // 0, 1, ...: rows as they come
};

/// The nonzeros of such features by columns, of those columns that have any: for each, the rows in
/// which it is not 0, ascending.
class scattered_columns {
 public:
  scattered_columns() = default;
  scattered_columns(const scattered_features& x, std::int64_t capacity)
      : next_(static_cast<std::size_t>(x.width())),
        used_bits_(static_cast<std::size_t>(x.width() / word + 1)),
        starts_(static_cast<std::size_t>(capacity / 4 + 2)) {
    const std::int64_t nonzeros = capacity * x.most_nonzeros();
    const std::int64_t most_used = std::min(x.width(), nonzeros);
    const auto room = static_cast<std::size_t>(nonzeros + slack * most_used);
    indices_ = std::make_unique_for_overwrite<std::uint16_t[]>(room);
    values_ = std::make_unique_for_overwrite<float[]>(room);
    places_.reserve(static_cast<std::size_t>(most_used));
    order_.resize(static_cast<std::size_t>(most_used));
  }

  /// Lists some columns of the first `rows` rows, for products with `block` of them at a time.
  /// Leaves in `used` those that are not 0 in all rows; list k is that of place k among them.
  void set(const scattered_features& x, std::int64_t rows, index_range columns, std::int64_t block,
           column_set& used) {
    const auto for_each = [&](const auto& visit) {
      x.for_each_nonzero(rows, [&](std::int64_t column, std::int64_t row, float value) {
        if (columns.first <= column && column < columns.last) visit(column, row, value);
      });
    };
    for_each([&](std::int64_t column, std::int64_t, float) {
      used_bits_[static_cast<std::size_t>(column / word)] |= std::uint64_t{1} << column % word;
      ++next(column);
    });
    divide_room(columns, used);
    for_each([&](std::int64_t column, std::int64_t row, float value) {
      const auto at = static_cast<std::size_t>(next(column)++);
      indices_[at] = static_cast<std::uint16_t>(row);
      values_[at] = value;
    });
    finish(block, used);
  }

  /// The lists of a block, which begins at place `first`.
  [[nodiscard]] list_view view(std::int64_t first) const {
    return {.indices = indices_.get(),
            .values = values_.get(),
            .places = places_.data(),
            .stride = 1,
            .order = order_.data() + first,
            .first = first};
  }

 private:
  static constexpr std::int64_t word = 64;
  static constexpr std::int64_t slack = 3;  // entries that pad a list

  [[nodiscard]] std::int64_t& next(std::int64_t column) {
    return next_[static_cast<std::size_t>(column)];
  }

  /// Finds the columns that are used, and makes of the numbers of their nonzeros where their lists
  /// begin.
  void divide_room(index_range columns, column_set& used) {
    used.clear();
    places_.clear();
    std::int64_t begin = 0;
    for (std::int64_t w = columns.first / word; w * word < columns.last; ++w) {
      std::uint64_t& bits = used_bits_[static_cast<std::size_t>(w)];
      for (; bits != 0; bits &= bits - 1) {
        const std::int64_t column = w * word + std::countr_zero(bits);
        used.append(column);
        places_.push_back({begin, next(column)});
        next(column) = begin;
        begin += places_.back().count + slack;
      }
    }
  }

  void finish(std::int64_t block, const column_set& used) {
    const index_range all{0, std::ssize(places_)};
    for (std::int64_t k = all.first; k < all.last; ++k) next(used.column(k)) = 0;
    finish_lists(indices_.get(), values_.get(), places_, all, block, starts_, order_.data());
  }

  std::vector<std::int64_t> next_{};        // of each column; 0 between calls
  std::vector<std::uint64_t> used_bits_{};  // likewise
  std::unique_ptr<std::uint16_t[]> indices_;
  std::unique_ptr<float[]> values_;
  std::vector<list_place> places_{};
  std::vector<std::uint32_t> order_{};
  std::vector<std::uint32_t> starts_{};
};

}  // namespace sweepnet::cpu
