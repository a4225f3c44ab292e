// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a row adds to each of the library's losses, its gradient, and whether it is right. Formulas:
// losses/.

#include <cmath>
#include <cstdint>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/losses/binary_crossentropy.hpp"
#include "sweepnet/network/losses/categorical_crossentropy.hpp"
#include "sweepnet/network/losses/differences.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// What a row is to give: a class, or a value for each output.
struct row_target {
  std::int64_t label = 0;
  const float* values = nullptr;  ///< null: it is the class
};

/// Whether the loss of a network with that output is taken by logits: from what the activation is
/// given, where that is simpler than from what it gives.
[[nodiscard]] inline bool goes_by_logits(const categorical_crossentropy& loss,
                                         const activation& output) {
  return loss.path == loss_path::logits && output.is<activations::softmax>();
}
[[nodiscard]] inline bool goes_by_logits(const binary_crossentropy& loss,
                                         const activation& output) {
  return loss.path == loss_path::logits && output.is<activations::sigmoid>();
}

/// Of one row: cross-entropy over classes and its gradient, for host and device, as are those
/// below.
template <class T> struct categorical_row {
  std::int64_t classes = 0;
  T smoothing = 0;
  bool by_logits = true;

  categorical_row() = default;
  categorical_row(const categorical_crossentropy& loss, const activation& output,
                  std::int64_t classes_)
      : classes(classes_),
        smoothing(static_cast<T>(loss.label_smoothing)),
        by_logits(goes_by_logits(loss, output)) {}

  /// From the logits z and the outputs y = f(z).
  [[nodiscard]] SWEEPNET_HOST_DEVICE T operator()(const T* z, const T* y,
                                                  const row_target& target) const {
    return by_logits ? loss_of_logits(z, target.label, classes, smoothing)
                     : loss_of_probabilities(y, target.label, classes, smoothing);
  }
  /// d = scale dL/dz by logits, else d = scale dL/dy, which is to go back through f.
  SWEEPNET_HOST_DEVICE void gradient(const T* y, T* d, const row_target& target, T scale) const {
    if (by_logits) {
      gradient_by_logits(y, d, target.label, classes, smoothing, scale);
    } else {
      gradient_by_probabilities(y, d, target.label, classes, smoothing, scale);
    }
  }
  /// Whether the largest output is the class's.
  [[nodiscard]] SWEEPNET_HOST_DEVICE bool is_right(const T* y, const row_target& target) const {
    return predicted_class(y, classes) == target.label;
  }
};

/// Binary cross-entropy, the mean over the outputs.
template <class T> struct binary_row {
  std::int64_t outputs = 0;
  T smoothing = 0;
  bool by_logits = true;

  binary_row(const binary_crossentropy& loss, const activation& output, std::int64_t outputs_)
      : outputs(outputs_),
        smoothing(static_cast<T>(loss.label_smoothing)),
        by_logits(goes_by_logits(loss, output)) {}

  [[nodiscard]] SWEEPNET_HOST_DEVICE T operator()(const T* z, const T* y,
                                                  const row_target& target) const {
    T sum = 0;
    for (std::int64_t j = 0; j < outputs; ++j) {
      const T t = smoothed_truth(value_of(j, target), smoothing);
      sum += by_logits ? binary_loss_of_logit(z[j], t) : binary_loss_of_probability(y[j], t);
    }
    return sum / static_cast<T>(outputs);
  }
  SWEEPNET_HOST_DEVICE void gradient(const T* y, T* d, const row_target& target, T scale) const {
    const T share = scale / static_cast<T>(outputs);
    for (std::int64_t j = 0; j < outputs; ++j) {
      const T t = smoothed_truth(value_of(j, target), smoothing);
      d[j] = share * (by_logits ? y[j] - t : binary_slope_of_probability(y[j], t));
    }
  }
  /// Whether each output is on its side of 0.5.
  [[nodiscard]] SWEEPNET_HOST_DEVICE bool is_right(const T* y, const row_target& target) const {
    for (std::int64_t j = 0; j < outputs; ++j) {
      if (y[j] != y[j] || says_yes(y[j]) != says_yes(value_of(j, target))) return false;
    }
    return true;
  }

 private:
  /// A class is 0 or 1.
  [[nodiscard]] static SWEEPNET_HOST_DEVICE T value_of(std::int64_t j, const row_target& target) {
    return static_cast<T>(target.values != nullptr ? target.values[j]
                                                   : static_cast<float>(target.label));
  }
};

/// A loss of the differences to real values, the mean over the outputs.
template <class T> struct difference_row {
  static constexpr bool by_logits = false;
  std::int64_t outputs = 0;
  difference_measure measure = difference_measure::squared;
  T delta = 1;

  template <difference_loss L>
  difference_row(const L& loss, const activation& /*output*/, std::int64_t outputs_)
      : outputs(outputs_), measure(L::measure) {
    if constexpr (requires { loss.delta; }) delta = static_cast<T>(loss.delta);
  }

  [[nodiscard]] SWEEPNET_HOST_DEVICE T operator()(const T* /*z*/, const T* y,
                                                  const row_target& target) const {
    T sum = 0;
    for (std::int64_t j = 0; j < outputs; ++j) {
      sum += loss_of_difference(measure, y[j] - static_cast<T>(target.values[j]), delta);
    }
    return sum / static_cast<T>(outputs);
  }
  SWEEPNET_HOST_DEVICE void gradient(const T* y, T* d, const row_target& target, T scale) const {
    const T share = scale / static_cast<T>(outputs);
    for (std::int64_t j = 0; j < outputs; ++j) {
      d[j] = share * slope_of_difference(measure, y[j] - static_cast<T>(target.values[j]), delta);
    }
  }
  /// Real values are never right.
  [[nodiscard]] SWEEPNET_HOST_DEVICE bool is_right(const T* /*y*/, const row_target&) const {
    return false;
  }
};

/// The row's part of a loss.
template <class T>
[[nodiscard]] categorical_row<T> row_of(const categorical_crossentropy& loss,
                                        const activation& output, std::int64_t outputs) {
  return {loss, output, outputs};
}
template <class T>
[[nodiscard]] binary_row<T> row_of(const binary_crossentropy& loss, const activation& output,
                                   std::int64_t outputs) {
  return {loss, output, outputs};
}
template <class T, difference_loss L>
[[nodiscard]] difference_row<T> row_of(const L& loss, const activation& output,
                                       std::int64_t outputs) {
  return {loss, output, outputs};
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
