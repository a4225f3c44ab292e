// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A paramset trained in memory, without files.

#include <cstdint>
#include <memory>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/embed/fit.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/paramset_callbacks.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

namespace detail {

template <trainable_paramset P>
fit_result fit_paramset(const P& p, const dataset& data, fit_options options,
                        const run_state* saved, std::vector<callback*> callbacks) {
  const paramset_callbacks wanted = callbacks_of(p);
  const std::vector<std::unique_ptr<callback>> made = make_callbacks(wanted);
  for (const auto& each : made) callbacks.push_back(each.get());
  if (!options.monitor) options.monitor = wanted.monitor;
  return fit_or_resume(build_model(p, data.inputs(), data.classes()), data, training_options_of(p),
                       options, saved, callbacks);
}

}  // namespace detail

/// Trains the paramset's network by its options, monitor and callbacks: the bits are those of the
/// program. Callbacks that are given are told first. Throws as fit() of a model does.
template <trainable_paramset P, callback_object... C>
[[nodiscard]] fit_result fit(const P& p, const dataset& data, const fit_options& options = {},
                             C&&... callbacks) {
  return detail::fit_paramset(p, data, options, nullptr, {&callbacks...});
}

/// Goes on from a state that fit() of a paramset which differs at most in its epochs gave.
template <trainable_paramset P, callback_object... C>
[[nodiscard]] fit_result resume(const P& p, const dataset& data, const run_state& saved,
                                const fit_options& options = {}, C&&... callbacks) {
  return detail::fit_paramset(p, data, options, &saved, {&callbacks...});
}

}  // namespace sweepnet
