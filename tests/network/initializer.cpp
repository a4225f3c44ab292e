// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/initializer.hpp"

#include <algorithm>
#include <cmath>

#include "support.hpp"

using namespace sweepnet;

namespace {

std::vector<float> kernel_of(std::int64_t inputs, std::int64_t units, initializer rule,
                             std::uint64_t seed = 7, std::uint32_t layer = 0) {
  std::vector<float> kernel(static_cast<std::size_t>(inputs * units));
  initialize(std::span<float>(kernel), inputs, units, rule, seed, layer);
  return kernel;
}

}  // namespace

TEST_CASE("each initialiser has Keras' range and deviation") {
  struct expectation {
    initializer rule;
    double deviation;
    double limit;
  };
  constexpr double in = 300;
  constexpr double out = 100;
  const auto uniform = [](double fan) { return std::sqrt(3 / fan); };
  const auto normal = [](double fan) { return std::sqrt(1 / fan); };
  constexpr double widened = 2 / 0.87962566103423978;
  const auto e = GENERATE_COPY(values<expectation>({
      {initializer::glorot_uniform, normal((in + out) / 2), uniform((in + out) / 2)},
      {initializer::he_uniform, normal(in / 2), uniform(in / 2)},
      {initializer::lecun_uniform, normal(in), uniform(in)},
      {initializer::glorot_normal, normal((in + out) / 2), widened * normal((in + out) / 2)},
      {initializer::he_normal, normal(in / 2), widened * normal(in / 2)},
      {initializer::lecun_normal, normal(in), widened * normal(in)},
  }));
  const std::vector<float> kernel = kernel_of(300, 100, e.rule);
  double sum = 0;
  double squares = 0;
  for (const float w : kernel) {
    sum += w;
    squares += static_cast<double>(w) * w;
    CHECK(std::abs(w) <= e.limit * (1 + 1e-6));
  }
  const double n = static_cast<double>(kernel.size());
  INFO(name_of(e.rule));
  CHECK(std::abs(sum / n) < 4 * e.deviation / std::sqrt(n));
  CHECK(std::abs(std::sqrt(squares / n) / e.deviation - 1) < 0.02);
  const float largest = *std::ranges::max_element(kernel);
  CHECK(largest > 0.97 * e.limit);
}

TEST_CASE("glorot_uniform of 784 -> 512 lies within 0.0680414") {
  for (const float w : kernel_of(784, 512, initializer::glorot_uniform)) {
    REQUIRE(std::abs(w) <= 0.0680414F);
  }
}

TEST_CASE("orthogonal kernels have orthonormal rows or columns") {
  const auto [inputs, units] =
      GENERATE(table<std::int64_t, std::int64_t>({{20, 20}, {30, 7}, {5, 40}}));
  const std::vector<float> kernel = kernel_of(inputs, units, initializer::orthogonal);
  const bool by_rows = inputs <= units;
  const std::int64_t count = std::min(inputs, units);
  const std::int64_t length = std::max(inputs, units);
  const auto at = [&, row = units](std::int64_t vector, std::int64_t i) {
    return kernel[static_cast<std::size_t>(by_rows ? vector * row + i : i * row + vector)];
  };
  for (std::int64_t a = 0; a < count; ++a) {
    for (std::int64_t b = 0; b <= a; ++b) {
      double dot = 0;
      for (std::int64_t i = 0; i < length; ++i) dot += static_cast<double>(at(a, i)) * at(b, i);
      CHECK(std::abs(dot - (a == b ? 1 : 0)) < 1e-6);
    }
  }
}

TEST_CASE("draws depend on seed and layer, and repeat") {
  const auto kernel = kernel_of(10, 10, initializer::glorot_uniform);
  CHECK(kernel == kernel_of(10, 10, initializer::glorot_uniform));
  CHECK(kernel != kernel_of(10, 10, initializer::glorot_uniform, 8));
  CHECK(kernel != kernel_of(10, 10, initializer::glorot_uniform, 7, 1));
  for (const float w : kernel_of(3, 3, initializer::zeros)) CHECK(w == 0);
}
