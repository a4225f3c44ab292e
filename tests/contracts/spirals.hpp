// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Data for the contract programs: k interleaved spirals in the plane, rows in random order.
#pragma once

#include <Eigen/Dense>
#include <cmath>
#include <numbers>
#include <random>
#include <utility>

/// Features (rows x 2) and labels in [0, arms).
inline std::pair<Eigen::MatrixXf, Eigen::VectorXi> spirals(int rows, int arms, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> along(0.1F, 1.F);
  std::normal_distribution<float> noise(0.F, 0.02F);
  Eigen::MatrixXf x(rows, 2);
  Eigen::VectorXi y(rows);
  for (int r = 0; r < rows; ++r) {
    y[r] = static_cast<int>(random() % static_cast<unsigned>(arms));
    const float t = along(random);
    const float angle =
        2 * std::numbers::pi_v<float> * (t + static_cast<float>(y[r]) / static_cast<float>(arms));
    x(r, 0) = t * std::cos(angle) + noise(random);
    x(r, 1) = t * std::sin(angle) + noise(random);
  }
  return {x, y};
}
