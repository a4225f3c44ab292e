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
  ordered_json columns = {{"loss", ordered_json::array()}, {"accuracy", ordered_json::array()}};
  for (const epoch_record& record : history) {
    columns["loss"].push_back(detail::finite(record.train.loss));
    columns["accuracy"].push_back(detail::finite(record.train.accuracy));
    if (record.validation) {
      columns["val_loss"].push_back(detail::finite(record.validation->loss));
      columns["val_accuracy"].push_back(detail::finite(record.validation->accuracy));
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
inline std::vector<double> column_of(const ordered_json& table, const char* name) {
  std::vector<double> column;
  const auto found = table.find(name);
  if (found == table.end() || !found->is_array()) return column;
  column.reserve(found->size());
  for (const ordered_json& each : *found) {
    column.push_back(each.is_number() ? each.get<double>() : std::nan(""));
  }
  return column;
}

}  // namespace detail

SWEEPNET_INLINE training_history decode_history(const ordered_json& result,
                                                const std::string& source) {
  const auto refuse = [&] { throw data_error(source + " is damaged: its history is no table"); };
  const auto found = result.find("history");
  if (found == result.end() || !found->is_object()) refuse();
  const ordered_json& table = *found;
  const std::vector<double> loss = detail::column_of(table, "loss");
  const std::vector<double> accuracy = detail::column_of(table, "accuracy");
  const std::vector<double> val_loss = detail::column_of(table, "val_loss");
  const std::vector<double> val_accuracy = detail::column_of(table, "val_accuracy");
  const std::vector<double> rate = detail::column_of(table, "learning_rate");
  const std::size_t epochs = loss.size();
  const bool validated = !val_loss.empty();
  if (accuracy.size() != epochs || rate.size() != epochs ||
      (validated && (val_loss.size() != epochs || val_accuracy.size() != epochs))) {
    refuse();
  }
  training_history history;
  history.reserve(epochs);
  for (std::size_t i = 0; i < epochs; ++i) {
    epoch_record record{.epoch = static_cast<std::int64_t>(i) + 1,
                        .train = {.loss = loss[i], .accuracy = accuracy[i]},
                        .learning_rate = rate[i]};
    if (validated) record.validation = {.loss = val_loss[i], .accuracy = val_accuracy[i]};
    history.push_back(record);
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
    if (r.best->validation) {
      best["val_accuracy"] = detail::finite(r.best->validation->accuracy);
      best["val_loss"] = detail::finite(r.best->validation->loss);
    } else {
      best["accuracy"] = detail::finite(r.best->train.accuracy);
      best["loss"] = detail::finite(r.best->train.loss);
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
