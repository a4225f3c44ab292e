// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/fit.hpp"

#include <memory>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE fit_result detail::fit_paramset(const paramset_fit& wanted, const dataset& data,
                                                fit_options options, const run_state* saved,
                                                std::vector<callback*> callbacks) {
  const std::vector<std::unique_ptr<callback>> made = make_callbacks(wanted.callbacks);
  for (const auto& each : made) callbacks.push_back(each.get());
  if (!options.monitor) options.monitor = wanted.callbacks.monitor;
  return fit_or_resume(wanted.model, data, wanted.training, options, saved, callbacks);
}

}  // namespace sweepnet
