// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The nonzero features of a whole data set, listed once, and those of a batch. Rows of a batch lie
// anywhere in the data, so that what is read of them decides their time: listed, a pixel takes
// three bytes.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet::cpu {

class sparse_features {
 public:
  sparse_features() = default;
  /// Of rows with at most most_listed features, of which all are stored.
  explicit sparse_features(const labelled_rows& data)
      : width_(data.width),
        blocks_((data.width + nonzero_block::width - 1) / nonzero_block::width),
        scale_(data.scale),
        are_bytes_(data.features.are_bytes()) {
    data.features.visit([&](const auto& stored) {
      if constexpr (requires { stored.subspan(0); }) list_rows(stored, data.rows());
    });
  }

  [[nodiscard]] std::int64_t width() const { return width_; }
  /// Of a row, without the empty one behind them.
  [[nodiscard]] std::int64_t blocks() const { return blocks_; }

  /// Writes a row's blocks and lists, and up to 15 entries beyond. Returns how many entries,
  /// padded.
  std::int64_t unpack(const kernel_table& kernels, std::int64_t row, nonzero_block* blocks,
                      std::uint16_t* indices, float* values) const {
    const std::byte* at = begin(row);
    const std::int64_t count = kernels.unpack_blocks(at, blocks_, blocks);
    at += static_cast<std::size_t>(blocks_) * sizeof(std::uint64_t);
    const auto* columns = reinterpret_cast<const std::uint16_t*>(at);
    if (are_bytes_) {
      kernels.unpack_bytes(columns, reinterpret_cast<const std::uint8_t*>(columns + count), count,
                           scale_, indices, values);
    } else {
      kernels.unpack_reals(columns, reinterpret_cast<const float*>(columns + count), count, scale_,
                           indices, values);
    }
    return count;
  }

  /// Asks the memory for a row that is soon needed.
  void prefetch(std::int64_t row) const {
    for (const std::byte* at = begin(row); at < begin(row + 1); at += 64) __builtin_prefetch(at);
  }

 private:
  /// A row is the bits of its blocks, then its nonzeros' columns, then their values as the data set
  /// stores them; both lists are padded as pad_list() does, so that all rows are aligned.
  template <class Stored> void list_rows(std::span<const Stored> features, std::int64_t rows) {
    constexpr std::size_t slack = 64;  // what unpack() may read beyond the last row
    const auto nonzeros = static_cast<std::size_t>(
        std::ssize(features) - std::count(features.begin(), features.end(), Stored{0}));
    constexpr std::size_t entry = sizeof(std::uint16_t) + sizeof(Stored);
    rows_.reserve((nonzeros + static_cast<std::size_t>(3 * rows)) * entry +
                  static_cast<std::size_t>(rows * (blocks_ + 1)) * sizeof(std::uint64_t) + slack);
    const auto append = [&](const auto& list) {
      const auto* bytes = reinterpret_cast<const std::byte*>(list.data());
      rows_.insert(rows_.end(), bytes, bytes + list.size() * sizeof list[0]);
    };
    std::vector<std::uint64_t> bits;
    std::vector<std::uint16_t> columns;
    std::vector<Stored> values;
    for (std::int64_t r = 0; r < rows; ++r) {
      bits.assign(static_cast<std::size_t>(blocks_), 0);
      columns.clear();
      values.clear();
      const Stored* x = features.data() + r * width_;
      for (std::int64_t k = 0; k < width_; ++k) {
        if (x[k] == 0) continue;
        bits[static_cast<std::size_t>(k / nonzero_block::width)] |= std::uint64_t{1}
                                                                    << k % nonzero_block::width;
        columns.push_back(static_cast<std::uint16_t>(k));
        values.push_back(x[k]);
      }
      for (; values.size() % 4 != 0; values.push_back(0)) columns.push_back(columns.back());
      rows_.resize((rows_.size() + 7) / 8 * 8);
      begins_.push_back(rows_.size());
      append(bits);
      append(columns);
      append(values);
    }
    begins_.push_back(rows_.size());
    rows_.resize(rows_.size() + slack);
  }

  [[nodiscard]] const std::byte* begin(std::int64_t row) const {
    return rows_.data() + begins_[static_cast<std::size_t>(row)];
  }

  std::int64_t width_ = 0;
  std::int64_t blocks_ = 0;
  double scale_ = 1;
  bool are_bytes_ = true;
  std::vector<std::byte> rows_{};
  std::vector<std::size_t> begins_{};  // of each row, and the end
};

/// A batch's features as a left factor of products (see left_factor.hpp), by lists.
class listed_features {
 public:
  /// With room for `capacity` rows of `data`, which must outlive this.
  listed_features(const kernel_table& kernels, const sparse_features& data, std::int64_t capacity)
      : kernels_(&kernels),
        data_(&data),
        chunks_((data.width() + largest_chunk - 1) / largest_chunk),
        capacity_(capacity),
        indices_(std::make_unique_for_overwrite<std::uint16_t[]>(size(data, capacity))),
        values_(std::make_unique_for_overwrite<float[]>(size(data, capacity))),
        blocks_(static_cast<std::size_t>(capacity * (data.blocks() + 1))),
        rows_(static_cast<std::size_t>(capacity)),
        places_(static_cast<std::size_t>(capacity * chunks_)),
        order_(static_cast<std::size_t>(capacity * chunks_)) {}

  [[nodiscard]] std::int64_t width() const { return data_->width(); }

  /// Makes rows rows[r] of the data the rows r of the batch, for r in a range. While a few of them
  /// come from the memory, calls meanwhile(some) for these r.
  template <class Meanwhile>
  void load(std::span<const std::uint32_t> rows, index_range range, const Meanwhile& meanwhile) {
    constexpr std::int64_t few = 8;
    const auto row_of = [&](std::int64_t r) { return rows[static_cast<std::size_t>(r)]; };
    // Lists lie back to back, on few pages and cache lines; other threads may load other ranges.
    std::int64_t at = range.first * (width() + slack);
    for (index_range some = range; some.first < range.last; some.first = some.last) {
      some.last = std::min(some.first + few, range.last);
      for (std::int64_t r = some.first; r < some.last; ++r) data_->prefetch(row_of(r));
      meanwhile(some);
      for (std::int64_t r = some.first; r < some.last; ++r) at += load_row(r, row_of(r), at);
    }
    std::array<std::uint32_t, std::size_t{(largest_chunk + nonzero_block::width) / 4 + 3}> starts;
    for (std::int64_t k = 0; k < chunks_; ++k) {
      order_by_length(
          range, [&](std::int64_t r) { return place(r, k).count; }, starts,
          order_.data() + k * capacity_ + range.first);
    }
  }

  /// c = x b for some rows, loaded as such; b is one panel.
  void multiply(index_range rows, const panel_view& b, const columns_view& c) const {
    for (std::int64_t k = 0; k < chunks_; ++k) {
      const list_view lists{.indices = indices_.get(),
                            .values = values_.get(),
                            .places = places_.data() + k,
                            .stride = chunks_,
                            .order = order_.data() + k * capacity_ + rows.first};
      kernels_->sparse_product(lists, rows.count(), b, c, k > 0);
    }
  }

  /// Of the first `rows` rows.
  [[nodiscard]] std::int64_t nonzeros(std::int64_t rows) const {
    std::int64_t total = 0;
    for (std::int64_t r = 0; r < rows; ++r) total += row(r).blocks[data_->blocks()].before;
    return total;
  }

  /// Finds the columns in which one of the first `rows` rows is not 0.
  void find_used(std::int64_t rows, column_set& to) const {
    to.clear();
    for (std::int64_t b = 0; b < data_->blocks(); ++b) {
      std::uint64_t bits = 0;
      for (std::int64_t r = 0; r < rows; ++r) bits |= row(r).blocks[b].bits;
      for (; bits != 0; bits &= bits - 1) {
        to.append(b * nonzero_block::width + std::countr_zero(bits));
      }
    }
  }

  /// The columns in some places of `used`, which find_used() filled, of the first `rows` rows, back
  /// to back and padded with zeros to `width`, at most 64.
  panel_view gather(const column_set& used, index_range places, std::int64_t width,
                    std::int64_t rows, float* to) const {
    kernels_->gather(rows_.data(), rows, used.view(), places, width, to);
    return {to, rows, width};
  }

  void list_columns(std::int64_t rows, index_range columns, sparse_columns& to) const {
    kernels_->list_columns_of(rows_.data(), rows, columns, to.start(columns));
  }

 private:
  static constexpr std::int64_t slack = 16;  // entries that may be written beyond a row's

  [[nodiscard]] static std::size_t size(const sparse_features& data, std::int64_t capacity) {
    return static_cast<std::size_t>(capacity * (data.width() + slack) + slack);
  }
  [[nodiscard]] const nonzero_row& row(std::int64_t r) const {
    return rows_[static_cast<std::size_t>(r)];
  }

  /// Unpacks a row of the data behind `at` entries; returns how many it has.
  std::int64_t load_row(std::int64_t r, std::int64_t row, std::int64_t at) {
    nonzero_block* blocks = blocks_.data() + r * (data_->blocks() + 1);
    const std::int64_t count =
        data_->unpack(*kernels_, row, blocks, indices_.get() + at, values_.get() + at);
    rows_[static_cast<std::size_t>(r)] = {indices_.get() + at, values_.get() + at, blocks};
    // A chunk, some columns whose weights stay in a cache, has whole fours of the row's nonzeros,
    // so that up to three of them belong to the next.
    for (std::int64_t k = 0; k < chunks_; ++k) {
      const index_range columns = share_of(data_->blocks(), k, chunks_);
      const std::int64_t first = blocks[columns.first].before / 4 * 4;
      const std::int64_t last = k + 1 == chunks_ ? count : blocks[columns.last].before / 4 * 4;
      places_[static_cast<std::size_t>(r * chunks_ + k)] = {at + first, last - first};
    }
    return count;
  }

  [[nodiscard]] const list_place& place(std::int64_t r, std::int64_t k) const {
    return places_[static_cast<std::size_t>(r * chunks_ + k)];
  }

  const kernel_table* kernels_;
  const sparse_features* data_;
  std::int64_t chunks_;
  std::int64_t capacity_;
  std::unique_ptr<std::uint16_t[]> indices_;  // capacity x (width + slack), and slack
  std::unique_ptr<float[]> values_;           // likewise
  std::vector<nonzero_block> blocks_;         // capacity x (blocks of a row + 1)
  std::vector<nonzero_row> rows_;
  std::vector<list_place> places_;    // of each row's chunks (capacity x chunks)
  std::vector<std::uint32_t> order_;  // of rows, for each chunk (chunks x capacity)
};

}  // namespace sweepnet::cpu
