// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/tensorboard.hpp"

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet::report {

namespace detail {

inline constexpr std::string_view event_file_name = "events.out.tfevents.0.sweepnet";

inline session_status status_of(run_phase phase) {
  switch (phase) {
    case run_phase::done:
    case run_phase::stopped: return session_status::success;
    case run_phase::failed: return session_status::failure;
    default: return session_status::running;
  }
}

}  // namespace detail

SWEEPNET_INLINE void add_epoch(event_file& train, event_file& validation, double wall_time,
                               const epoch_record& record) {
  const std::int64_t step = record.epoch - 1;
  for (const metric each : metrics_of(record.task)) {
    const std::optional<double> value = record.value_of(each);
    if (!value) continue;
    event_file& part = needs_validation(each) ? validation : train;
    part.add_scalar(wall_time, step, fmt::format("epoch_{}", name_of_measure(each)), *value);
  }
  train.add_scalar(wall_time, step, "epoch_learning_rate", record.learning_rate);
}

SWEEPNET_INLINE std::vector<named_file> event_files_of(const sweep_report& report,
                                                       std::size_t position) {
  const reported_run& run = report.runs[position];
  double now = run.began.value_or(0);
  event_file session(now);
  event_file train(now);
  event_file validation(now);
  std::vector<hyperparameter> parameters;
  for (const parameter& p : report.parameters) {
    if (p.values[position]) parameters.emplace_back(p.name, p.told(position));
  }
  session.add_session_start(now, parameters, std::to_string(run.index / report.repeats));
  bool is_validated = false;
  for (const epoch_record& record : run.history) {
    now += record.train_seconds + record.validate_seconds;
    add_epoch(train, validation, now, record);
    is_validated = is_validated || record.validation;
  }
  session.add_session_end(now, detail::status_of(run.phase));
  std::vector<named_file> files;
  const auto add = [&](const char* part, const event_file& file) {
    files.push_back({.name = fmt::format("{}/{}{}", run.index, part, detail::event_file_name),
                     .bytes = file.bytes()});
  };
  add("", session);
  if (!run.history.empty()) add("train/", train);
  if (is_validated) add("validation/", validation);
  return files;
}

}  // namespace sweepnet::report
