// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is demanded of models, data and orders before anything touches memory by them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/describe/check.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/metrics.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::detail {

/// The task that a loss is of, where rows are to give classes or values. Throws argument_error for
/// a loss of the other.
inline task task_of(const loss_function& loss, bool has_values) {
  const bool is_categorical = loss.is<categorical_crossentropy>() || loss.is<losses::custom>();
  const bool is_binary = loss.is<binary_crossentropy>();
  const auto require = [&](bool fits, const char* takes, const char* found) {
    if (fits) return;
    throw argument_error(
        fmt::format("the loss '{}' takes {}, the targets are {}", name_of(loss), takes, found));
  };
  if (has_values) {
    require(!is_categorical, "classes", "real values");
    return is_binary ? task::multilabel : task::regression;
  }
  require(is_categorical || is_binary, "real values", "classes");
  return is_binary ? task::binary : task::multiclass;
}

/// Throws argument_error unless the loss is of the task.
inline void require_loss_of(task t, const loss_function& loss) {
  const task found = task_of(loss, has_values(t));
  if (found == t) return;
  throw argument_error(fmt::format("the loss '{}' is of a {} task, the data's is {}", name_of(loss),
                                   name_of(found), name_of(t)));
}

/// Throws argument_error for a last layer that tells two classes by an output which is the same
/// whatever it is given.
inline void require_telling_output(const model_spec& model, task t) {
  const auto& last = std::get<dense>(model.layers.back());
  const bool is_one = t == task::binary && last.units == 1;
  if (!is_one || !last.activate.is<activations::softmax>()) return;
  throw argument_error("softmax of one output is always 1: expected sigmoid, or a unit a class");
}

/// What a model learns of data that are valid, by the loss of its options. Throws argument_error if
/// model or options are malformed, or do not fit each other or the data.
inline task require_trainable(const model_spec& model, const training_options& options,
                              const dataset& data) {
  model.validate();
  options.validate();
  const task t = task_of(options.loss, has_values(data.task));
  if (t == task::binary && data.classes() != 2) {
    throw argument_error(fmt::format("the loss '{}' tells two classes apart, the data have {}",
                                     name_of(options.loss), data.classes()));
  }
  const std::int64_t outputs =
      outputs_for(t, has_values(t) ? data.train.values.width : data.classes());
  if (model.inputs != data.inputs() || model.outputs() != outputs) {
    const std::string targets = has_values(t)       ? fmt::format("{} values a row", outputs)
                                : t == task::binary ? "2 classes, which one output tells apart"
                                                    : fmt::format("{} classes", outputs);
    throw argument_error(fmt::format("the model is {} -> {}, the data have {} features and {}",
                                     model.inputs, model.outputs(), data.inputs(), targets));
  }
  if (t == task::multilabel) {
    data.train.check_truths("training rows");
    data.validation.check_truths("validation rows");
  }
  require_telling_output(model, t);
  return t;
}

/// Throws argument_error if the model is malformed, or the parameters are not its own or not
/// finite.
inline void require_parameters(const model_spec& model, std::span<const float> parameters) {
  model.validate();
  const parameter_layout layout(model);
  if (std::ssize(parameters) != layout.size) {
    throw argument_error(
        fmt::format("the model has {} parameters, got {}", layout.size, parameters.size()));
  }
  const auto hole = std::ranges::find_if(parameters, [](float p) { return !std::isfinite(p); });
  if (hole != parameters.end()) {
    throw argument_error(fmt::format("parameter {} of {} must be finite, got {}",
                                     hole - parameters.begin(), layout.size, plain_nan(*hole)));
  }
}

/// Throws argument_error if the loss is malformed.
inline void require_loss(const loss_function& loss) { check_described(loss, "loss"); }

/// Throws argument_error unless the rows' features are the model's.
inline void require_features(const model_spec& model, const labelled_rows& rows) {
  rows.check_features("rows");
  if (rows.rows() > 0 && rows.width != model.inputs) {
    throw argument_error(fmt::format("the model takes {} features a row, the data have {}",
                                     model.inputs, rows.width));
  }
}

/// The task of rows that are judged by a loss. Throws argument_error unless their targets fit it
/// and the model.
inline task require_targets(const model_spec& model, const loss_function& loss,
                            const labelled_rows& rows) {
  const task t = task_of(loss, rows.values.width > 0);
  if (has_values(t)) {
    rows.check_values("rows", model.outputs());
    if (t == task::multilabel) rows.check_truths("rows");
  } else {
    rows.check_labels("rows", t == task::binary ? 2 : model.outputs());
  }
  return t;
}

/// Throws argument_error unless `order` names training rows, and `progress` is a place in
/// it.
inline void require_order(std::span<const std::uint32_t> order, const pass_progress& progress,
                          std::int64_t rows) {
  if (std::ssize(order) > rows) {
    throw argument_error(fmt::format("an epoch has at most {} rows, got {}", rows, order.size()));
  }
  const auto beyond =
      std::ranges::find_if(order, [&](std::uint32_t row) { return std::int64_t{row} >= rows; });
  if (beyond != order.end()) {
    throw argument_error(fmt::format("an epoch's rows must be in [0, {}), got {}", rows, *beyond));
  }
  if (progress.rows < 0 || progress.rows > std::ssize(order)) {
    throw argument_error(fmt::format("the epoch's progress must be in [0, {}] rows, got {}",
                                     order.size(), progress.rows));
  }
}

}  // namespace sweepnet::detail
