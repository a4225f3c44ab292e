// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/core/stopwatch.hpp"

#include <chrono>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

namespace detail {

inline std::int64_t steady_nanoseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace detail

SWEEPNET_INLINE stopwatch::stopwatch() : began_(detail::steady_nanoseconds()) {}

SWEEPNET_INLINE double stopwatch::seconds() const {
  return static_cast<double>(detail::steady_nanoseconds() - began_) * 1e-9;
}

}  // namespace sweepnet
