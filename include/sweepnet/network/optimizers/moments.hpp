// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the update rules share: the values they keep per weight, and moving averages that never
// become denormal.

#include <cmath>
#include <cstddef>

#include "sweepnet/core/host_device.hpp"

namespace sweepnet::rules {

/// One weight's values between steps. Their number is part of the type, so that what depends on it
/// is settled before the loop over weights.
template <class T, int Count> struct slot_values {
  T value[std::size_t{Count > 0 ? Count : 1}];
  SWEEPNET_HOST_DEVICE T& operator[](int k) { return value[k]; }
};

/// Moments below 2^-100 count as 0: they change no update, and denormal arithmetic is slow.
template <class T> SWEEPNET_HOST_DEVICE T flush(T x) {
  return std::abs(x) < T(0x1p-100) ? T(0) : x;
}

/// rho a + (1 - rho) x, flushed.
template <class T> SWEEPNET_HOST_DEVICE T moving_average(T a, T x, T rho, T one_minus_rho) {
  return flush(rho * a + one_minus_rho * x);
}

/// a + (x - a) share: the same average in the form, and with the rounding, of Keras 3's Adam.
template <class T> SWEEPNET_HOST_DEVICE T moved_towards(T a, T x, T share) {
  return flush(a + (x - a) * share);
}

}  // namespace sweepnet::rules
