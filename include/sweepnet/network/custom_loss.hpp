// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A loss of a program's own: functions of a row's outputs behind a small class, for the CPU.
//
// GPUs refuse it by name, and so do files that cannot hold it.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "sweepnet/network/loss.hpp"

namespace sweepnet {

/// Derive from it, and make a loss of your class: `.loss = std::make_shared<mine>()`.
///
/// A row's loss L depends on its outputs and its label alone; a batch's is the mean over its rows,
/// to which the penalties are added. Outputs are those of the last layer's activation, and always
/// finite: of a row where they are not, the loss is NaN without a call. Several threads call one
/// object at the same time. What a function throws leaves the call that trains or evaluates, after
/// which the weights are good for nothing; a result that is not finite makes the loss so.
class custom_loss {
 public:
  virtual ~custom_loss() = default;

  /// What messages call it, and files that name it. No built-in loss may have the same name, in any
  /// letter case.
  [[nodiscard]] virtual std::string name() const = 0;

  /// L of a row with `outputs`, one for each class, and the class `label`, in [0, classes).
  [[nodiscard]] virtual double value(std::span<const float> outputs, std::int64_t label) const = 0;

  /// gradient[j] = dL/d outputs[j], for a row as value() takes it. The spans do not overlap; every
  /// element of `gradient` is to be written.
  virtual void differentiate(std::span<const float> outputs, std::int64_t label,
                             std::span<float> gradient) const = 0;
};

namespace losses {

/// A program's own loss, among the others, which `loss_function` shares.
struct custom {
  using object_type = custom_loss;
  const custom_loss* object = nullptr;

  [[nodiscard]] std::string name() const { return object ? object->name() : "a null pointer"; }
  /// Throws argument_error for a null pointer, and a name that is empty or that of another loss.
  void validate() const;
};

/// A program's own loss of one row and its gradient, as loss.hpp has them of the library's.
struct custom_row {
  static constexpr bool by_logits = false;
  const custom_loss* object;  ///< must outlive this
  std::int64_t classes;

  /// From the outputs y; the weighted inputs, which gave them, are not looked at.
  [[nodiscard]] double operator()(const float* /*z*/, const float* y,
                                  const row_target& target) const {
    const std::span outputs(y, static_cast<std::size_t>(classes));
    return are_finite(outputs) ? object->value(outputs, target.label)
                               : std::numeric_limits<double>::quiet_NaN();
  }
  /// d = scale dL/dy, which is to go back through the activation.
  void gradient(const float* y, float* d, const row_target& target, float scale) const {
    const std::span outputs(y, static_cast<std::size_t>(classes));
    const std::span slopes(d, static_cast<std::size_t>(classes));
    if (are_finite(outputs)) {
      object->differentiate(outputs, target.label, slopes);
      for (float& slope : slopes) slope *= scale;
    } else {
      std::ranges::fill(slopes, std::numeric_limits<float>::quiet_NaN());
    }
  }

  [[nodiscard]] bool is_right(const float* y, const row_target& target) const {
    return predicted_class(y, classes) == target.label;
  }

 private:
  static bool are_finite(std::span<const float> values) {
    return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
  }
};

}  // namespace losses

}  // namespace sweepnet
