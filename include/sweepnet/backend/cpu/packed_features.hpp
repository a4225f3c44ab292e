// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The nonzero features of a whole data set, listed once, and those of a batch. Rows of a batch lie
// anywhere in the data, so that what is read of them decides their time: packed, a pixel takes
// three bytes.

#include <algorithm>
#include <array>
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
  using block = nonzero_block;

  packed_features() = default;
  /// Of rows with at most most_listed features.
  explicit packed_features(const labelled_rows& data)
      : width_(data.width),
        blocks_of_row_((data.width + block::width - 1) / block::width + 1),
        scale_(data.scale) {
    std::visit([&](const auto& features) { pack(features, data.rows()); }, data.features);
  }

  [[nodiscard]] std::int64_t width() const { return width_; }
  /// A row's blocks and an empty one behind them.
  [[nodiscard]] std::span<const block> blocks(std::int64_t row) const {
    return {blocks_.data() + row * blocks_of_row_, static_cast<std::size_t>(blocks_of_row_)};
  }
  /// Lists a row's nonzeros, and writes up to 15 entries beyond. Returns how many, padded.
  template <class Kernels>
  std::int64_t unpack(std::int64_t row, std::uint16_t* indices, float* values) const {
    const std::size_t begin = begins_[static_cast<std::size_t>(row)];
    const auto count =
        static_cast<std::int64_t>(begins_[static_cast<std::size_t>(row + 1)] - begin);
    std::visit(
        [&](const auto& stored) {
          Kernels::unpack(columns_.data() + begin, stored.data() + begin, count, scale_, indices,
                          values);
        },
        values_);
    return count;
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
        std::ssize(features) - std::count(features.begin(), features.end(), Stored{0}) + 3 * rows);
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
        for (std::int64_t k = b * block::width; k < std::min((b + 1) * block::width, width_); ++k) {
          if (x[k] == 0) continue;
          to.bits |= std::uint64_t{1} << k % block::width;
          columns_.push_back(static_cast<std::uint16_t>(k));
          values.push_back(x[k]);
        }
      }
      while (values.size() % 4 != 0) {  // as pad_list() does
        columns_.push_back(columns_.back());
        values.push_back(0);
      }
      begins_.push_back(values.size());
    }
    columns_.resize(columns_.size() + slack);
    values.resize(values.size() + slack);
    values_ = std::move(values);
  }

  std::int64_t width_ = 0;
  std::int64_t blocks_of_row_ = 1;
  double scale_ = 1;
  std::vector<std::size_t>
      begins_{};                 // of each row, whose entries are padded by fours, and the end
  std::vector<block> blocks_{};  // (rows x blocks of a row)
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
        capacity_(capacity),
        indices_(std::make_unique_for_overwrite<std::uint16_t[]>(size(data, capacity))),
        values_(std::make_unique_for_overwrite<float[]>(size(data, capacity))),
        rows_(static_cast<std::size_t>(capacity)),
        bounds_(static_cast<std::size_t>(capacity * (chunks_ + 1))),
        order_(static_cast<std::size_t>(capacity * chunks_)) {}

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
      const std::int64_t count =
          data_->template unpack<Kernels>(row, indices_.get() + at, values_.get() + at);
      const std::span<const nonzero_block> blocks = data_->blocks(row);
      rows_[static_cast<std::size_t>(r)] = {indices_.get() + at, values_.get() + at, blocks.data()};
      std::uint32_t* bounds = bounds_.data() + r * (chunks_ + 1);
      for (std::int64_t k = 0; k < chunks_; ++k) {
        const auto first = share_of(std::ssize(blocks) - 1, k, chunks_).first;
        bounds[k] = blocks[static_cast<std::size_t>(first)].before / 4 * 4;
      }
      bounds[chunks_] = static_cast<std::uint32_t>(count);
      at += count;
    }
    std::array<std::uint32_t, std::size_t{(largest_chunk + nonzero_block::width) / 4 + 3}> starts;
    for (std::int64_t k = 0; k < chunks_; ++k) {
      order_by_length(
          range, [&](std::int64_t r) { return chunk(r, k).count; }, starts,
          order_.data() + k * capacity_ + range.first);
    }
  }

  /// c = x b for some rows, loaded as such; b is one panel.
  void multiply(index_range rows, const panel_view& b, const columns_view& c) const {
    for (std::int64_t k = 0; k < chunks_; ++k) {
      const std::uint32_t* order = order_.data() + k * capacity_ + rows.first;
      const auto list_of = [&](std::int64_t i) { return row_list{order[i], chunk(order[i], k)}; };
      Kernels::sparse_lists(rows.count(), list_of, b, c, k > 0);
    }
  }

  /// Of the first `rows` rows.
  [[nodiscard]] std::int64_t nonzeros(std::int64_t rows) const {
    std::int64_t total = 0;
    for (std::int64_t r = 0; r < rows; ++r) total += row(r).blocks[last_block()].before;
    return total;
  }

  /// Finds the columns in which one of the first `rows` rows is not 0.
  void find_used(std::int64_t rows, column_set& to) const {
    to.clear();
    for (std::int64_t b = 0; b < last_block(); ++b) {
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
    const auto row_of = [&](std::int64_t r) -> const nonzero_row& { return row(r); };
    Kernels::gather(rows, row_of, used, places, width, to);
    return {to, rows, width};
  }

  void list_columns(std::int64_t rows, index_range columns, sparse_columns& to) const {
    to.clear(columns);
    const auto row_of = [&](std::int64_t r) -> const nonzero_row& { return row(r); };
    Kernels::list_columns(rows, row_of, columns, to);
  }

 private:
  static constexpr std::int64_t slack = 16;  // entries that may be written beyond a row's

  [[nodiscard]] static std::size_t size(const packed_features& data, std::int64_t capacity) {
    return static_cast<std::size_t>(capacity * (data.width() + slack) + slack);
  }
  [[nodiscard]] const nonzero_row& row(std::int64_t r) const {
    return rows_[static_cast<std::size_t>(r)];
  }

  [[nodiscard]] std::int64_t last_block() const { return std::ssize(data_->blocks(0)) - 1; }

  /// Row r's nonzeros of a chunk, some columns whose weights stay in a cache. A chunk has whole
  /// fours, so that up to three of them belong to the next.
  [[nodiscard]] nonzero_list chunk(std::int64_t r, std::int64_t k) const {
    const std::uint32_t* bounds = bounds_.data() + r * (chunks_ + 1) + k;
    return {row(r).indices + bounds[0], row(r).values + bounds[0], bounds[1] - bounds[0]};
  }

  const packed_features* data_;
  std::int64_t chunks_;
  std::int64_t capacity_;
  std::unique_ptr<std::uint16_t[]> indices_;  // capacity x (width + slack), and slack
  std::unique_ptr<float[]> values_;           // likewise
  std::vector<nonzero_row> rows_;
  std::vector<std::uint32_t> bounds_;  // of chunks (capacity x chunks + 1)
  std::vector<std::uint32_t> order_;   // of rows, for each chunk (chunks x capacity)
};

}  // namespace sweepnet
