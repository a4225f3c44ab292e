// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/reported_run.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/report/shown_text.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/state_file.hpp"

namespace sweepnet::report {

namespace detail {

/// A member of an object, null where there is none.
inline const ordered_json& member(const ordered_json& object, const char* key) {
  static const ordered_json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

inline std::string text_of(const ordered_json& object, const char* key) {
  const ordered_json& value = member(object, key);
  return value.is_string() ? shortened(value.get<std::string>(), longest_value) : "";
}

inline std::optional<double> number_of(const ordered_json& object, const char* key) {
  const ordered_json& value = member(object, key);
  if (!value.is_number() || !std::isfinite(value.get<double>())) return std::nullopt;
  return value.get<double>();
}

inline std::optional<std::int64_t> integer_of(const ordered_json& object, const char* key) {
  const ordered_json& value = member(object, key);
  if (!value.is_number_integer()) return std::nullopt;
  return value.get<std::int64_t>();
}

inline flat_paramset told_paramset(const ordered_json& paramset) {
  flat_paramset flat = flattened(paramset);
  flat_paramset told;
  while (!flat.empty()) {
    auto each = flat.extract(flat.begin());
    ordered_json& value = each.mapped();
    const bool is_plain = value.is_number() || value.is_boolean() || value.is_null();
    if (!is_plain) value = shortened(value_text(value), longest_value);
    each.key() = shortened(printable(each.key()), longest_value);
    told.insert(told.end(), std::move(each));
  }
  return told;
}

inline std::optional<told_stop> stop_of(const ordered_json& result) {
  const ordered_json& stopped = member(result, "stopped");
  if (!stopped.is_object()) return std::nullopt;
  told_stop stop{.by = text_of(stopped, "by"), .compared = text_of(stopped, "metric")};
  stop.band = integer_of(stopped, "band").value_or(0);
  stop.value = number_of(stopped, "value");
  stop.threshold = number_of(stopped, "threshold");
  stop.judged = stopped.contains("threshold");
  return stop;
}

/// Notes what each epoch took, where that is told.
inline void take_seconds(const ordered_json& result, training_history& history) {
  const ordered_json& epochs = member(member(result, "seconds"), "epochs");
  const ordered_json& train = member(epochs, "train");
  const ordered_json& validate = member(epochs, "validate");
  const auto is_column = [&](const ordered_json& column) {
    return column.is_array() && column.size() == history.size();
  };
  if (!is_column(train) || !is_column(validate)) return;
  const auto seconds = [](const ordered_json& told) {
    return told.is_number() ? std::max(told.get<double>(), 0.0) : 0.0;
  };
  for (std::size_t i = 0; i < history.size(); ++i) {
    history[i].train_seconds = seconds(train[i]);
    history[i].validate_seconds = seconds(validate[i]);
  }
}

}  // namespace detail

SWEEPNET_INLINE metric reported_run::monitor() const {
  const auto told = paramset.find("monitor");
  const metric usual = usual_monitor(task(), true);
  if (told == paramset.end() || !told->second.is_string()) return usual;
  return from_name<metric>(told->second.get<std::string>()).value_or(usual);
}

SWEEPNET_INLINE std::optional<epoch_record> reported_run::best() const {
  if (best_epoch > 0) return history[static_cast<std::size_t>(best_epoch - 1)];
  if (phase != run_phase::interrupted) return std::nullopt;
  const metric by = monitor();
  std::optional<epoch_record> best;
  for (const epoch_record& record : history) {
    const std::optional<double> value = record.value_of(by);
    if (!value || !std::isfinite(*value)) continue;
    if (!best || is_better(*value, *best->value_of(by), by)) best = record;
  }
  return best;
}

SWEEPNET_INLINE reported_run run_of_result(const ordered_json& result, std::size_t index,
                                           const std::string& source) {
  reported_run run{.index = index};
  const ordered_json& told = detail::member(result, "index");
  if (told.is_number_integer() && told != index) {
    throw data_error(
        fmt::format("{} is of another run: its index is {}", source, value_text(told)));
  }
  run.history = decode_history(result, source);
  detail::take_seconds(result, run.history);
  if (const auto best = best_of_result(result, run.history)) run.best_epoch = best->epoch;
  run.sweep_size = static_cast<std::size_t>(detail::integer_of(result, "size").value_or(0));
  run.data = detail::text_of(result, "data");
  run.data_digest = detail::text_of(result, "data_digest");
  run.version = detail::text_of(result, "version");
  run.precision = detail::text_of(result, "precision");
  run.model_digest = detail::text_of(result, "model_digest");
  run.paramset = detail::told_paramset(detail::member(result, "paramset"));
  run.stopped = detail::stop_of(result);
  run.error = detail::text_of(result, "error");
  const ordered_json& seconds = detail::member(result, "seconds");
  run.seconds = detail::number_of(seconds, "total");
  run.began = detail::number_of(seconds, "began");
  run.worker = detail::integer_of(seconds, "worker");
  return run;
}

SWEEPNET_INLINE reported_run run_of_state_bytes(std::string_view bytes, std::size_t index,
                                                const std::string& source) {
  told_state told = tell_state(bytes, source);
  reported_run run{.index = index, .phase = run_phase::interrupted, .sweep_size = told.sweep_size};
  run.data = detail::text_of(told.run, "data");
  run.data_digest = detail::text_of(told.run, "data_digest");
  run.version = detail::text_of(told.run, "version");
  run.paramset = detail::told_paramset(detail::member(told.run, "paramset"));
  run.history = std::move(told.history);
  return run;
}

}  // namespace sweepnet::report
