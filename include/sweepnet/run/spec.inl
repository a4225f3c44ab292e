// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/spec.hpp"

#include <exception>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/network/folding.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/training/checks.hpp"

namespace sweepnet::detail {

SWEEPNET_INLINE model_spec checked_model(
    const std::string& source, std::size_t index, const std::string& name, const problem& learned,
    const std::function<std::pair<model_spec, training_options>()>& make) {
  const auto where = [&](const std::exception& e) {
    return fmt::format("{}: paramset {}: {}", source, index, e.what());
  };
  try {
    auto [model, training] = make();
    model.validate();
    require_loss_of(learned.task, training.loss);
    require_telling_output(model, learned.task);
    if (learned.standardized_values) require_linear_output(model);
    check_model_path(storage::location(name).shown(), model, training.optimizer, training.loss);
    return std::move(model);
  } catch (const configuration_error& e) {
    throw configuration_error(where(e));
  } catch (const error& e) {
    throw data_error(where(e));
  }
}

SWEEPNET_INLINE ordered_json public_paramset(ordered_json paramset) {
  if (const auto path = paramset.find("model_path"); path != paramset.end() && path->is_string()) {
    *path = storage::location(path->get<std::string>()).shown();
  }
  return paramset;
}

}  // namespace sweepnet::detail
