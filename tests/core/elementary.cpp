// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/core/elementary.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "support.hpp"

using namespace sweepnet;

namespace {

/// The largest error over floats of all magnitudes in [least, largest], in units in the last place.
template <class F, class G> double largest_error(float least, float largest, F f, G exact) {
  double worst = 0;
  for (std::uint32_t bits = 0; bits < 0xff800000U; bits += 40009) {
    const auto x = std::bit_cast<float>(bits);
    if (std::isnan(x) || x < least || x > largest) continue;
    const double wanted = exact(static_cast<double>(x));
    const float rounded = std::abs(static_cast<float>(wanted));
    const double unit = static_cast<double>(std::nextafter(rounded, INFINITY) - rounded);
    worst = std::max(worst, std::abs(static_cast<double>(f(x)) - wanted) / unit);
  }
  return worst;
}

}  // namespace

TEST_CASE("elementary functions are within a few units in the last place") {
  CHECK(largest_error(-104, 88.7F, exp_of<float>, [](double x) { return std::exp(x); }) < 2);
  CHECK(largest_error(-INFINITY, INFINITY, tanh_of<float>, [](double x) { return std::tanh(x); }) <
        2);
  CHECK(largest_error(-INFINITY, 0, expm1_of<float>, [](double x) { return std::expm1(x); }) < 3);
}

TEST_CASE("elementary functions keep NaN and take infinities to their limits") {
  CHECK(std::isnan(exp_of(NAN)));
  CHECK(std::isnan(tanh_of(NAN)));
  CHECK(std::isnan(expm1_of(NAN)));
  CHECK(exp_of(-INFINITY) == 0);
  CHECK(exp_of(INFINITY) == INFINITY);
  CHECK(exp_of(89.0F) == INFINITY);
  CHECK(exp_of(0.0F) == 1);
  CHECK(exp_of(-103.0F) == std::numeric_limits<float>::denorm_min());
  CHECK(tanh_of(-INFINITY) == -1);
  CHECK(tanh_of(INFINITY) == 1);
  CHECK(expm1_of(-INFINITY) == -1);
}
