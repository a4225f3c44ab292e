// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/result.hpp"

#include <cmath>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

namespace detail {

/// JSON has no NaN: a value that is not finite becomes null.
inline ordered_json finite(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

}  // namespace detail

SWEEPNET_INLINE ordered_json encode_stop(const early_stop& stop) {
  ordered_json told = {{"by", std::string(stop.by)},
                       {"metric", std::string(name_of(stop.compared))},
                       {"band", stop.band}};
  if (stop.bracket) told["bracket"] = *stop.bracket;
  told["value"] = detail::finite(stop.value);
  if (stop.judged) told["threshold"] = detail::finite(stop.threshold.value_or(std::nan("")));
  return told;
}

SWEEPNET_INLINE ordered_json encode_history(const training_history& history) {
  const task t = task_of_history(history);
  ordered_json columns;
  for (const metric each : metrics_of(t)) {
    if (!needs_validation(each)) columns[std::string(name_of(each))] = ordered_json::array();
  }
  for (const epoch_record& record : history) {
    for (const metric each : metrics_of(t)) {
      const std::optional<double> value = record.value_of(each);
      if (value) columns[std::string(name_of(each))].push_back(detail::finite(*value));
    }
    columns["learning_rate"].push_back(record.learning_rate);
  }
  return columns;
}

SWEEPNET_INLINE ordered_json encode_epoch_seconds(const training_history& history) {
  ordered_json columns = {{"train", ordered_json::array()}, {"validate", ordered_json::array()}};
  for (const epoch_record& record : history) {
    columns["train"].push_back(record.train_seconds);
    columns["validate"].push_back(record.validate_seconds);
  }
  return columns;
}

namespace detail {

/// A column of a result's table, as encode_history() writes it: as many numbers as there are rows,
/// null for those that are not finite. Empty if there is none.
inline std::vector<double> column_of(const ordered_json& table, const std::string& name) {
  std::vector<double> column;
  const auto found = table.find(name);
  if (found == table.end() || !found->is_array()) return column;
  column.reserve(found->size());
  for (const ordered_json& each : *found) {
    column.push_back(each.is_number() ? each.get<double>() : std::nan(""));
  }
  return column;
}

/// The task that a result tells of: several classes where it says nothing.
inline task told_task(const ordered_json& result) {
  const auto told = result.find("task");
  if (told == result.end() || !told->is_string()) return task::multiclass;
  return from_name<task>(told->get<std::string>()).value_or(task::multiclass);
}

}  // namespace detail

SWEEPNET_INLINE training_history decode_history(const ordered_json& result,
                                                const std::string& source) {
  const auto refuse = [&] { throw data_error(source + " is damaged: its history is no table"); };
  const auto found = result.find("history");
  if (found == result.end() || !found->is_object()) refuse();
  const ordered_json& table = *found;
  const task t = detail::told_task(result);
  const std::vector<double> rate = detail::column_of(table, "learning_rate");
  const bool validated = !detail::column_of(table, "val_loss").empty();
  training_history history(rate.size());
  for (std::size_t i = 0; i < history.size(); ++i) {
    history[i] = {.epoch = static_cast<std::int64_t>(i) + 1, .task = t, .learning_rate = rate[i]};
    if (validated) history[i].validation.emplace();
  }
  for (const metric each : metrics_of(t)) {
    const metric_description& described = description_of(each);
    if (described.of_validation && !validated) continue;
    const auto column = detail::column_of(table, std::string(name_of(each)));
    if (column.size() != history.size()) refuse();
    for (std::size_t i = 0; i < history.size(); ++i) {
      metrics& of = described.of_validation ? *history[i].validation : history[i].train;
      of.*described.value = column[i];
    }
  }
  return history;
}

SWEEPNET_INLINE std::optional<epoch_record> best_of_result(const ordered_json& result,
                                                           const training_history& history) {
  const ordered_json best = result.value("best", ordered_json());
  const ordered_json epoch = best.is_object() ? best.value("epoch", ordered_json()) : best;
  if (!epoch.is_number_integer()) return std::nullopt;
  const auto number = epoch.get<std::int64_t>();
  if (number < 1 || number > std::ssize(history)) return std::nullopt;
  return history[static_cast<std::size_t>(number - 1)];
}

SWEEPNET_INLINE ordered_json encode_result(const run_result& r) {
  ordered_json best = nullptr;
  if (r.best) {
    best = {{"epoch", r.best->epoch}};
    for (const metric each : metrics_to_tell(*r.best)) {
      best[std::string(name_of(each))] = detail::finite(*r.best->value_of(each));
    }
  }
  ordered_json stopped = nullptr;
  if (const auto* budget = std::get_if<budget_stop>(&r.stopped)) {
    stopped = {{"by", "time_budget"}, {"budget", budget->budget}, {"seconds", budget->seconds}};
  } else if (const auto* early = std::get_if<early_stop>(&r.stopped)) {
    stopped = encode_stop(*early);
  } else if (!r.training.stop_reason.empty()) {
    stopped = r.training.stop_reason;
  }
  const auto or_null = [](const auto& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
  };
  ordered_json result = {
      {"index", r.index},
      {"size", r.sweep_size},
      {"scheduler", r.job ? ordered_json(r.job->scheduler) : ordered_json("none")},
      {"variable", r.job ? ordered_json(r.job->variable) : ordered_json(nullptr)},
      {"array_size", r.job ? or_null(r.job->size) : ordered_json(nullptr)},
      {"attempt", r.job ? or_null(r.job->attempt) : ordered_json(nullptr)},
      {"paramset", r.identity.paramset},
      {"data", r.identity.data},
      {"data_digest", r.identity.data_digest},
      {"task", std::string(name_of(task_of_history(r.training.history)))},
      {"model", r.model_path.empty() ? ordered_json(nullptr) : ordered_json(r.model_path)},
      {"model_digest", r.model_path.empty() ? ordered_json(nullptr) : ordered_json(r.model_digest)},
      {"best", best},
      {"stopped", stopped},
      {"history", encode_history(r.training.history)},
      {"seconds",
       {{"load", r.load_seconds},
        {"train", r.training.train_seconds()},
        {"validate", r.training.validate_seconds()},
        {"epochs", encode_epoch_seconds(r.training.history)},
        {"total", r.total_seconds},
        {"began", r.began},
        {"worker", or_null(r.worker)}}},
      {"device", r.device},
      {"precision", r.precision},
      {"threads", r.threads},
      {"seed", r.seed},
      {"version", r.identity.version}};
  if (r.folding_difference) result["folding_difference"] = *r.folding_difference;
  if (!r.error.empty()) result["error"] = r.error;
  return result;
}

}  // namespace sweepnet
