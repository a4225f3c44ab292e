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
  if (r.stopped) {
    stopped = {
        {"by", "time_budget"}, {"budget", r.stopped->budget}, {"seconds", r.stopped->seconds}};
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
        {"total", r.total_seconds}}},
      {"device", r.device},
      {"precision", r.precision},
      {"threads", r.threads},
      {"seed", r.seed},
      {"version", r.identity.version}};
  if (!r.error.empty()) result["error"] = r.error;
  return result;
}

}  // namespace sweepnet
