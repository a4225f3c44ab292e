// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A batch's features, a layer's outputs, or dL/dz of a layer: what is multiplied by weights. Most of
// it may be 0, which the products skip where that is faster; both ways give the same bits.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "sweepnet/backend/cpu/kernel_arguments.hpp"
#include "sweepnet/backend/cpu/panels.hpp"
#include "sweepnet/backend/cpu/sparse_rows.hpp"

namespace sweepnet {

/// Whether to list nonzeros, of which a share `density` of all is there, for products with `units`
/// columns. `below` is the density at which a multiply-add over lists costs as much time as 1 /
/// density dense ones; to list a nonzero costs about 64 multiply-adds.
[[nodiscard]] inline bool pays_to_list(double density, std::int64_t units, double below) {
  return density * static_cast<double>(units + 64) < below * static_cast<double>(units);
}

/// Rows of reals (capacity x width) and what is known of their zeros. Different rows may be used at
/// the same time.
template <class Kernels> class left_factor {
 public:
  left_factor() = default;
  left_factor(std::int64_t capacity, std::int64_t width, double sparse_below)
      : width_(width),
        stride_(padded_stride(width)),
        sparse_below_(sparse_below),
        values_(static_cast<std::size_t>(capacity * stride_)),
        lists_(capacity, width),
        counts_(static_cast<std::size_t>(capacity)),
        listed_(static_cast<std::size_t>(capacity)) {}

  [[nodiscard]] columns_view values() { return {values_.data(), stride_}; }
  [[nodiscard]] const_columns_view values() const { return {values_.data(), stride_}; }
  [[nodiscard]] std::int64_t width() const { return width_; }
  [[nodiscard]] float* row(std::int64_t r) { return values_.data() + r * stride_; }

  /// Counts the nonzeros of rows [first, last), once their values are there.
  void count(std::int64_t first, std::int64_t last) {
    for (std::int64_t r = first; r < last; ++r) {
      counts_[static_cast<std::size_t>(r)] = Kernels::count_nonzeros(row(r), width_);
    }
  }
  /// Nonzeros of `rows` rows that were counted.
  [[nodiscard]] std::int64_t nonzeros(std::int64_t rows) const { return nonzeros(0, rows); }

  /// Counts the same and prepares them for products with `units` columns.
  void prepare(std::int64_t first, std::int64_t last, std::int64_t units) {
    if (first == last) return;
    count(first, last);
    const double density = static_cast<double>(nonzeros(first, last)) /
                           static_cast<double>((last - first) * width_);
    const bool pays = pays_to_list(density, units, sparse_below_);
    for (std::int64_t r = first; r < last; ++r) {
      if (pays) lists_.template set<Kernels>(r, row(r));
      listed_[static_cast<std::size_t>(r)] = pays ? 1 : 0;
    }
  }

  /// c = x b for rows [first, last), which are prepared; b is one panel.
  void multiply(std::int64_t first, std::int64_t last, const panel_view& b,
                const columns_view& c) const {
    while (first < last) {  // rows that were prepared together are of one kind
      const auto from = listed_.begin() + first;
      const auto end = std::find_if(from, listed_.begin() + last,
                                    [&](std::uint8_t other) { return other != *from; });
      const std::int64_t next = end - listed_.begin();
      if (*from != 0) {
        Kernels::sparse_product(lists_, first, next, b, c);
      } else {
        Kernels::dense_product({values_.data(), stride_, 1}, first, next, b, c);
      }
      first = next;
    }
  }

 private:
  [[nodiscard]] std::int64_t nonzeros(std::int64_t first, std::int64_t last) const {
    return std::accumulate(counts_.begin() + first, counts_.begin() + last, std::int64_t{0});
  }

  std::int64_t width_ = 0;
  std::int64_t stride_ = 0;
  double sparse_below_ = 0;
  aligned_floats values_{};  // (capacity x stride)
  sparse_rows lists_{};
  std::vector<std::int64_t> counts_{};  // of each row's nonzeros
  std::vector<std::uint8_t> listed_{};  // whether lists_ has the row
};

}  // namespace sweepnet
