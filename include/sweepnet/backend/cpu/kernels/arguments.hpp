// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the kernels of every instruction set are called with: plain views.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "sweepnet/network/optimizer_step.hpp"
#include "sweepnet/network/penalty.hpp"

namespace sweepnet::cpu {

/// Rows, panels or inputs [first, last).
struct index_range {
  std::int64_t first;
  std::int64_t last;

  [[nodiscard]] std::int64_t count() const { return last - first; }
};

/// What part `part` of `parts` gets of [0, count).
[[nodiscard]] inline index_range share_of(std::int64_t count, std::int64_t part,
                                          std::int64_t parts) {
  return {part * count / parts, (part + 1) * count / parts};
}

/// Indices of a list tell apart this many rows or columns; wider factors are never listed.
inline constexpr std::int64_t most_listed = 65536;

/// The nonzeros of a row of a sparse factor, by ascending index in the inner dimension. Products
/// take four at a time: `count` is a multiple of 4, see pad_list().
struct nonzero_list {
  const std::uint16_t* indices = nullptr;
  const float* values = nullptr;
  std::size_t count = 0;
};

/// Where a list lies among indices and values.
struct list_place {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

/// Some lists in the order in which a product takes them; list k makes row k - first of it.
struct list_view {
  const std::uint16_t* indices;
  const float* values;
  const list_place* places;
  std::int64_t stride;         ///< list k lies at places[k * stride]
  const std::uint32_t* order;  ///< the lists to take, one after the other
  std::int64_t first = 0;

  [[nodiscard]] const list_place& place(std::int64_t k) const { return places[k * stride]; }
};

/// Lists that grow: list k has room from places[k].begin on.
struct growing_lists {
  std::uint16_t* indices;
  float* values;
  list_place* places;

  void append(std::int64_t k, std::int64_t index, float value) const {
    const std::int64_t at = places[k].begin + places[k].count++;
    indices[at] = static_cast<std::uint16_t>(index);
    values[at] = value;
  }
};

/// Pads a list with its last index and the value 0, which changes no sum, and returns its new
/// length. There must be room for three entries.
inline std::size_t pad_list(std::uint16_t* indices, float* values, std::size_t count) {
  if (count == 0) return 0;
  for (std::size_t i = count; i < count + 3; ++i) {
    indices[i] = indices[count - 1];
    values[i] = 0;
  }
  return (count + 3) / 4 * 4;
}

/// Which of 64 columns of a row, from a multiple of 64 on, are not 0.
struct nonzero_block {
  static constexpr std::int64_t width = 64;

  std::uint64_t bits;    ///< bit i: column i of them is not 0
  std::uint32_t before;  ///< how many of the row's nonzeros come before them
};

/// A row's nonzeros, and blocks for all columns and one beyond.
struct nonzero_row {
  const std::uint16_t* indices = nullptr;
  const float* values = nullptr;
  const nonzero_block* blocks = nullptr;
};

/// Some columns of a matrix, ascending, and the place of each among them.
struct column_view {
  const std::uint32_t* columns;
  const std::uint32_t* places;  ///< of a column that is among them

  [[nodiscard]] std::int64_t column(std::int64_t place) const { return columns[place]; }
  [[nodiscard]] std::int64_t place(std::int64_t column) const { return places[column]; }
};

/// The left factor of a dense product: element (i, k) is data[i * row_stride + k * inner_stride].
struct dense_factor {
  const float* data;
  std::int64_t row_stride;
  std::int64_t inner_stride;

  [[nodiscard]] dense_factor from_row(std::int64_t i) const {
    return {data + i * row_stride, row_stride, inner_stride};
  }
};

/// The right factor of a product: (inner x width), rows back to back.
struct panel_view {
  const float* data;
  std::int64_t inner;
  std::int64_t width;  ///< 16, 32 or 64
};

/// Some columns of a row-major matrix, from row 0 on.
struct columns_view {
  float* data;
  std::int64_t stride;

  [[nodiscard]] float* row(std::int64_t r) const { return data + r * stride; }
};

struct const_columns_view {
  const float* data;
  std::int64_t stride;

  const_columns_view(const float* data_, std::int64_t stride_) : data(data_), stride(stride_) {}
  const_columns_view(const columns_view& view) : data(view.data), stride(view.stride) {}

  [[nodiscard]] const float* row(std::int64_t r) const { return data + r * stride; }
};

/// Which elements of a (rows x width) matrix dropout keeps: one bit each, row after row.
struct keep_mask {
  std::uint8_t* bytes = nullptr;  ///< null: all are kept
  std::int64_t width = 0;
  float scale = 1;  ///< on what is kept

  /// How many bytes the mask of `rows` rows has, with those that bits() may read beyond.
  [[nodiscard]] static std::int64_t size(std::int64_t rows, std::int64_t width) {
    return (rows * width + 7) / 8 + 8;
  }
  /// Bits of 32 elements of row r, from column `column` on; the upper ones may be meaningless.
  [[nodiscard]] std::uint32_t bits(std::int64_t r, std::int64_t column) const {
    if (bytes == nullptr) return 0xffffffffU;
    const auto at = static_cast<std::uint64_t>(r * width + column);
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(&word, bytes + at / 8, sizeof word);
    } else {
      for (std::uint64_t i = 0; i < 5; ++i) word |= std::uint64_t{bytes[at / 8 + i]} << 8 * i;
    }
    return static_cast<std::uint32_t>(word >> at % 8);
  }
};

/// What makes a layer's output from its product: output = f(product + bias) kept, and in training
/// gate = f'(product + bias) kept, where `kept` is the mask times its scale. Padding up to the next
/// 16 columns gets values without meaning.
struct finish_view {
  const float* bias;
  columns_view output;  ///< the product, then the output
  columns_view gate;    ///< data is null when nothing is trained
  keep_mask keep;
  std::int64_t first_column;  ///< of the views, within the layer
  std::int64_t columns;
};

/// The dropout mask of a layer at a step.
struct mask_draw {
  std::uint64_t seed;
  std::uint32_t layer;
  std::uint32_t step;
  std::uint32_t threshold;  ///< keep_threshold(rate)
};

/// One optimizer step on all weights, or what only stores their gradients.
struct update_view {
  optimizer_step step{};
  float limit = std::numeric_limits<float>::infinity();  ///< on each gradient's magnitude
  float* weights = nullptr;
  std::array<float*, 3> slots{};  ///< as many as the rule keeps
  float* gradients = nullptr;     ///< where they are stored
};

/// Takes the gradients g of `count` weights from `offset` on, to which it adds the penalty's; it
/// may change them. Each weight stands alone, so any split gives the same bits.
using update_function = void (*)(const update_view& update, std::int64_t offset, float* g,
                                 std::int64_t count, const weight_penalty& penalty);

/// Takes `steps` steps of `count` weights from `offset` on, whose gradients are 0 and whose rule
/// rests: it changes slots alone.
using rest_function = void (*)(const update_view& update, std::int64_t offset, std::int64_t count,
                               std::uint64_t steps);

}  // namespace sweepnet::cpu
