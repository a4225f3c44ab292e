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

/// Throws argument_error if model or options are malformed, or do not fit each other or the data,
/// which are valid.
inline void require_trainable(const model_spec& model, const training_options& options,
                              const dataset& data) {
  model.validate();
  options.validate();
  if (model.inputs != data.inputs() || model.outputs() != data.classes()) {
    throw argument_error(
        fmt::format("the model is {} -> {}, the data have {} features and {} classes", model.inputs,
                    model.outputs(), data.inputs(), data.classes()));
  }
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
