// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a network and data to a trained model in one call.

#include <array>
#include <optional>
#include <span>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"
#include "sweepnet/training/run_state.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet {

/// By what fit() trains, and how it tells the best epoch.
struct fit_options {
  int threads = 0;                  ///< of the CPU; 0: one for each processor this process may use
  executor_factory executor{};      ///< what trains instead of the CPU's executor
  std::optional<metric> monitor{};  ///< unset: usual_monitor() of the task
  monitor_mode mode = monitor_mode::automatic;
};

struct fit_result {
  training_history history{};
  epoch_record best_epoch{};  ///< by the monitored metric
  trained_model best{};       ///< with the weights of that epoch
  trained_model last{};       ///< with the last epoch's
  run_state state{};          ///< from which resume() goes on
};

namespace detail {

/// `saved` is null for a run that begins.
fit_result fit_or_resume(const model_spec& model, const dataset& data,
                         const training_options& training, const fit_options& options,
                         const run_state* saved, std::span<callback* const> callbacks);

}  // namespace detail

/// Trains `model` on `data` from fresh weights. Callbacks are told of training in the order in
/// which they are given. Throws argument_error, before anything is trained, for a model, data or
/// options that are malformed or do not fit each other; training_error if no epoch gave a finite
/// loss: untrained weights are never given out as best.
template <callback_object... C>
[[nodiscard]] fit_result fit(const model_spec& model, const dataset& data,
                             const training_options& training, const fit_options& options,
                             C&&... callbacks) {
  const std::array<callback*, sizeof...(callbacks)> all{&callbacks...};
  return detail::fit_or_resume(model, data, training, options, nullptr, all);
}
template <callback_object... C>
[[nodiscard]] fit_result fit(const model_spec& model, const dataset& data,
                             const training_options& training = {}, C&&... callbacks) {
  return fit(model, data, training, fit_options{}, callbacks...);
}

/// Goes on from the state that fit() gave for the same model and data, with as many epochs as
/// `training` says in all, and ends in the same bits as a run of so many. Throws argument_error
/// also for a state of another run.
template <callback_object... C>
[[nodiscard]] fit_result resume(const model_spec& model, const dataset& data,
                                const training_options& training, const run_state& saved,
                                const fit_options& options, C&&... callbacks) {
  const std::array<callback*, sizeof...(callbacks)> all{&callbacks...};
  return detail::fit_or_resume(model, data, training, options, &saved, all);
}
template <callback_object... C>
[[nodiscard]] fit_result resume(const model_spec& model, const dataset& data,
                                const training_options& training, const run_state& saved,
                                C&&... callbacks) {
  return resume(model, data, training, saved, fit_options{}, callbacks...);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/embed/fit.inl"
#endif
