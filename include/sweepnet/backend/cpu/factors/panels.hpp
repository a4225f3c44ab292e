// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the kernels hold weights: each matrix cut into panels of 16, 32 or 64 columns, a panel's rows
// back to back. One panel is read from front to back by a product, and a panel's part fits in the
// first-level cache. Columns are padded with zeros to whole panels.
//
// Weights, gradients and optimizer slots are packed alike; pack() and unpack() go between this and
// the flat layout of network/parameters.hpp, which is what everybody else sees.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <vector>

#include "sweepnet/network/parameters.hpp"

namespace sweepnet::cpu {

/// Allocates on cache-line boundaries.
template <class T> struct aligned_allocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};
  aligned_allocator() = default;
  template <class U> aligned_allocator(const aligned_allocator<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), alignment)); }
  void deallocate(T* at, std::size_t) { ::operator delete(at, alignment); }
  friend bool operator==(const aligned_allocator&, const aligned_allocator&) { return true; }
};

using aligned_floats = std::vector<float, aligned_allocator<float>>;

/// The distance between rows of a row-major matrix whose rows are read in parts of 64 columns: an
/// odd number of 32 floats, because rows at distances of powers of two fall on the same cache sets.
[[nodiscard]] constexpr std::int64_t padded_stride(std::int64_t columns) {
  return 32 * ((columns + 63) / 64 * 2 + 1);
}

/// A (rows x columns) matrix in panels.
struct panel_shape {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t width = 16;  ///< of a panel

  /// The width that pads least; the widest of those, because it is the fastest.
  panel_shape(std::int64_t rows_, std::int64_t columns_) : rows(rows_), columns(columns_) {
    for (const std::int64_t w : {32, 64}) {
      if (padded(w) <= padded(width)) width = w;
    }
  }

  [[nodiscard]] std::int64_t panels() const { return (columns + width - 1) / width; }
  [[nodiscard]] std::int64_t padded_columns() const { return padded(width); }
  [[nodiscard]] std::int64_t size() const { return rows * padded_columns(); }
  /// Where panel p begins.
  [[nodiscard]] std::int64_t panel(std::int64_t p) const { return p * rows * width; }
  /// Columns of panel p that are not padding.
  [[nodiscard]] std::int64_t columns_of(std::int64_t p) const {
    return std::min(width, columns - p * width);
  }

 private:
  [[nodiscard]] std::int64_t padded(std::int64_t w) const { return (columns + w - 1) / w * w; }
};

/// Calls f(flat_offset, packed_offset, count) for each run of a kernel's values that lie together
/// in both layouts.
template <class F>
void for_each_run(const panel_shape& shape, std::int64_t flat, std::int64_t packed, const F& f) {
  for (std::int64_t p = 0; p < shape.panels(); ++p) {
    for (std::int64_t r = 0; r < shape.rows; ++r) {
      f(flat + r * shape.columns + p * shape.width, packed + shape.panel(p) + r * shape.width,
        shape.columns_of(p));
    }
  }
}

/// Where one dense layer's weights lie in the packed buffer.
struct packed_weights {
  panel_shape kernel;
  std::int64_t kernel_at;
  std::int64_t bias_at;
};

struct packed_layout {
  parameter_layout flat;
  std::vector<packed_weights> weights{};
  std::int64_t size = 0;

  explicit packed_layout(const model_spec& model) : flat(model) {
    for (const dense_weights& s : flat.weights) {
      const panel_shape kernel(s.inputs, s.units);
      const std::int64_t bias_at = size + kernel.size();
      weights.push_back({.kernel = kernel, .kernel_at = size, .bias_at = bias_at});
      size = bias_at + kernel.panels() * kernel.width;
    }
  }

  /// Every kernel and bias with its padding, in their order.
  [[nodiscard]] std::vector<tensor_range> tensors() const {
    std::vector<tensor_range> ranges;
    for (const packed_weights& w : weights) {
      ranges.push_back({w.kernel_at, w.kernel_at + w.kernel.size()});
      ranges.push_back({w.bias_at, w.bias_at + w.kernel.padded_columns()});
    }
    return ranges;
  }

  /// A packed buffer of a flat one; padding gets `fill`.
  [[nodiscard]] aligned_floats pack(std::span<const float> values, float fill = 0) const {
    aligned_floats packed(static_cast<std::size_t>(size), fill);
    for_each([&](std::int64_t from, std::int64_t to, std::int64_t count) {
      std::copy_n(values.data() + from, count, packed.data() + to);
    });
    return packed;
  }

  [[nodiscard]] std::vector<float> unpack(std::span<const float> packed) const {
    std::vector<float> values(static_cast<std::size_t>(flat.size));
    for_each([&](std::int64_t to, std::int64_t from, std::int64_t count) {
      std::copy_n(packed.data() + from, count, values.data() + to);
    });
    return values;
  }

 private:
  template <class F> void for_each(const F& f) const {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      for_each_run(weights[i].kernel, flat.weights[i].kernel, weights[i].kernel_at, f);
      f(flat.weights[i].bias, weights[i].bias_at, flat.weights[i].units);
    }
  }
};

}  // namespace sweepnet::cpu
