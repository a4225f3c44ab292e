// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every epoch of a sweep's runs as a line of JSON.

#include <cmath>
#include <string>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/sweep_report.hpp"

namespace sweepnet::report {

/// One object a line, by index and epoch: {index, epoch, the metrics of its task, such as loss,
/// accuracy, val_loss and val_accuracy, learning_rate, train_seconds, validate_seconds}. Numbers
/// have all of their digits, null stands for what is not finite, and what a run has not is left
/// out.
[[nodiscard]] inline std::string epoch_lines(const sweep_report& report) {
  const auto finite = [](double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
  };
  std::string lines;
  for (const reported_run& run : report.runs) {
    for (const epoch_record& record : run.history) {
      ordered_json line = {{"index", run.index}, {"epoch", record.epoch}};
      for (const metric each : metrics_of(record.task)) {
        const auto value = record.value_of(each);
        if (value) line[std::string(name_of(each))] = finite(*value);
      }
      line["learning_rate"] = finite(record.learning_rate);
      line["train_seconds"] = record.train_seconds;
      line["validate_seconds"] = record.validate_seconds;
      lines += dump(line) + "\n";
    }
  }
  return lines;
}

}  // namespace sweepnet::report
