// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One run from paramset to files: begun, resumed, or found finished. What a command line does with
// one paramset, a program of one's own can do by train_run().

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/run/begin.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/saving.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/storage/background_writer.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/paramset_callbacks.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet {

/// What a program hears of a run: nothing, unless it overrides these.
class run_observer {
 public:
  virtual ~run_observer() = default;

  /// Training is about to begin, or to go on.
  virtual void on_begin(const run_spec&, const begun_run&, const executor&) {}
  /// Callbacks to be told of training; `best` knows which epoch is best. They must live on while
  /// the run does.
  virtual std::vector<callback*> callbacks(const run_spec&, const model_checkpoint& /*best*/) {
    return {};
  }
  /// What went wrong without ending the run, or what a stop waits for: a sentence and its newline.
  virtual void on_trouble(const std::string&) {}
};

/// What a result tells of the job that its run belongs to.
struct job_record {
  std::optional<job_index> job{};
  double load_seconds = 0;  ///< that the data took
  stopwatch started{};      ///< runs from the job's begin
};

/// How a call of train_run() ended.
enum class run_ending {
  trained,             ///< to its end, or until its time budget was spent
  already_done,        ///< there was nothing to do
  budget_spent,        ///< there was nothing to do within the time budget
  finished_elsewhere,  ///< another attempt has finished the run meanwhile: its result is kept
};

struct run_outcome {
  run_ending ending = run_ending::trained;
  bool has_model = true;               ///< false: no epoch gave a finite loss, and none ever will
  std::optional<run_result> result{};  ///< of a run that was trained
  double seconds = 0;                  ///< that a run of a spent budget has taken
};

inline constexpr const char* no_model_reason = "no epoch gave a finite loss";

namespace detail {

/// Trains a begun run and keeps its files; fills in what came of it.
inline void train_and_save(const run_spec& spec, begun_run& begun, executor& executor,
                           const run_options& options, run_observer& observer,
                           const interruption* stop, run_result& run) {
  const auto tell = [&observer](const std::string& text) { observer.on_trouble(text); };
  storage::background_writer writer(
      [&tell](const std::string& failure) { tell("note: " + failure + "; the run goes on\n"); });
  saving_budget budget(writer);
  const run_saving saving{.spec = spec, .fence = begun.fence, .writer = writer, .budget = budget};
  model_checkpoint checkpoint({.monitor = spec.callbacks.monitor});
  model_saver keep_model(saving, checkpoint, run.model_digest);
  log_saver keep_log(saving);
  state_saver keep_state(saving, keep_model, options.save_every, stop, tell);
  const std::vector<std::unique_ptr<callback>> asked_for = make_callbacks(spec.callbacks);
  time_budget time_left(std::max(0.0, options.time_budget - begun.seconds));

  std::vector<callback*> callbacks{&checkpoint};
  for (callback* each : observer.callbacks(spec, checkpoint)) callbacks.push_back(each);
  callbacks.push_back(&keep_model);
  if (options.csv_log) callbacks.push_back(&keep_log);
  for (const auto& each : asked_for) callbacks.push_back(each.get());
  if (options.time_budget > 0) callbacks.push_back(&time_left);
  callbacks.push_back(&keep_state);

  const stopwatch training;
  if (begun.saved) {
    try {
      run.training = resume(begun.saved->state, executor, callbacks);
    } catch (const argument_error& e) {
      throw unusable_run(spec.files.state.shown() + ": " + e.what());
    }
  } else {
    run.training = train(executor, callbacks);
  }
  writer.flush();

  run.best = checkpoint.best();
  if (!run.training.leave_reason.empty()) {
    run.stopped =
        budget_stop{.budget = options.time_budget, .seconds = begun.seconds + training.seconds()};
  }
  if (run.best) {
    run.model_path = spec.files.model.shown();
  } else if (!run.stopped) {
    run.error = no_model_reason;
  }
}

/// The outcome of a run that has nothing left to do.
inline run_outcome outcome_without_training(const begun_run& begun) {
  if (begun.how == beginning::budget_spent) {
    return {.ending = run_ending::budget_spent, .seconds = begun.seconds};
  }
  return {.ending = run_ending::already_done, .has_model = begun.how == beginning::done};
}

}  // namespace detail

/// Trains one run on `data` to its files, or finds that there is nothing left to do. Goes on where
/// an earlier attempt was stopped, and ends in the same bytes. Throws unusable_run where files of
/// another run lie in the way, or damaged ones; interrupted_error, with the run saved, once `stop`
/// (which may be null) has heard a signal; an error of storage where a file cannot be written.
inline run_outcome train_run(const run_spec& spec, const dataset& data,
                             const executor_factory& make_executor, const run_options& options,
                             run_observer& observer, const job_record& record = {},
                             const interruption* stop = nullptr) {
  try {
    begun_run begun = begin_run(spec, options);
    if (!begun.is_to_train()) return detail::outcome_without_training(begun);
    if (stop != nullptr)
      stop->throw_if_asked(fmt::format("before paramset {} was begun", spec.index));
    const std::unique_ptr<executor> executor = make_executor(spec.model, spec.training, data);
    observer.on_begin(spec, begun, *executor);
    run_result run{.index = static_cast<std::int64_t>(spec.index),
                   .sweep_size = static_cast<std::int64_t>(spec.sweep_size),
                   .job = record.job,
                   .identity = spec.identity,
                   .load_seconds = record.load_seconds,
                   .device = executor->device(),
                   .precision = std::string(name_of(executor->precision())),
                   .threads = executor->threads(),
                   .seed = spec.training.seed};
    detail::train_and_save(spec, begun, *executor, options, observer, stop, run);
    run.total_seconds = record.started.seconds();
    begun.fence.write_result(dump(encode_result(run), 2) + "\n");
    if (!options.keep_state && !run.stopped) storage::remove(spec.files.state);
    const bool has_model = run.error.empty();
    return {.has_model = has_model, .result = std::move(run)};
  } catch (const finished_elsewhere&) {
    return {.ending = run_ending::finished_elsewhere,
            .has_model = read_result(spec.files.result).has_model()};
  }
}

}  // namespace sweepnet
