// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A paramset trained in memory, without files.

#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/embed/fit.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/paramset_callbacks.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/options.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

namespace detail {

/// A run in memory of what a paramset says.
struct paramset_fit {
  model_spec model;
  training_options training;
  paramset_callbacks callbacks;
};

template <trainable_paramset P> paramset_fit fit_of(const P& p, const dataset& data) {
  const P whole = paramset_for(p, data.task);
  return {.model = build_model(whole, data.inputs(), problem_for<P>(data.problem()).outputs),
          .training = training_options_of(whole),
          .callbacks = callbacks_of(whole)};
}

[[nodiscard]] fit_result fit_paramset(const paramset_fit& wanted, const dataset& data,
                                      fit_options options, const run_state* saved,
                                      std::vector<callback*> callbacks);

}  // namespace detail

/// Trains the paramset's network by its options, monitor and callbacks: the bits are those of the
/// program. Callbacks that are given are told first. Throws as fit() of a model does.
template <trainable_paramset P, callback_object... C>
[[nodiscard]] fit_result fit(const P& p, const dataset& data, const fit_options& options = {},
                             C&&... callbacks) {
  return detail::fit_paramset(detail::fit_of(p, data), data, options, nullptr, {&callbacks...});
}

/// Goes on from a state that fit() of a paramset which differs at most in its epochs gave.
template <trainable_paramset P, callback_object... C>
[[nodiscard]] fit_result resume(const P& p, const dataset& data, const run_state& saved,
                                const fit_options& options = {}, C&&... callbacks) {
  return detail::fit_paramset(detail::fit_of(p, data), data, options, &saved, {&callbacks...});
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/fit.inl"
#endif
