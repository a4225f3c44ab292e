// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The L1 and L2 penalty of a kernel, l1 sum |w| + l2 sum w^2, and its gradient: for host and
// device.

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/network/model_spec.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

struct weight_penalty {
  double l1 = 0;
  double l2 = 0;

  [[nodiscard]] SWEEPNET_HOST_DEVICE bool is_zero() const { return l1 == 0 && l2 == 0; }

  /// What one weight adds to the loss.
  template <class T> [[nodiscard]] SWEEPNET_HOST_DEVICE double of(T weight) const {
    // l1 |w| + l2 w^2
    const auto w = static_cast<double>(weight);
    return l1 * (w < 0 ? -w : w) + l2 * w * w;
  }
  /// What it adds to its own gradient.
  template <class T> [[nodiscard]] SWEEPNET_HOST_DEVICE T gradient(T w) const {
    // l1 sign(w) + 2 l2 w
    return static_cast<T>(l1) * static_cast<T>((w > 0) - (w < 0)) + static_cast<T>(2 * l2) * w;
  }
};

/// That of a layer's kernel; biases have none.
[[nodiscard]] inline weight_penalty penalty_of(const dense& d) { return {d.l1, d.l2}; }

}  // namespace sweepnet
SWEEPNET_END_EXACT;
