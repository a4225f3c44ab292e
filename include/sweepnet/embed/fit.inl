// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How fit() and resume() make an executor, run it, and take from it what they give.

#include "sweepnet/embed/fit.hpp"

#include <memory>
#include <vector>

#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/training/callbacks.hpp"

namespace sweepnet::detail {

/// Keeps the run's state as it was after the last epoch.
class last_state final : public callback {
 public:
  explicit last_state(run_state& state) : state_(&state) {}
  void on_train_end(training_context& context) override { *state_ = context.capture(); }

 private:
  run_state* state_;
};

SWEEPNET_INLINE fit_result fit_or_resume(const model_spec& model, const dataset& data,
                                         const training_options& training,
                                         const fit_options& options, const run_state* saved,
                                         std::span<callback* const> callbacks) {
  const std::unique_ptr<executor> executor =
      options.executor ? options.executor(model, training, data)
                       : std::make_unique<cpu_executor>(model, training, data,
                                                        cpu_options{.threads = options.threads});
  if (!executor) throw argument_error("the factory of executors made none");
  const metric fallback = usual_monitor(executor->task(), data.validation.rows() > 0);
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

}  // namespace sweepnet::detail
