// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is multiplied by weights: a batch's features, a layer's outputs, or dL/dz of a layer. Most
// of it may be 0, which products skip where that is faster; all ways give the same bits.
//
// multiply() is the product with weights; gather() and list_columns() are for weight gradients, in
// which this is transposed. listed_features (sparse_features.hpp) has the same for features that
// are mostly 0.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sweepnet/backend/cpu/factors/cost.hpp"
#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"

namespace sweepnet::cpu {

/// Rows of reals (capacity x width) and what is known of their zeros. Different rows may be used at
/// the same time, and so may the `parts` into which the columns are divided.
class left_factor {
 public:
  left_factor() = default;
  /// A part has `part_width` columns, the last one what is left of `width`.
  left_factor(const kernel_table& kernels, std::int64_t capacity, std::int64_t width,
              double sparse_below, std::int64_t part_width, std::int64_t parts)
      : kernels_(&kernels),
        capacity_(capacity),
        width_(width),
        stride_(padded_stride(width)),
        sparse_below_(sparse_below),
        part_width_(part_width),
        parts_(parts),
        values_(static_cast<std::size_t>(capacity * stride_)),
        lists_(capacity, part_width, parts),
        known_(static_cast<std::size_t>(capacity * parts)) {}
  left_factor(const kernel_table& kernels, std::int64_t capacity, std::int64_t width,
              double sparse_below)
      : left_factor(kernels, capacity, width, sparse_below, width, 1) {}

  [[nodiscard]] std::int64_t width() const { return width_; }
  [[nodiscard]] std::int64_t part_width() const { return part_width_; }
  [[nodiscard]] columns_view values() { return {values_.data(), stride_}; }
  [[nodiscard]] const_columns_view values() const { return {values_.data(), stride_}; }

  /// Estimates the nonzeros of a part of some rows, whose values are there, by a sample of them,
  /// and readies them for products with `units` columns; 0 if there are none.
  void prepare(index_range rows, std::int64_t part, std::int64_t units) {
    const std::int64_t first = part * part_width_;
    const std::int64_t count = std::min(part_width_, width_ - first);
    std::int64_t nonzeros = 0;
    std::int64_t total = 0;
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      if ((r - rows.first) % cost::rows_per_sample == 0) {
        nonzeros = kernels_->count_nonzeros(values_.data() + r * stride_ + first, count);
      }
      known_of(r, part).nonzeros = nonzeros;
      total += nonzeros;
    }
    const double all = static_cast<double>(std::max<std::int64_t>(rows.count() * count, 1));
    const bool pays = width_ <= most_listed &&
                      cost::pays_to_list(static_cast<double>(total) / all, units, sparse_below_);
    if (pays) lists_.set(*kernels_, rows, part, width_, values());
    for (std::int64_t r = rows.first; r < rows.last; ++r) known_of(r, part).listed = pays;
  }

  /// c = x b for some rows, of which all parts are prepared; b is one panel.
  void multiply(index_range rows, const panel_view& b, const columns_view& c) const {
    for (std::int64_t first = rows.first; first < rows.last;) {
      const bool listed = is_listed(first);
      std::int64_t last = first + 1;
      while (last < rows.last && is_listed(last) == listed) ++last;
      if (listed) {
        for (std::int64_t chunk = 0; chunk < lists_.chunks(); ++chunk) {
          kernels_->sparse_product(lists_.view(first, chunk), last - first, b, c, chunk > 0);
        }
      } else {
        kernels_->dense_product({values_.data() + first * stride_, stride_, 1}, last - first, b,
                                {c.row(first), c.stride});
      }
      first = last;
    }
  }

  /// About how many the first `rows` rows have, which are prepared.
  [[nodiscard]] std::int64_t nonzeros(std::int64_t rows) const {
    std::int64_t total = 0;
    for (std::int64_t p = 0; p < parts_; ++p) total += nonzeros(rows, p);
    return total;
  }
  /// Of one part.
  [[nodiscard]] std::int64_t nonzeros(std::int64_t rows, std::int64_t part) const {
    std::int64_t total = 0;
    const auto first = known_.begin() + part * capacity_;
    for (auto k = first; k != first + rows; ++k) total += k->nonzeros;
    return total;
  }

  /// `width` columns of the first `rows` rows, back to back, from column `first` on.
  panel_view gather(std::int64_t first, std::int64_t width, std::int64_t rows, float* to) const {
    for (std::int64_t r = 0; r < rows; ++r) {
      std::copy_n(values_.data() + r * stride_ + first, width, to + r * width);
    }
    return {to, rows, width};
  }

  /// The columns in some places of `used`, which lie together; what pads them is without meaning.
  panel_view gather(const column_set& used, index_range places, std::int64_t width,
                    std::int64_t rows, float* to) const {
    return gather(used.column(places.first), width, rows, to);
  }

  void list_columns(std::int64_t rows, index_range columns, sparse_columns& to) const {
    kernels_->list_columns(values(), rows, columns, to.start(columns));
  }

 private:
  struct known {
    std::int64_t nonzeros = 0;
    bool listed = false;
  };

  [[nodiscard]] known& known_of(std::int64_t r, std::int64_t part) {
    return known_[static_cast<std::size_t>(part * capacity_ + r)];
  }
  /// Whether all parts of row r are.
  [[nodiscard]] bool is_listed(std::int64_t r) const {
    for (std::int64_t p = 0; p < parts_; ++p) {
      if (!known_[static_cast<std::size_t>(p * capacity_ + r)].listed) return false;
    }
    return true;
  }

  const kernel_table* kernels_ = nullptr;
  std::int64_t capacity_ = 0;
  std::int64_t width_ = 0;
  std::int64_t stride_ = 0;
  double sparse_below_ = 0;
  std::int64_t part_width_ = 0;
  std::int64_t parts_ = 1;
  aligned_floats values_{};  // (capacity x stride)
  sparse_rows lists_{};
  std::vector<known> known_{};  // (parts x capacity)
};

}  // namespace sweepnet::cpu
