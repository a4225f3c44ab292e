// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/embed/table_model.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/predictions_file.hpp"
#include "sweepnet/run/saving.hpp"
#include "sweepnet/storage/background_writer.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/paramset_callbacks.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet {

namespace detail {

/// Trains a begun run and keeps its files; fills in what came of it.
inline void train_and_save(const run_spec& spec, begun_run& begun, executor& executor,
                           const run_options& options, run_observer& observer,
                           const stop_request* stop, const run_company& company, run_result& run) {
  const auto tell = [&observer](const std::string& text) { observer.on_trouble(text); };
  storage::background_writer writer(
      [&tell](const std::string& failure) { tell("note: " + failure + "; the run goes on\n"); },
      company.saves_at_once ? storage::writing::at_once : storage::writing::in_background);
  constexpr double first = 0.1;  // seconds: a small save is 1% of it
  saving_budget budget(writer, company.saves_at_once ? first : 0);
  const run_saving saving{.spec = spec, .fence = begun.fence, .writer = writer, .budget = budget};
  model_checkpoint checkpoint({.monitor = spec.callbacks.monitor});
  model_saver keep_model(saving, checkpoint, run.model_digest);
  log_saver keep_log(saving);
  const auto last_state = company.saves_at_once && !options.keep_state
                              ? state_saver::at_end::where_cheap
                              : state_saver::at_end::always;
  state_saver keep_state(saving, keep_model,
                         {.every = options.save_every, .last = last_state, .stop = stop}, tell);
  const std::vector<std::unique_ptr<callback>> asked_for = make_callbacks(spec.callbacks);
  time_budget time_left(std::max(0.0, options.time_budget - begun.seconds));
  std::optional<leg_end> end_of_leg;
  if (company.leg && company.leg->waits) end_of_leg.emplace(company.leg->until);

  std::vector<callback*> callbacks{&checkpoint};
  for (callback* each : observer.callbacks(spec, checkpoint)) callbacks.push_back(each);
  callbacks.push_back(&keep_model);
  if (options.csv_log) callbacks.push_back(&keep_log);
  for (const auto& each : asked_for) callbacks.push_back(each.get());
  if (options.time_budget > 0) callbacks.push_back(&time_left);
  if (end_of_leg) callbacks.push_back(&*end_of_leg);
  callbacks.push_back(&keep_state);

  const stopwatch training;
  if (begun.saved) {
    try {
      run.training = resume(std::move(begun.saved->state), executor, callbacks);
    } catch (const argument_error& e) {
      throw unusable_run(spec.files.state.shown() + ": " + e.what());
    }
  } else {
    run.training = train(executor, callbacks);
  }
  writer.flush();

  run.best = checkpoint.best();
  if (!run.training.leave_reason.empty() && end_of_leg && end_of_leg->reached()) {
    run.stopped = stop_at_end(*company.leg, run.training.history);
  } else if (!run.training.leave_reason.empty()) {
    run.stopped =
        budget_stop{.budget = options.time_budget, .seconds = begun.seconds + training.seconds()};
  }
  if (run.best) {
    run.model_path = spec.files.model.shown();
  } else if (!run.goes_on()) {
    run.error = no_model_reason;
  }
}

inline void require_memory_to_save(const run_spec& spec) {
  require_memory(memory_to_save(spec),
                 fmt::format("to save a network of {} parameters while it trains",
                             parameter_layout(spec.model).size));
}

/// The outcome of a run that has nothing left to do.
inline run_outcome outcome_without_training(const begun_run& begun) {
  if (begun.how == beginning::budget_spent) {
    return {.ending = run_ending::budget_spent, .seconds = begun.seconds};
  }
  if (begun.how == beginning::stopped) return {.ending = run_ending::stopped};
  return {.ending = run_ending::already_done, .has_model = begun.how == beginning::done};
}

}  // namespace detail

SWEEPNET_INLINE double memory_to_save(const run_spec& spec) {
  const int slots = visit_alternative([](const auto& rule) { return rule.slots(); },
                                      spec.training.optimizer.rule);
  const std::int64_t parameters = parameter_layout(spec.model).size;
  return static_cast<double>(slots + 2) * static_cast<double>(parameters) * sizeof(float);
}

SWEEPNET_INLINE run_outcome train_run(const run_spec& spec, const dataset& data,
                                      const executor_factory& make_executor,
                                      const run_options& options, run_observer& observer,
                                      const job_record& record, const stop_request* stop,
                                      const run_company& company) {
  const auto complete = [&] {
    if (!options.save_predictions) return;
    complete_predictions(spec, data, [&](const std::string& text) { observer.on_trouble(text); });
  };
  try {
    run_options how = options;
    how.continue_stopped = options.continue_stopped || company.leg;
    begun_run begun = begin_run(spec, how, company.is_tidy);
    if (!begun.is_to_train()) {
      complete();
      return detail::outcome_without_training(begun);
    }
    if (stop != nullptr)
      stop->throw_if_asked(fmt::format("before paramset {} was begun", spec.index));
    const std::unique_ptr<executor> executor = make_executor(spec.model, spec.training, data);
    detail::require_memory_to_save(spec);
    observer.on_begin(spec, begun, *executor);
    run_result run{
        .index = static_cast<std::int64_t>(spec.index),
        .sweep_size = static_cast<std::int64_t>(spec.sweep_size),
        .job = record.job,
        .identity = spec.identity,
        .began = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
                     .count(),
        .worker = record.worker,
        .load_seconds = record.load_seconds,
        .device = executor->device(),
        .precision = std::string(name_of(executor->precision())),
        .seed = spec.training.seed};
    detail::train_and_save(spec, begun, *executor, options, observer, stop, company, run);
    trained_model best{.model = spec.model};  // as its file has it
    if (run.best && (spec.schema || options.save_predictions)) {
      best.parameters = *executor->shared_best();
      if (spec.schema) {
        trained_model folded = with_schema(best, *spec.schema);
        run.folding_difference =
            folding_difference(best, folded, *spec.schema, data.validation, executor->threads());
        best = std::move(folded);
      }
    }
    run.threads = executor->threads();
    run.total_seconds = record.started.seconds();
    begun.fence.write_result(dump(encode_result(run), 2) + "\n");
    if (!options.keep_state && !run.goes_on()) storage::remove(spec.files.state);
    const bool has_model = run.error.empty();
    if (options.save_predictions && run.best) {
      write_predictions(spec, data, best, run.model_digest, executor->threads());
    }
    return {.has_model = has_model, .result = std::move(run)};
  } catch (const finished_elsewhere&) {
    complete();
    return {.ending = run_ending::finished_elsewhere,
            .has_model = read_result(spec.files.result).has_model()};
  }
}

}  // namespace sweepnet
