// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What each epoch gave.

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "sweepnet/data/task.hpp"
#include "sweepnet/training/metric.hpp"
#include "sweepnet/training/metrics.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

struct epoch_record {
  std::int64_t epoch = 0;                            ///< from 1
  sweepnet::task task = sweepnet::task::multiclass;  ///< which says what is measured
  metrics train{};                                   ///< before each update, dropout on
  std::optional<metrics> validation{};  ///< after the epoch; none without validation rows
  double learning_rate = 0;             ///< of the epoch's last step
  double train_seconds = 0;
  double validate_seconds = 0;

  /// The metric's value; nothing for a validation metric without validation rows, or for one that
  /// the task has not.
  [[nodiscard]] std::optional<double> value_of(metric m) const {
    const metric_description& described = description_of(m);
    if (!has_metric(task, m)) return std::nullopt;
    if (!described.of_validation) return train.*described.value;
    if (!validation) return std::nullopt;
    return (*validation).*described.value;
  }

  /// False as soon as a loss is NaN or infinite.
  [[nodiscard]] bool is_finite() const {
    return std::isfinite(train.loss) && (!validation || std::isfinite(validation->loss));
  }
};

using training_history = std::vector<epoch_record>;

/// Of several classes, where there are no epochs.
[[nodiscard]] inline task task_of_history(const training_history& history) {
  return history.empty() ? task::multiclass : history.front().task;
}

/// What people want to know of an epoch, the first first: its validation metrics, else those of
/// training, the loss last.
[[nodiscard]] inline std::vector<metric> metrics_to_tell(const epoch_record& record) {
  std::vector<metric> told;
  metric loss = metric::loss;
  for (const metric each : metrics_of(record.task)) {
    const metric_description& described = description_of(each);
    if (described.of_validation != record.validation.has_value()) continue;
    described.value == &metrics::loss ? void(loss = each) : told.push_back(each);
  }
  told.push_back(loss);
  return told;
}

/// Whether larger is better: as the mode says, else as the metric is.
[[nodiscard]] inline bool larger_is_better(metric m, monitor_mode mode) {
  if (mode != monitor_mode::automatic) return mode == monitor_mode::max;
  return description_of(m).larger_is_better;
}

/// Whether a value of the metric is better than another.
[[nodiscard]] inline bool is_better(double value, double than, metric m,
                                    monitor_mode mode = monitor_mode::automatic) {
  return larger_is_better(m, mode) ? value > than : value < than;
}

}  // namespace sweepnet
