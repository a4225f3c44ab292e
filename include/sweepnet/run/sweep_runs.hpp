// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the runs of a sweep in one process are trained, in memory or with files, each by the thread
// that asks for it: whole, or until they are compared with others.

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "sweepnet/core/boxed.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/leg.hpp"
#include "sweepnet/run/predictions_file.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/settled_run.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/sweep_callbacks.hpp"
#include "sweepnet/run/sweep_executors.hpp"
#include "sweepnet/run/sweep_options.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/run/sweep_stage.hpp"
#include "sweepnet/sweep/paramset_callbacks.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet::detail {

/// Whether a run's files are written at once.
inline bool lies_on_disk(const run_files& files) {
  return !files.model.is_remote() && !files.state.is_remote();
}

/// Lets one thread at a time tell the observer, if there is one.
class observer_telling {
 public:
  observer_telling(sweep_observer* observer, std::mutex& mutex)
      : observer_(observer), mutex_(&mutex) {}

  template <class Tell> void operator()(const Tell& how) const {
    if (observer_ == nullptr) return;
    const std::lock_guard lock(*mutex_);
    how(*observer_);
  }

 private:
  sweep_observer* observer_;
  std::mutex* mutex_;
};

/// What the runs of a sweep share.
struct sweep_ground {
  const dataset& data;
  const sweep_options& options;
  const search_rules& rules;
  const sweep_executors& executors;
  const sweep_queue& queue;
  const sweep_stop& stop;
  observer_telling tell;
};

/// Its functions may be called by several threads at once, for different runs.
class sweep_runs {
 public:
  sweep_runs(const sweep_ground& with, std::size_t runs) : with_(with), states_(runs) {}

  /// So many more runs. May be called while none is trained.
  void extend(std::size_t more) { states_.resize(states_.size() + more); }

  /// Trains the run at a position of the queue until its leg ends, or all of it. Notes in `run`
  /// what came of it, and in `progress`, if it has a leg, how far it is. Throws what train_run()
  /// does.
  void train(const run_spec& spec, std::size_t position, const std::optional<leg_of_run>& leg,
             int worker, progress_keeper& progress, sweep_run& run) {
    if (with_.options.files) {
      train_with_files(spec, position, leg, worker, progress, run);
    } else {
      train_in_memory(spec, position, leg, progress, run);
    }
  }

  /// Early termination has stopped the run.
  void stop(const run_spec& spec, std::size_t position, const early_stop& why, sweep_run& run) {
    states_[position].reset();
    if (with_.options.files) {
      write_stop(spec, why);
      if (!run.trained) take_from_files(spec, with_.options.keep, run);
      if (run.has_model()) run.model_path = spec.files.model.shown();
      complete(spec);
    }
    run.phase = run_phase::stopped;
    run.stopped = why;
  }

  /// What files say of a run of which nothing was asked, as others lack results.
  void settle_unasked(const run_spec& spec, sweep_run& run) const {
    const found_result result = read_result(spec.files.result);
    if (!result.there || !result.damage.empty() || !result.goes_on()) return;
    take_from_files(spec, with_.options.keep, run);
    if (run.has_model()) run.model_path = spec.files.model.shown();
    run.phase = result.of_budget() ? run_phase::budget : run_phase::stopped;
    complete(spec);
  }

 private:
  /// Sees to the run's predictions, if they are asked for.
  void complete(const run_spec& spec) const {
    if (!with_.options.files->save_predictions) return;
    complete_predictions(spec, with_.data, [&](const std::string& text) {
      with_.tell([&](sweep_observer& observer) { observer.on_trouble(spec, text); });
    });
  }

  [[nodiscard]] std::vector<std::unique_ptr<callback>> own_callbacks(std::size_t index) const {
    return with_.options.callbacks ? with_.options.callbacks(index)
                                   : std::vector<std::unique_ptr<callback>>{};
  }

  void train_in_memory(const run_spec& spec, std::size_t position,
                       const std::optional<leg_of_run>& leg, progress_keeper& progress,
                       sweep_run& run) {
    const std::unique_ptr<executor> executor =
        with_.executors.factory()(spec.model, spec.training, with_.data);
    const auto own = own_callbacks(spec.index);
    const auto asked_for = make_callbacks(spec.callbacks);
    model_checkpoint checkpoint({.monitor = spec.callbacks.monitor});
    run_keeper keeper(checkpoint, with_.options.keep, run);
    thread_taker threads(with_.queue, position);
    memory_stop leaving(with_.stop, keeper);
    std::optional<leg_end> end_of_leg;
    std::optional<run_state> left;
    state_keeper keep_state(left);
    std::vector<callback*> callbacks{&checkpoint, &threads};
    for (const auto& each : own) callbacks.push_back(each.get());
    for (const auto& each : asked_for) callbacks.push_back(each.get());
    callbacks.push_back(&keeper);
    callbacks.push_back(&leaving);
    if (leg) callbacks.push_back(&progress);
    if (leg && leg->waits) callbacks.push_back(&end_of_leg.emplace(leg->until));
    callbacks.push_back(&keep_state);
    with_.tell([&](sweep_observer& observer) { observer.on_begin(spec, *executor); });
    run.trained = true;
    boxed<run_state>& state = states_[position];
    const training_result result = state ? resume(*std::exchange(state, {}), *executor, callbacks)
                                         : sweepnet::train(*executor, callbacks);
    run.stopped.reset();
    if (!result.leave_reason.empty() && end_of_leg && end_of_leg->reached()) {
      run.phase = run_phase::stopped;
      run.stopped = stop_at_end(*leg, result.history);
      state = std::move(*left);
      return;
    }
    run.phase = run.has_model() ? run_phase::done : run_phase::failed;
    if (run.has_model()) return;
    run.code = exit_code::data;
    run.error = no_model_reason;
  }

  /// Hears of one run with files.
  class file_run final : public run_observer {
   public:
    file_run(const sweep_runs& of, std::size_t position, const run_spec& spec,
             progress_keeper* progress, sweep_run& run)
        : of_(&of),
          spec_(&spec),
          run_(&run),
          progress_(progress),
          threads_(of.with_.queue, position) {}

    void on_begin(const run_spec& spec, const begun_run& begun, const executor& executor) override {
      run_->trained = true;
      if (const std::string note = note_of_other_device(begun, executor); !note.empty()) {
        on_trouble(note);
      }
      of_->with_.tell([&](sweep_observer& observer) { observer.on_begin(spec, executor); });
    }
    std::vector<callback*> callbacks(const run_spec& spec, const model_checkpoint& best) override {
      own_ = of_->own_callbacks(spec.index);
      keeper_.emplace(best, of_->with_.options.keep, *run_);
      std::vector<callback*> all{&threads_};
      for (const auto& each : own_) all.push_back(each.get());
      all.push_back(&*keeper_);
      if (progress_ != nullptr) all.push_back(progress_);
      return all;
    }
    void on_trouble(const std::string& text) override {
      of_->with_.tell([&](sweep_observer& observer) { observer.on_trouble(*spec_, text); });
    }

   private:
    const sweep_runs* of_;
    const run_spec* spec_;
    sweep_run* run_;
    progress_keeper* progress_;
    thread_taker threads_;
    std::vector<std::unique_ptr<callback>> own_{};
    std::optional<run_keeper> keeper_{};
  };

  void train_with_files(const run_spec& spec, std::size_t position,
                        const std::optional<leg_of_run>& leg, int worker, progress_keeper& progress,
                        sweep_run& run) {
    run_options how = *with_.options.files;
    how.continue_stopped = with_.options.continue_stopped;
    const auto attempt = [&] {
      progress = progress_keeper(with_.rules.compared);
      file_run observer(*this, position, spec, leg ? &progress : nullptr, run);
      job_record record = with_.options.record;
      record.started.restart();
      record.worker = worker;
      return train_run(spec, with_.data, with_.executors.factory(), how, observer, record,
                       &with_.stop,
                       {.is_tidy = true, .saves_at_once = lies_on_disk(spec.files), .leg = leg});
    };
    run_outcome outcome;
    try {
      outcome = attempt();
    } catch (const unusable_run&) {
      if (!with_.options.retry_failed || how.start_over) throw;
      how.start_over = true;
      outcome = attempt();
    }
    if (with_.options.retry_failed && !how.start_over &&
        outcome.ending == run_ending::already_done && !outcome.has_model) {
      how.start_over = true;
      outcome = attempt();
    }
    settle(spec, outcome, with_.options.keep, run);
    if (outcome.ending != run_ending::trained && leg) {
      progress.take(progress_in_files(spec, with_.rules.compared));
    }
  }

  sweep_ground with_;
  std::vector<boxed<run_state>> states_;  ///< of runs in memory that wait to be compared
};

}  // namespace sweepnet::detail
