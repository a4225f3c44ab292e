// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The draws of fresh kernels.

#include "sweepnet/network/initializer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/random.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace detail {

/// The initialisation draws of one layer, one after the other.
class initialisation_draws {
 public:
  initialisation_draws(std::uint64_t seed, std::uint32_t layer_index)
      : seed_(seed), layer_(layer_index) {}

  double uniform() {  // [0, 1)
    if (lane_ == 4) {
      block_ = random_at(seed_, random_stream::initialisation, layer_, 0, next_block_++);
      lane_ = 0;
    }
    return unit_interval(block_.word[lane_++]);
  }

  double normal() {  // Box-Muller
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  double truncated_normal() {  // redrawn beyond two deviations
    double draw = normal();
    while (std::abs(draw) > 2) draw = normal();
    return draw;
  }

 private:
  std::uint64_t seed_;
  std::uint32_t layer_;
  std::uint32_t next_block_ = 0;
  std::uint32_t lane_ = 4;
  random_block block_{};
};

/// A matrix of orthonormal rows or columns, whichever are fewer, by modified Gram-Schmidt on
/// normal draws, taken twice for accuracy. Result is (rows x columns), row-major.
inline std::vector<double> orthonormal(std::int64_t rows, std::int64_t columns,
                                       initialisation_draws& draws) {
  const std::int64_t count = std::min(rows, columns);
  const std::int64_t length = std::max(rows, columns);
  std::vector<double> vectors(static_cast<std::size_t>(count * length));  // (count x length)
  for (double& value : vectors) value = draws.normal();
  for (std::int64_t k = 0; k < count; ++k) {
    double* v = &vectors[static_cast<std::size_t>(k * length)];
    for (int pass = 0; pass < 2; ++pass) {
      for (std::int64_t earlier = 0; earlier < k; ++earlier) {
        const double* u = &vectors[static_cast<std::size_t>(earlier * length)];
        double dot = 0;
        for (std::int64_t i = 0; i < length; ++i) dot += u[i] * v[i];
        for (std::int64_t i = 0; i < length; ++i) v[i] -= dot * u[i];
      }
    }
    double norm = 0;
    for (std::int64_t i = 0; i < length; ++i) norm += v[i] * v[i];
    norm = std::sqrt(norm);
    for (std::int64_t i = 0; i < length; ++i) v[i] /= norm;
  }
  if (rows <= columns) return vectors;
  std::vector<double> transposed(vectors.size());
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      transposed[static_cast<std::size_t>(r * columns + c)] =
          vectors[static_cast<std::size_t>(c * length + r)];
    }
  }
  return transposed;
}

}  // namespace detail

template <class T>
void initialize(std::span<T> kernel, std::int64_t inputs, std::int64_t units, initializer rule,
                std::uint64_t seed, std::uint32_t layer_index) {
  detail::initialisation_draws draws(seed, layer_index);
  const double in = static_cast<double>(inputs);
  const double average = 0.5 * (in + static_cast<double>(units));

  const auto uniform = [&](double fan) {
    const double limit = std::sqrt(3 / fan);
    for (T& w : kernel) w = static_cast<T>(limit * (2 * draws.uniform() - 1));
  };
  const auto normal = [&](double fan) {
    constexpr double truncated_deviation = 0.87962566103423978;  // of N(0, 1) cut at +-2
    const double deviation = std::sqrt(1 / fan) / truncated_deviation;
    for (T& w : kernel) w = static_cast<T>(deviation * draws.truncated_normal());
  };

  switch (rule) {
    case initializer::glorot_uniform: return uniform(average);
    case initializer::glorot_normal: return normal(average);
    case initializer::he_uniform: return uniform(in / 2);
    case initializer::he_normal: return normal(in / 2);
    case initializer::lecun_uniform: return uniform(in);
    case initializer::lecun_normal: return normal(in);
    case initializer::orthogonal: {
      const std::vector<double> matrix = detail::orthonormal(inputs, units, draws);
      for (std::size_t i = 0; i < kernel.size(); ++i) kernel[i] = static_cast<T>(matrix[i]);
      return;
    }
    case initializer::zeros:
      for (T& w : kernel) w = 0;
      return;
  }
}

#if defined(SWEEPNET_COMPILED)
template void initialize(std::span<float>, std::int64_t, std::int64_t, initializer, std::uint64_t,
                         std::uint32_t);
template void initialize(std::span<double>, std::int64_t, std::int64_t, initializer, std::uint64_t,
                         std::uint32_t);
#endif

}  // namespace sweepnet
SWEEPNET_END_EXACT;
