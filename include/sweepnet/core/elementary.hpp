// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The functions of real numbers that formulas are written in, so that they can be written once, for
// float and double, on host and device, and for the vectors of the CPU kernels (lanes.inl).
//
// Exponential functions in single precision on the host are straight arithmetic, without branches
// and calls, and so the same bits for every instruction set and C library; in double precision and
// on the device they are the platform's own.

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"

SWEEPNET_BEGIN_EXACT;
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

template <std::floating_point T> SWEEPNET_HOST_DEVICE T absolute(T x) { return std::abs(x); }
template <std::floating_point T> SWEEPNET_HOST_DEVICE T square_root(T x) { return std::sqrt(x); }
template <std::floating_point T> SWEEPNET_HOST_DEVICE T power_of(T x, T y) {
  return std::pow(x, y);
}
/// ln(1 + x).
template <std::floating_point T> SWEEPNET_HOST_DEVICE T log1p_of(T x) { return std::log1p(x); }
/// 1 - erf x.
template <std::floating_point T> SWEEPNET_HOST_DEVICE T erfc_of(T x) { return std::erfc(x); }

namespace detail {

template <class T> using integer_of = std::uint32_t;

inline std::uint32_t to_bits(float x) { return std::bit_cast<std::uint32_t>(x); }
inline float from_bits(std::uint32_t bits) { return std::bit_cast<float>(bits); }
/// Half of a signed integer, rounded down.
inline std::uint32_t signed_half(std::uint32_t x) {
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(x) >> 1);
}
inline float with_sign_of(float x, float size) { return std::copysign(size, x); }

#pragma push_macro("SWEEPNET_HOST_DEVICE")
#undef SWEEPNET_HOST_DEVICE
#define SWEEPNET_HOST_DEVICE inline  // bits are for the host
#include "sweepnet/core/elementary_formulas.inl"
#pragma pop_macro("SWEEPNET_HOST_DEVICE")

}  // namespace detail

/// e^x. Single precision: within 2 units in the last place.
template <std::floating_point T> SWEEPNET_HOST_DEVICE T exp_of(T x) {
#if !defined(__CUDA_ARCH__)
  if constexpr (std::same_as<T, float>) return detail::exp_single(x);
#endif
  return std::exp(x);
}

/// tanh x. Single precision: within 2 units in the last place.
template <std::floating_point T> SWEEPNET_HOST_DEVICE T tanh_of(T x) {
#if !defined(__CUDA_ARCH__)
  if constexpr (std::same_as<T, float>) return detail::tanh_single(x);
#endif
  return std::tanh(x);
}

/// e^x - 1 for x <= 0. Single precision: within 3 units in the last place.
template <std::floating_point T> SWEEPNET_HOST_DEVICE T expm1_of(T x) {
#if !defined(__CUDA_ARCH__)
  if constexpr (std::same_as<T, float>) return detail::expm1_single(x);
#endif
  return std::expm1(x);
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
