// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Gradients clipped by their norm: which norm an optimizer limits, and how.

#include <cmath>
#include <span>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/parameters.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// The L2 norm that an optimizer limits.
struct norm_limit {
  enum class scope { nothing, each_tensor, all_tensors };
  scope over = scope::nothing;
  double limit = 0;
};

/// Keras 3's `clipnorm` is for each tensor, Keras 2's for all together.
[[nodiscard]] inline norm_limit norm_limit_of(const optimizer& o) {
  using scope = norm_limit::scope;
  if (o.global_clipnorm) return {.over = scope::all_tensors, .limit = *o.global_clipnorm};
  if (!o.clipnorm) return {};
  return {.over = o.is_keras2() ? scope::all_tensors : scope::each_tensor, .limit = *o.clipnorm};
}

/// limit / |g| where |g|, the root of the sum of squares, is above the limit; else 1.
[[nodiscard]] SWEEPNET_HOST_DEVICE inline float clip_factor(double squares, double limit) {
  const double norm = std::sqrt(squares);
  return norm > limit ? static_cast<float>(limit / norm) : 1.0F;
}

/// Whether the optimizer must see whole gradients before it changes a weight.
[[nodiscard]] inline bool clips_by_norm(const optimizer& o) {
  return norm_limit_of(o).over != norm_limit::scope::nothing;
}

/// Limits the norm of some tensors' gradients together.
inline void limit_norm(std::span<float> gradients, std::span<const tensor_range> tensors,
                       double limit) {
  double squares = 0;
  for (const tensor_range& t : tensors) {
    double of_tensor = 0;
    for (const float g : t.of(gradients)) of_tensor += static_cast<double>(g) * g;
    squares += of_tensor;
  }
  const float factor = clip_factor(squares, limit);
  if (factor == 1) return;
  for (const tensor_range& t : tensors) {
    for (float& g : t.of(gradients)) g *= factor;
  }
}

/// Limits the norm of each tensor's gradient or of all together, as the optimizer asks.
inline void clip_norms(const optimizer& o, std::span<float> gradients,
                       std::span<const tensor_range> tensors) {
  const norm_limit clip = norm_limit_of(o);
  switch (clip.over) {
    case norm_limit::scope::nothing: return;
    case norm_limit::scope::all_tensors: return limit_norm(gradients, tensors, clip.limit);
    case norm_limit::scope::each_tensor:
      for (const tensor_range& t : tensors) limit_norm(gradients, std::span(&t, 1), clip.limit);
  }
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
