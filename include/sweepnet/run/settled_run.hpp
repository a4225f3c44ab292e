// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What came of a run with files, also of one that was found finished.

#include <iterator>
#include <utility>
#include <variant>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/sweep_outcome.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/training/history.hpp"

namespace sweepnet::detail {

/// A finished run as its files tell it.
inline void take_from_files(const run_spec& spec, kept_of_runs keep, sweep_run& run) {
  const found_result result = read_result(spec.files.result);
  training_history history = decode_history(result.content, spec.files.result.shown());
  run.epochs = std::ssize(history);
  if (const auto best = best_of_result(result.content, history)) run.best_epoch = *best;
  if (keep >= kept_of_runs::histories) run.history = std::move(history);
  if (keep >= kept_of_runs::best_models && run.has_model() &&
      spec.files.model.type != storage::location::kind::http) {
    run.best = read_model(spec.files.model);
  }
}

/// Fills in what is not known of the run from its training.
inline void settle(const run_spec& spec, const run_outcome& outcome, kept_of_runs keep,
                   sweep_run& run) {
  if (outcome.ending != run_ending::trained) take_from_files(spec, keep, run);
  run.phase = outcome.has_model ? run_phase::done : run_phase::failed;
  run.stopped.reset();
  if (outcome.ending == run_ending::budget_spent) run.phase = run_phase::budget;
  if (outcome.ending == run_ending::stopped) run.phase = run_phase::stopped;
  if (outcome.result && std::holds_alternative<budget_stop>(outcome.result->stopped)) {
    run.phase = run_phase::budget;
  } else if (outcome.result && outcome.result->goes_on()) {
    run.phase = run_phase::stopped;
    run.stopped = std::get<early_stop>(outcome.result->stopped);
  }
  if (run.has_model()) run.model_path = spec.files.model.shown();
  if (run.phase != run_phase::failed) return;
  run.code = exit_code::data;
  run.error = no_model_reason;
}

}  // namespace sweepnet::detail
