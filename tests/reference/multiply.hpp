// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Dense matrix products over the thread pool, by Eigen.
//
// The result is cut along its longer side into blocks whose size does not depend on the number of
// threads, and each block is one single-threaded product: the same bits for any number of threads.

#include <Eigen/Core>

#include <cstdint>

#include "reference/matrix.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"

namespace sweepnet {

/// A factor of a product: a row-major matrix, taken as it is or transposed.
template <class T> struct factor {
  const T* data;
  std::int64_t stride;  ///< between stored rows
  bool transposed;

  /// The factor from its row `r` on.
  [[nodiscard]] factor from_row(std::int64_t r) const {
    return {data + (transposed ? r : r * stride), stride, transposed};
  }
  /// The factor from its column `c` on.
  [[nodiscard]] factor from_column(std::int64_t c) const {
    return {data + (transposed ? c * stride : c), stride, transposed};
  }
};

template <class T> [[nodiscard]] factor<T> as_is(const T* data, std::int64_t stride) {
  return {data, stride, false};
}
template <class T> [[nodiscard]] factor<T> transposed(const T* data, std::int64_t stride) {
  return {data, stride, true};
}

namespace detail {

/// Single-threaded c = a b: a (rows x inner), b (inner x columns), c (rows x columns).
template <class T>
void multiply_block(const factor<T>& a, const factor<T>& b, T* c, std::int64_t c_stride,
                    std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  using view = const_matrix_view<T>;
  const auto stored = [](const factor<T>& f, std::int64_t r, std::int64_t k) {
    return f.transposed ? view(f.data, k, r, Eigen::OuterStride<>(f.stride))
                        : view(f.data, r, k, Eigen::OuterStride<>(f.stride));
  };
  const view left = stored(a, rows, inner);
  const view right = stored(b, inner, columns);
  matrix_view<T> product(c, rows, columns, Eigen::OuterStride<>(c_stride));
  if (a.transposed && b.transposed) {
    product.noalias() = left.transpose() * right.transpose();
  } else if (a.transposed) {
    product.noalias() = left.transpose() * right;
  } else if (b.transposed) {
    product.noalias() = left * right.transpose();
  } else {
    product.noalias() = left * right;
  }
}

}  // namespace detail

/// c = a b: a (rows x inner), b (inner x columns), c (rows x columns, rows back to back).
template <class T>
void multiply(thread_pool& pool, const factor<T>& a, const factor<T>& b, T* c, std::int64_t rows,
              std::int64_t inner, std::int64_t columns) {
  constexpr std::int64_t block = 128;
  if (columns >= rows) {
    for_each_block(pool, columns, block, [&](std::int64_t first, std::int64_t last) {
      detail::multiply_block(a, b.from_column(first), c + first, columns, rows, inner,
                             last - first);
    });
  } else {
    for_each_block(pool, rows, block, [&](std::int64_t first, std::int64_t last) {
      detail::multiply_block(a.from_row(first), b, c + first * columns, columns, last - first,
                             inner, columns);
    });
  }
}

}  // namespace sweepnet
