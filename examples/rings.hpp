// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The examples' own data: points of the plane, told apart by how far from its centre they lie.

#include <Eigen/Core>
#include <cstdlib>

struct labelled_points {
  Eigen::MatrixXf x;  // (rows x 2)
  Eigen::VectorXi y;  // 0, 1 or 2
};

inline labelled_points rings(Eigen::Index rows, unsigned seed) {
  std::srand(seed);
  labelled_points points{Eigen::MatrixXf::Random(rows, 2), Eigen::VectorXi(rows)};
  for (Eigen::Index r = 0; r < rows; ++r) {
    const float radius = points.x.row(r).norm();
    points.y[r] = radius < 0.5F ? 0 : radius < 0.8F ? 1 : 2;
  }
  return points;
}
