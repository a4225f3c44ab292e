// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the runs of a sweep in one process hear of it, and what it hears of them.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/run/sweep_outcome.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/sweep/search_course.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet::detail {

/// Asks the runs of a sweep to stop: for whoever asked the sweep, or because one of them broke.
class sweep_stop final : public stop_request {
 public:
  explicit sweep_stop(const stop_request* outer) : outer_(outer) {}

  void break_off() noexcept { broken_ = true; }
  [[nodiscard]] std::string asked_by() const override {
    std::string by = outer_ == nullptr ? "" : outer_->asked_by();
    return by.empty() && broken_ ? "an error in another run" : by;
  }
  [[nodiscard]] double seconds() const override {
    return outer_ == nullptr ? stop_request::seconds() : outer_->seconds();
  }
  [[nodiscard]] double seconds_left() const override {
    return outer_ == nullptr ? stop_request::seconds_left() : outer_->seconds_left();
  }

 private:
  const stop_request* outer_;
  std::atomic<bool> broken_{false};
};

/// Takes as many threads as there are for the run, before each epoch.
class thread_taker final : public callback {
 public:
  thread_taker(const sweep_queue& queue, std::size_t run) : queue_(&queue), run_(run) {}
  void on_epoch_begin(training_context& context, std::int64_t) override {
    context.executor.use_threads(queue_->threads_of(run_));
  }

 private:
  const sweep_queue* queue_;
  std::size_t run_;
};

/// Takes from a run what an outcome holds of it.
class run_keeper final : public callback {
 public:
  run_keeper(const model_checkpoint& checkpoint, kept_of_runs keep, sweep_run& run)
      : checkpoint_(&checkpoint), keep_(keep), run_(&run) {}

  void on_train_begin(training_context& context) override {
    run_->epochs = std::ssize(context.history);
    if (keep_ >= kept_of_runs::histories) run_->history = context.history;
  }
  void on_epoch_end(training_context&, const epoch_record& record) override {
    run_->epochs = record.epoch;
    if (keep_ >= kept_of_runs::histories) run_->history.push_back(record);
  }
  void on_train_end(training_context& context) override { take(context); }

  /// The run as it stands.
  void take(const training_context& context) {
    if (keep_ >= kept_of_runs::states) run_->state = context.capture();
    if (!checkpoint_->best()) return;
    run_->best_epoch = *checkpoint_->best();
    if (keep_ < kept_of_runs::best_models) return;
    run_->best = {.model = context.executor.model(),
                  .parameters = context.executor.best_parameters().value(),
                  .loss = context.options.loss,
                  .optimizer = context.options.optimizer};
  }

 private:
  const model_checkpoint* checkpoint_;
  kept_of_runs keep_;
  sweep_run* run_;
};

/// Notes what rules compare.
class progress_keeper final : public callback {
 public:
  explicit progress_keeper(metric compared) : compared_(compared) {}

  void on_train_begin(training_context& context) override {
    for (const epoch_record& each : context.history) note(each);
  }
  void on_epoch_end(training_context&, const epoch_record& record) override { note(record); }

  [[nodiscard]] const run_progress& progress() const { return progress_; }
  /// What is known by other means.
  void take(run_progress progress) { progress_ = std::move(progress); }

 private:
  void note(const epoch_record& record) {
    progress_.values.push_back(compared_value(record, compared_));
  }

  metric compared_;
  run_progress progress_{};
};

/// Keeps a run in memory that is left to go on later.
class state_keeper final : public callback {
 public:
  explicit state_keeper(std::optional<run_state>& state) : state_(&state) {}
  void on_train_end(training_context& context) override {
    if (!context.leave_reason.empty()) *state_ = context.capture();
  }

 private:
  std::optional<run_state>* state_;
};

/// Leaves a run in memory after the step in which the sweep is asked to stop.
class memory_stop final : public callback {
 public:
  memory_stop(const stop_request& stop, run_keeper& keeper) : stop_(&stop), keeper_(&keeper) {}
  void on_step(training_context& context, const pass_progress&) override { leave(context); }
  void on_validation_step(training_context& context, const pass_progress&) override {
    leave(context);
  }

 private:
  void leave(const training_context& context) {
    if (stop_->asked_by().empty()) return;
    keeper_->take(context);
    stop_->throw_if_asked("while the run was trained");
  }

  const stop_request* stop_;
  run_keeper* keeper_;
};

}  // namespace sweepnet::detail
