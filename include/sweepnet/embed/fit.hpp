// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a network and data to a trained model in one call.

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/training/callbacks.hpp"
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
  std::optional<metric> monitor{};  ///< unset: val_accuracy; accuracy without validation rows
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

/// Keeps the run's state as it was after the last epoch.
class last_state final : public callback {
 public:
  explicit last_state(run_state& state) : state_(&state) {}
  void on_train_end(training_context& context) override { *state_ = context.capture(); }

 private:
  run_state* state_;
};

inline fit_result fit_or_resume(const model_spec& model, const dataset& data,
                                const training_options& training, const fit_options& options,
                                const run_state* saved, std::span<callback* const> callbacks) {
  const std::unique_ptr<executor> executor =
      options.executor ? options.executor(model, training, data)
                       : std::make_unique<cpu_executor>(model, training, data,
                                                        cpu_options{.threads = options.threads});
  if (!executor) throw argument_error("the factory of executors made none");
  const metric fallback = data.validation.rows() > 0 ? metric::val_accuracy : metric::accuracy;
  model_checkpoint checkpoint(
      {.monitor = options.monitor.value_or(fallback), .mode = options.mode});
  fit_result result;
  last_state keep_state(result.state);
  std::vector<callback*> all{&checkpoint};
  all.insert(all.end(), callbacks.begin(), callbacks.end());
  all.push_back(&keep_state);

  result.history =
      (saved != nullptr ? resume(*saved, *executor, all) : train(*executor, all)).history;
  const auto trained_by = [&](const std::vector<float>& parameters) {
    return trained_model{.model = model,
                         .parameters = parameters,
                         .loss = training.loss,
                         .optimizer = training.optimizer};
  };
  const executor_state& end = result.state.executor;
  if (!checkpoint.best() || !end.best_parameters) {
    throw training_error("no epoch gave a finite loss, so there is no best model");
  }
  result.best_epoch = *checkpoint.best();
  result.best = trained_by(*end.best_parameters);
  result.last = trained_by(end.parameters);
  return result;
}

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
