// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Dense matrix products by Eigen, of row-major matrices.

#include <Eigen/Core>

#include <cstdint>

namespace testing {

template <class T>
using matrix_view = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
template <class T>
using const_matrix_view =
    Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// c = a b: a (rows x inner), b (inner x columns), c (rows x columns).
template <class T>
void multiply(const T* a, const T* b, T* c, std::int64_t rows, std::int64_t inner,
              std::int64_t columns) {
  matrix_view<T>(c, rows, columns).noalias() =
      const_matrix_view<T>(a, rows, inner) * const_matrix_view<T>(b, inner, columns);
}

/// c = a^T b: a (inner x rows), b (inner x columns), c (rows x columns).
template <class T>
void multiply_transposed_left(const T* a, const T* b, T* c, std::int64_t rows, std::int64_t inner,
                              std::int64_t columns) {
  matrix_view<T>(c, rows, columns).noalias() =
      const_matrix_view<T>(a, inner, rows).transpose() * const_matrix_view<T>(b, inner, columns);
}

/// c = a b^T: a (rows x inner), b (columns x inner), c (rows x columns).
template <class T>
void multiply_transposed_right(const T* a, const T* b, T* c, std::int64_t rows, std::int64_t inner,
                               std::int64_t columns) {
  matrix_view<T>(c, rows, columns).noalias() =
      const_matrix_view<T>(a, rows, inner) * const_matrix_view<T>(b, columns, inner).transpose();
}

}  // namespace testing
