// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Along which of Keras' two paths a cross-entropy goes, whose results differ where an output is
// nearly 0 or 1.
//
// By logits: from what the last activation is given, without a clip (Keras 3 on TensorFlow,
// from_logits=True). By probabilities: from the output, within [1e-7, 1 - 1e-7] (Keras 2; Keras 3
// on JAX and PyTorch).

#include "sweepnet/core/host_device.hpp"
#include "sweepnet/describe/names.hpp"

namespace sweepnet {

enum class loss_path { logits, probabilities };

template <>
inline constexpr auto enum_names<loss_path> = name_table<loss_path, 2>{{
    {"fused", loss_path::logits},
    {"clipped", loss_path::probabilities},
}};

template <class T> inline constexpr T probability_floor = T(1e-7);

/// Within [1e-7, 1 - 1e-7].
template <class T> SWEEPNET_HOST_DEVICE T clipped_probability(T p) {
  constexpr T low = probability_floor<T>;
  constexpr T high = 1 - low;
  return p < low ? low : p > high ? high : p;
}

/// Whether the clip leaves it as it is.
template <class T> SWEEPNET_HOST_DEVICE bool is_within_clip(T p) {
  return p >= probability_floor<T> && p <= 1 - probability_floor<T>;
}

}  // namespace sweepnet
