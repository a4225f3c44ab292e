// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Of a row that is one of several classes: -sum_j y_j ln p_j.

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

struct categorical_crossentropy {
  static constexpr std::string_view name = "categorical_crossentropy";
  loss_path path = loss_path::logits;
  double label_smoothing = 0;  ///< y (1 - s) + s / classes
};

template <>
inline constexpr auto fields<categorical_crossentropy> =
    std::tuple(field("path", &categorical_crossentropy::path, "from logits or from probabilities"),
               field("label_smoothing", &categorical_crossentropy::label_smoothing,
                     closed_range(0, 1), "share of the label spread over all classes"));

/// The smoothed one-hot label of class j.
template <class T>
SWEEPNET_HOST_DEVICE T target_of(std::int64_t j, std::int64_t label, std::int64_t classes,
                                 T smoothing) {
  return (j == label ? 1 - smoothing : T(0)) + smoothing / static_cast<T>(classes);
}

/// -sum_j y_j (z_j - max z - ln sum_k e^(z_k - max z)), from logits z.
template <class T>
SWEEPNET_HOST_DEVICE T loss_of_logits(const T* z, std::int64_t label, std::int64_t classes,
                                      T smoothing) {
  T largest = z[0];
  for (std::int64_t j = 1; j < classes; ++j) largest = z[j] > largest ? z[j] : largest;
  T sum = 0;
  for (std::int64_t j = 0; j < classes; ++j) sum += exp_of(z[j] - largest);
  const T log_sum = std::log(sum);
  if (smoothing == 0) return log_sum - (z[label] - largest);
  T loss = 0;
  for (std::int64_t j = 0; j < classes; ++j) {
    loss += target_of(j, label, classes, smoothing) * (log_sum - (z[j] - largest));
  }
  return loss;
}

/// dL/dz_j = scale (p_j - y_j), from probabilities p = softmax(z). `d` may be `p`.
template <class T>
SWEEPNET_HOST_DEVICE void gradient_by_logits(const T* p, T* d, std::int64_t label,
                                             std::int64_t classes, T smoothing, T scale) {
  for (std::int64_t j = 0; j < classes; ++j) {
    d[j] = scale * (p[j] - target_of(j, label, classes, smoothing));
  }
}

/// -sum_j y_j ln clip(q_j), q = p / sum p.
template <class T>
SWEEPNET_HOST_DEVICE T loss_of_probabilities(const T* p, std::int64_t label, std::int64_t classes,
                                             T smoothing) {
  T sum = 0;
  for (std::int64_t j = 0; j < classes; ++j) sum += p[j];
  T loss = 0;
  for (std::int64_t j = 0; j < classes; ++j) {
    const T y = target_of(j, label, classes, smoothing);
    if (y == 0) continue;
    loss -= y * std::log(clipped_probability(p[j] / sum));
  }
  return loss;
}

/// dL/dp_j = scale (sum_i m_i y_i - m_j y_j / q_j) / sum p, with m_j = 1 where q_j lies within the
/// clip, else 0. `d` must not be `p`.
template <class T>
SWEEPNET_HOST_DEVICE void gradient_by_probabilities(const T* p, T* d, std::int64_t label,
                                                    std::int64_t classes, T smoothing, T scale) {
  T sum = 0;
  for (std::int64_t j = 0; j < classes; ++j) sum += p[j];
  T kept = 0;
  for (std::int64_t j = 0; j < classes; ++j) {
    const T q = p[j] / sum;
    const T y = target_of(j, label, classes, smoothing);
    const bool inside = is_within_clip(q);
    kept += inside ? y : T(0);
    d[j] = inside ? -y / q : T(0);
  }
  for (std::int64_t j = 0; j < classes; ++j) d[j] = scale * (d[j] + kept) / sum;
}

/// The class of the largest output; -1 if any output is NaN, so that it never counts as right.
template <class T>
SWEEPNET_HOST_DEVICE std::int64_t predicted_class(const T* outputs, std::int64_t classes) {
  std::int64_t best = 0;
  for (std::int64_t j = 0; j < classes; ++j) {
    if (outputs[j] != outputs[j]) return -1;
    if (outputs[j] > outputs[best]) best = j;
  }
  return best;
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
