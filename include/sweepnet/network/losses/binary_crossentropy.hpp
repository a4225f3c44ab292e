// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Of outputs each of which tells whether something holds: the mean over them of
// -(t ln p + (1 - t) ln(1 - p)).

#include <cmath>
#include <cstdint>
#include <string_view>

#include "sweepnet/core/elementary.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/network/losses/loss_path.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

struct binary_crossentropy {
  static constexpr std::string_view name = "binary_crossentropy";
  loss_path path = loss_path::logits;
  double label_smoothing = 0;  ///< t (1 - s) + s / 2
};

template <>
inline constexpr auto fields<binary_crossentropy> =
    std::tuple(field("path", &binary_crossentropy::path, "from logits or from probabilities"),
               field("label_smoothing", &binary_crossentropy::label_smoothing, closed_range(0, 1),
                     "by how much 0 and 1 approach each other"));

/// t (1 - s) + s / 2.
template <class T> SWEEPNET_HOST_DEVICE T smoothed_truth(T t, T smoothing) {
  return t * (1 - smoothing) + smoothing / 2;
}

/// max(z, 0) - z t + ln(1 + e^-|z|), which is -(t ln p + (1 - t) ln(1 - p)) for p = sigmoid(z).
template <class T> SWEEPNET_HOST_DEVICE T binary_loss_of_logit(T z, T t) {
  const T size = z < 0 ? -z : z;
  return (z > 0 ? z : z != z ? z : T(0)) - z * t + std::log1p(exp_of(-size));
}

/// -(t ln q + (1 - t) ln(1 - q)), q = clip(p).
template <class T> SWEEPNET_HOST_DEVICE T binary_loss_of_probability(T p, T t) {
  const T q = clipped_probability(p);
  return -(t * std::log(q) + (1 - t) * std::log(1 - q));
}

/// dL/dp = (p - t) / (p (1 - p)) within the clip, else 0.
template <class T> SWEEPNET_HOST_DEVICE T binary_slope_of_probability(T p, T t) {
  if (!is_within_clip(p)) return p == p ? T(0) : p;
  return (p - t) / (p * (1 - p));
}

/// Whether an output says that it holds, as Keras has it: from 0.5 on it does not yet.
template <class T> SWEEPNET_HOST_DEVICE bool says_yes(T output) { return output > T(0.5); }

}  // namespace sweepnet
SWEEPNET_END_EXACT;
