// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Categorical cross-entropy of a row, along both of Keras' paths, and the accuracy of a row.
//
// By logits: where softmax gives the output, from what it is given, without a clip (Keras 3 on
// TensorFlow, from_logits=True). By probabilities: from the output, within [1e-7, 1 - 1e-7] (Keras
// 2; Keras 3 on JAX and PyTorch). Any output other than softmax goes by probabilities.

#include <cmath>
#include <cstdint>
#include <string_view>

#include "sweepnet/core/elementary.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/network/activation.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

enum class loss_path { logits, probabilities };

template <>
inline constexpr auto enum_names<loss_path> = name_table<loss_path, 2>{{
    {"fused", loss_path::logits},
    {"clipped", loss_path::probabilities},
}};

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

template <class T> inline constexpr T probability_floor = T(1e-7);

/// -sum_j y_j ln clip(q_j), q = p / sum p.
template <class T>
SWEEPNET_HOST_DEVICE T loss_of_probabilities(const T* p, std::int64_t label, std::int64_t classes,
                                             T smoothing) {
  constexpr T low = probability_floor<T>;
  constexpr T high = 1 - low;
  T sum = 0;
  for (std::int64_t j = 0; j < classes; ++j) sum += p[j];
  T loss = 0;
  for (std::int64_t j = 0; j < classes; ++j) {
    const T y = target_of(j, label, classes, smoothing);
    if (y == 0) continue;
    const T q = p[j] / sum;
    loss -= y * std::log(q < low ? low : q > high ? high : q);
  }
  return loss;
}

/// dL/dp_j = scale (sum_i m_i y_i - m_j y_j / q_j) / sum p, with m_j = 1 where q_j lies within the
/// clip, else 0. `d` must not be `p`.
template <class T>
SWEEPNET_HOST_DEVICE void gradient_by_probabilities(const T* p, T* d, std::int64_t label,
                                                    std::int64_t classes, T smoothing, T scale) {
  constexpr T low = probability_floor<T>;
  constexpr T high = 1 - low;
  T sum = 0;
  for (std::int64_t j = 0; j < classes; ++j) sum += p[j];
  T kept = 0;
  for (std::int64_t j = 0; j < classes; ++j) {
    const T q = p[j] / sum;
    const T y = target_of(j, label, classes, smoothing);
    const bool inside = q >= low && q <= high;
    kept += inside ? y : T(0);
    d[j] = inside ? -y / q : T(0);
  }
  for (std::int64_t j = 0; j < classes; ++j) d[j] = scale * (d[j] + kept) / sum;
}

/// Whether the loss of a network with that output is taken by logits.
[[nodiscard]] inline bool goes_by_logits(const categorical_crossentropy& loss,
                                         const activation& output) {
  return loss.path == loss_path::logits && output.is<activations::softmax>();
}

/// The loss of one row and its gradient, for host and device.
template <class T> struct row_loss {
  std::int64_t classes = 0;
  T smoothing = 0;
  bool by_logits = true;

  row_loss() = default;
  row_loss(const categorical_crossentropy& loss, const activation& output, std::int64_t classes_)
      : classes(classes_),
        smoothing(static_cast<T>(loss.label_smoothing)),
        by_logits(goes_by_logits(loss, output)) {}

  /// From the logits z and the outputs y = f(z).
  [[nodiscard]] SWEEPNET_HOST_DEVICE T operator()(const T* z, const T* y,
                                                  std::int64_t label) const {
    return by_logits ? loss_of_logits(z, label, classes, smoothing)
                     : loss_of_probabilities(y, label, classes, smoothing);
  }
  /// d = scale dL/dz by logits, else d = scale dL/dy, which is to go back through f.
  SWEEPNET_HOST_DEVICE void gradient(const T* y, T* d, std::int64_t label, T scale) const {
    if (by_logits) {
      gradient_by_logits(y, d, label, classes, smoothing, scale);
    } else {
      gradient_by_probabilities(y, d, label, classes, smoothing, scale);
    }
  }
};

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
