// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The nonzero features of a whole data set, listed once, and those of a batch. Rows of a batch lie
// anywhere in the data, so that what is read of them decides their time: packed, a pixel takes
// three bytes.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/backend/cpu/kernel_arguments.hpp"
#include "sweepnet/backend/cpu/sparse_rows.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

class packed_features {
 public:
  static constexpr std::int64_t largest_width = 1 << 16;
  static constexpr std::int64_t block_width = 64;

  /// Of a row's 64 columns from a multiple of 64 on.
  struct block {
    std::uint64_t bits;    ///< bit i: column i is not 0
    std::uint32_t before;  ///< how many of the row's nonzeros come before
  };

  packed_features() = default;
  /// Of rows with at most largest_width features.
  explicit packed_features(const labelled_rows& data)
      : width_(data.width),
        blocks_of_row_((data.width + block_width - 1) / block_width + 1),
        scale_(data.scale) {
    std::visit([&](const auto& features) { pack(features, data.rows()); }, data.features);
  }

  [[nodiscard]] std::int64_t width() const { return width_; }
  /// A row's blocks and an empty one behind them.
  [[nodiscard]] std::span<const block> blocks(std::int64_t row) const {
    return {blocks_.data() + row * blocks_of_row_, static_cast<std::size_t>(blocks_of_row_)};
  }
  /// Writes a row's nonzeros, as values and as a list, and up to 15 of each beyond.
  template <class Kernels> void unpack(std::int64_t row, float* values, nonzero* list) const {
    const std::size_t begin = begins_[static_cast<std::size_t>(row)];
    std::visit(
        [&](const auto& stored) {
          Kernels::unpack(columns_.data() + begin, stored.data() + begin, blocks(row).back().before,
                          scale_, values, list);
        },
        values_);
  }

  /// Asks the memory for a row that is soon needed.
  void prefetch(std::int64_t row) const {
    const auto ask = [](const void* first, std::size_t bytes) {
      for (std::size_t i = 0; i < bytes; i += 64)
        __builtin_prefetch(static_cast<const char*>(first) + i);
    };
    const std::size_t begin = begins_[static_cast<std::size_t>(row)];
    const std::size_t count = begins_[static_cast<std::size_t>(row + 1)] - begin;
    ask(blocks(row).data(), blocks(row).size_bytes());
    ask(columns_.data() + begin, count * sizeof columns_[0]);
    std::visit([&](const auto& values) { ask(values.data() + begin, count * sizeof values[0]); },
               values_);
  }

 private:
  template <class Stored> void pack(const std::vector<Stored>& features, std::int64_t rows) {
    constexpr std::size_t slack = 16;  // what unpack() may read beyond the last value
    const auto count = static_cast<std::size_t>(
        std::ssize(features) - std::count(features.begin(), features.end(), Stored{0}));
    columns_.reserve(count + slack);
    std::vector<Stored> values;
    values.reserve(count + slack);
    blocks_.resize(static_cast<std::size_t>(rows * blocks_of_row_));
    begins_.push_back(0);
    for (std::int64_t r = 0; r < rows; ++r) {
      const Stored* x = features.data() + r * width_;
      for (std::int64_t b = 0; b < blocks_of_row_; ++b) {
        block& to = blocks_[static_cast<std::size_t>(r * blocks_of_row_ + b)];
        to = {0, static_cast<std::uint32_t>(values.size() - begins_.back())};
        for (std::int64_t k = b * block_width; k < std::min((b + 1) * block_width, width_); ++k) {
          if (x[k] == 0) continue;
          to.bits |= std::uint64_t{1} << k % block_width;
          columns_.push_back(static_cast<std::uint16_t>(k));
          values.push_back(x[k]);
        }
      }
      begins_.push_back(values.size());
    }
    columns_.resize(count + slack);
    values.resize(count + slack);
    values_ = std::move(values);
  }

  std::int64_t width_ = 0;
  std::int64_t blocks_of_row_ = 1;
  double scale_ = 1;
  std::vector<std::size_t> begins_{};  // of each row, and the end
  std::vector<block> blocks_{};        // (rows x blocks of a row)
  std::vector<std::uint16_t> columns_{};
  std::variant<std::vector<std::uint8_t>, std::vector<float>> values_{};
};

/// A batch's features as a left factor of products (see left_factor.hpp), by lists.
template <class Kernels> class listed_features {
 public:
  /// With room for `capacity` rows of `data`, which must outlive this.
  listed_features(const packed_features& data, std::int64_t capacity)
      : data_(&data),
        chunks_((data.width() + largest_chunk - 1) / largest_chunk),
        values_(std::make_unique_for_overwrite<float[]>(size(data, capacity))),
        entries_(std::make_unique_for_overwrite<nonzero[]>(size(data, capacity))),
        rows_(static_cast<std::size_t>(capacity)),
        bounds_(static_cast<std::size_t>(capacity * (chunks_ + 1))) {}

  [[nodiscard]] std::int64_t width() const { return data_->width(); }

  /// Asks the memory for rows[r] of the data, which are soon loaded.
  void expect(std::span<const std::uint32_t> rows, index_range range) const {
    for (std::int64_t r = range.first; r < range.last; ++r) {
      data_->prefetch(rows[static_cast<std::size_t>(r)]);
    }
  }

  /// Makes rows rows[r] of the data the rows r of the batch.
  void load(std::span<const std::uint32_t> rows, index_range range) {
    // Back to back, on few pages and cache lines; other threads may load other ranges.
    std::int64_t at = range.first * (width() + slack);
    for (std::int64_t r = range.first; r < range.last; ++r) {
      const std::int64_t row = rows[static_cast<std::size_t>(r)];
      data_->template unpack<Kernels>(row, values_.get() + at, entries_.get() + at);
      const std::span<const packed_features::block> blocks = data_->blocks(row);
      rows_[static_cast<std::size_t>(r)] = {values_.get() + at, entries_.get() + at, blocks};
      for (std::int64_t k = 0; k <= chunks_; ++k) {
        const auto b = static_cast<std::size_t>(share_of(std::ssize(blocks) - 1, k, chunks_).first);
        bounds_[static_cast<std::size_t>(r * (chunks_ + 1) + k)] = blocks[b].before;
      }
      at += blocks.back().before;
    }
  }

  /// c = x b for some rows; b is one panel.
  void multiply(index_range rows, const panel_view& b, const columns_view& c) const {
    for (std::int64_t k = 0; k < chunks_; ++k) {
      const auto list_of = [&](std::int64_t i) { return chunk(rows.first + i, k); };
      Kernels::sparse_lists(rows.count(), list_of, b, {c.row(rows.first), c.stride}, k > 0);
    }
  }

  /// Of the first `rows` rows.
  [[nodiscard]] std::int64_t nonzeros(std::int64_t rows) const {
    std::int64_t total = 0;
    for (std::int64_t r = 0; r < rows; ++r) total += row(r).blocks.back().before;
    return total;
  }

  /// `width` columns, at most 64, of the first `rows` rows, back to back, from column `first` on.
  panel_view gather(std::int64_t first, std::int64_t width, std::int64_t rows, float* to) const {
    const std::int64_t b = first / packed_features::block_width;
    const std::int64_t shift = first % packed_features::block_width;
    for (std::int64_t r = 0; r < rows; ++r) {
      const packed_features::block* at = row(r).blocks.data() + b;
      std::uint64_t bits = at[0].bits;
      std::int64_t before = at[0].before;
      if (shift > 0) {
        before += std::popcount(bits << (packed_features::block_width - shift));
        bits = bits >> shift | at[1].bits << (packed_features::block_width - shift);
      }
      Kernels::expand(bits, width, row(r).values + before, to + r * width);
    }
    return {to, rows, width};
  }

  void list_columns(std::int64_t rows, index_range columns, sparse_columns& to) const {
    constexpr std::int64_t width = packed_features::block_width;
    to.clear(columns);
    for (std::int64_t r = 0; r < rows; ++r) {
      for (const nonzero& x :
           row(r).list({columns.first / width, (columns.last + width - 1) / width})) {
        if (columns.contains(x.index)) to.append(x.index, r, x.value);
      }
    }
  }

 private:
  static constexpr std::int64_t slack = 16;  // values that may be read or written beyond a row's

  struct listed_row {
    const float* values = nullptr;
    const nonzero* entries = nullptr;
    std::span<const packed_features::block> blocks{};

    [[nodiscard]] nonzero_list list(index_range some) const {
      const std::uint32_t first = blocks[static_cast<std::size_t>(some.first)].before;
      const std::uint32_t last = blocks[static_cast<std::size_t>(some.last)].before;
      return {entries + first, last - first};
    }
  };

  [[nodiscard]] static std::size_t size(const packed_features& data, std::int64_t capacity) {
    return static_cast<std::size_t>(capacity * (data.width() + slack) + slack);
  }
  [[nodiscard]] const listed_row& row(std::int64_t r) const {
    return rows_[static_cast<std::size_t>(r)];
  }

  /// Row r's nonzeros of a chunk, a few blocks whose weights stay in a cache.
  [[nodiscard]] nonzero_list chunk(std::int64_t r, std::int64_t k) const {
    const std::uint32_t* bounds = bounds_.data() + r * (chunks_ + 1) + k;
    return {row(r).entries + bounds[0], bounds[1] - bounds[0]};
  }

  const packed_features* data_;
  std::int64_t chunks_;
  std::unique_ptr<float[]> values_;  // capacity x (width + slack), and slack
  std::unique_ptr<nonzero[]> entries_;
  std::vector<listed_row> rows_;
  std::vector<std::uint32_t> bounds_;  // of chunks (capacity x chunks + 1)
};

}  // namespace sweepnet
