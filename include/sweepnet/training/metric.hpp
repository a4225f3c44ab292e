// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// By what an epoch is judged: the metrics by name, and which of them a task has.

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "sweepnet/data/task.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/training/metrics.hpp"

namespace sweepnet {

/// Those that begin with val_ are of the validation rows. Both of Keras' spellings are known.
enum class metric {
  val_accuracy,
  val_loss,
  accuracy,
  loss,
  val_auc,
  val_f1_micro,
  val_f1_macro,
  mae,
  val_mae,
  mse,
  val_mse,
  val_r2
};

template <>
inline constexpr auto enum_names<metric> = name_table<metric, 20>{{
    {"val_accuracy", metric::val_accuracy},
    {"val_acc", metric::val_accuracy},
    {"val_loss", metric::val_loss},
    {"accuracy", metric::accuracy},
    {"acc", metric::accuracy},
    {"loss", metric::loss},
    {"val_auc", metric::val_auc},
    {"val_f1_micro", metric::val_f1_micro},
    {"val_f1_macro", metric::val_f1_macro},
    {"mae", metric::mae},
    {"mean_absolute_error", metric::mae},
    {"val_mae", metric::val_mae},
    {"val_mean_absolute_error", metric::val_mae},
    {"mse", metric::mse},
    {"mean_squared_error", metric::mse},
    {"val_mse", metric::val_mse},
    {"val_mean_squared_error", metric::val_mse},
    {"val_r2", metric::val_r2},
    {"val_r2_score", metric::val_r2},
    {"val_f1_score", metric::val_f1_macro},
}};

/// What a metric is.
struct metric_description {
  metric id;
  double metrics::*value;
  bool of_validation;
  bool larger_is_better;
};

inline constexpr std::array<metric_description, 12> metric_descriptions{{
    {metric::loss, &metrics::loss, false, false},
    {metric::accuracy, &metrics::accuracy, false, true},
    {metric::mae, &metrics::mae, false, false},
    {metric::mse, &metrics::mse, false, false},
    {metric::val_loss, &metrics::loss, true, false},
    {metric::val_accuracy, &metrics::accuracy, true, true},
    {metric::val_auc, &metrics::auc, true, true},
    {metric::val_f1_micro, &metrics::f1_micro, true, true},
    {metric::val_f1_macro, &metrics::f1_macro, true, true},
    {metric::val_mae, &metrics::mae, true, false},
    {metric::val_mse, &metrics::mse, true, false},
    {metric::val_r2, &metrics::r2, true, true},
}};

[[nodiscard]] constexpr const metric_description& description_of(metric m) {
  std::size_t i = 0;
  while (metric_descriptions[i].id != m) ++i;
  return metric_descriptions[i];
}

[[nodiscard]] constexpr bool needs_validation(metric m) { return description_of(m).of_validation; }

namespace detail {

inline constexpr std::array multiclass_metrics{metric::loss, metric::accuracy, metric::val_loss,
                                               metric::val_accuracy};
inline constexpr std::array binary_metrics{metric::loss, metric::accuracy, metric::val_loss,
                                           metric::val_accuracy, metric::val_auc};
inline constexpr std::array multilabel_metrics{metric::loss,         metric::accuracy,
                                               metric::val_loss,     metric::val_accuracy,
                                               metric::val_f1_micro, metric::val_f1_macro};
inline constexpr std::array regression_metrics{metric::loss,     metric::mae,     metric::mse,
                                               metric::val_loss, metric::val_mae, metric::val_mse,
                                               metric::val_r2};

}  // namespace detail

/// What is measured in each epoch, in the order in which it is told; the others have no value.
[[nodiscard]] constexpr std::span<const metric> metrics_of(task t) {
  switch (t) {
    case task::multiclass: return detail::multiclass_metrics;
    case task::binary: return detail::binary_metrics;
    case task::multilabel: return detail::multilabel_metrics;
    case task::regression: return detail::regression_metrics;
  }
  return {};
}

/// Whether a task measures it.
[[nodiscard]] constexpr bool has_metric(task t, metric m) {
  const std::span<const metric> measured = metrics_of(t);
  return std::ranges::find(measured, m) != measured.end();
}

/// Its name without the val_ of validation rows.
[[nodiscard]] constexpr std::string_view name_of_measure(metric m) {
  std::string_view name = name_of(m);
  if (needs_validation(m)) name.remove_prefix(std::string_view("val_").size());
  return name;
}

/// What the best epoch is told by where nothing is said: accuracy, or the absolute error.
[[nodiscard]] constexpr metric usual_monitor(task t, bool has_validation) {
  if (t == task::regression) return has_validation ? metric::val_mae : metric::mae;
  return has_validation ? metric::val_accuracy : metric::accuracy;
}

}  // namespace sweepnet
