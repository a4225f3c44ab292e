// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Matrices as the CPU code sees them: row-major, 64-bit sizes (Eigen).

#include <Eigen/Core>

namespace sweepnet {

template <class T> using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A (rows x columns) view of memory that somebody else owns. The outer stride is the distance
/// between rows, in elements.
template <class T>
using matrix_view = Eigen::Map<matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>;
template <class T>
using const_matrix_view = Eigen::Map<const matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>;

}  // namespace sweepnet
