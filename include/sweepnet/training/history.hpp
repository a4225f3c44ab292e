// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What each epoch gave.

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "sweepnet/training/metrics.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

struct epoch_record {
  std::int64_t epoch = 0;               ///< from 1
  metrics train{};                      ///< before each update, dropout on
  std::optional<metrics> validation{};  ///< after the epoch; none without validation rows
  double learning_rate = 0;             ///< of the epoch's last step
  double train_seconds = 0;
  double validate_seconds = 0;

  /// The metric's value; nothing for a validation metric without validation rows.
  [[nodiscard]] std::optional<double> value_of(metric m) const {
    switch (m) {
      case metric::loss: return train.loss;
      case metric::accuracy: return train.accuracy;
      case metric::val_loss: return validation ? std::optional(validation->loss) : std::nullopt;
      case metric::val_accuracy:
        return validation ? std::optional(validation->accuracy) : std::nullopt;
    }
    return std::nullopt;
  }

  /// False as soon as a loss is NaN or infinite.
  [[nodiscard]] bool is_finite() const {
    return std::isfinite(train.loss) && (!validation || std::isfinite(validation->loss));
  }
};

using training_history = std::vector<epoch_record>;

[[nodiscard]] inline bool needs_validation(metric m) {
  return m == metric::val_accuracy || m == metric::val_loss;
}

/// Whether larger is better: as the mode says, else for accuracies.
[[nodiscard]] inline bool larger_is_better(metric m, monitor_mode mode) {
  if (mode != monitor_mode::automatic) return mode == monitor_mode::max;
  return m == metric::accuracy || m == metric::val_accuracy;
}

/// Whether a value of the metric is better than another.
[[nodiscard]] inline bool is_better(double value, double than, metric m,
                                    monitor_mode mode = monitor_mode::automatic) {
  return larger_is_better(m, mode) ? value > than : value < than;
}

}  // namespace sweepnet
