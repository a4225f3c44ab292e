// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Exponential functions that compilers vectorise. In single precision on the host they are straight
// arithmetic, without branches and calls, and so the same bits for every instruction set and C
// library; in double precision and on the device they are the platform's own.
// Source of the polynomials: Cephes' expf.c and tanhf.c (S. L. Moshier).

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>

#include "sweepnet/core/host_device.hpp"

namespace sweepnet {

/// c ? a : b, of values that are both at hand. As bits on the host: compilers make branches of
/// choices between long formulas, and loops with branches are not vectorised.
template <std::floating_point T> SWEEPNET_HOST_DEVICE T select(bool c, T a, T b) {
#if !defined(__CUDA_ARCH__)
  if constexpr (std::same_as<T, float>) {
    const std::uint32_t mask = 0U - static_cast<std::uint32_t>(c);
    return std::bit_cast<float>((std::bit_cast<std::uint32_t>(a) & mask) |
                                (std::bit_cast<std::uint32_t>(b) & ~mask));
  }
#endif
  return c ? a : b;
}

namespace detail {

/// 2^exponent, for exponents of normal numbers.
inline float power_of_2(std::uint32_t exponent) {
  return std::bit_cast<float>((exponent + 127U) << 23U);
}

/// e^x = significand * 2^exponent; the exponent may be negative.
struct exponential {
  float significand;
  std::uint32_t exponent;
};

inline exponential exponential_of(float x) {
  constexpr float log2_e = 1.44269504F;
  constexpr float ln_2_high = 0.693359375F;  // few bits: its product with n is exact
  constexpr float ln_2_low = -2.12194440e-4F;
  constexpr float to_integer = 0x1.8p23F;  // what is added to it is rounded to an integer

  // e^x = 2^n e^r with |r| <= ln 2 / 2
  const float shifted = x * log2_e + to_integer;
  const float n = shifted - to_integer;
  const float r = (x - n * ln_2_high) - n * ln_2_low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1;
  return {p, std::bit_cast<std::uint32_t>(shifted) - 0x4b400000U};
}

inline float exp_float(float x) {
  constexpr float least = -104;  // below, e^x is 0; above the other, infinite
  constexpr float largest = 89;
  x = select(x < least, least, x);
  x = select(x > largest, largest, x);
  const auto [p, exponent] = exponential_of(x);
  // In two factors, as 2^exponent alone may be neither normal nor finite.
  const std::uint32_t half = static_cast<std::uint32_t>(static_cast<std::int32_t>(exponent) >> 1);
  return p * power_of_2(half) * power_of_2(exponent - half);
}

inline float tanh_float(float x) {
  constexpr float largest = 10;  // beyond it, tanh rounds to 1
  const float size = std::abs(x);
  // for |x| >= 0.625: 1 - 2 / (e^2|x| + 1)
  const auto [e, exponent] = exponential_of(2 * select(size > largest, largest, size));
  const float far = std::copysign(1 - 2 / (e * power_of_2(exponent) + 1), x);
  // below: x + x^3 P(x^2)
  const float square = x * x;
  float p = -5.70498872745e-3F;
  p = p * square + 2.06390887954e-2F;
  p = p * square - 5.37397155531e-2F;
  p = p * square + 1.33314422036e-1F;
  p = p * square - 3.33332819422e-1F;
  const float near = x + x * (p * square);
  return select(size < 0.625F, near, far);
}

inline float expm1_float(float x) {
  // with t = tanh(x / 2): 2 t / (1 - t), where nothing cancels
  const float t = tanh_float(x / 2);
  return 2 * t / (1 - t);
}

}  // namespace detail

/// e^x. Single precision: within 2 units in the last place.
template <std::floating_point T> SWEEPNET_HOST_DEVICE T exp_of(T x) {
#if !defined(__CUDA_ARCH__)
  if constexpr (std::same_as<T, float>) return detail::exp_float(x);
#endif
  return std::exp(x);
}

/// tanh x. Single precision: within 2 units in the last place.
template <std::floating_point T> SWEEPNET_HOST_DEVICE T tanh_of(T x) {
#if !defined(__CUDA_ARCH__)
  if constexpr (std::same_as<T, float>) return detail::tanh_float(x);
#endif
  return std::tanh(x);
}

/// e^x - 1 for x <= 0. Single precision: within 3 units in the last place.
template <std::floating_point T> SWEEPNET_HOST_DEVICE T expm1_of(T x) {
#if !defined(__CUDA_ARCH__)
  if constexpr (std::same_as<T, float>) return detail::expm1_float(x);
#endif
  return std::expm1(x);
}

}  // namespace sweepnet
