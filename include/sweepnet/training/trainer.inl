// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The loop over epochs, and what its callbacks save and restore.

#include "sweepnet/training/trainer.hpp"

#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/training/restored.hpp"

namespace sweepnet {

namespace detail {

/// A callback that watches a metric which training will not give fails here, before epoch 1.
inline void check_watched(const callback& watcher, task t, bool has_validation) {
  const std::optional<metric> watched = watcher.watched();
  if (watched && !has_metric(t, *watched)) {
    std::vector<std::string_view> names;
    for (const metric each : metrics_of(t)) names.push_back(name_of(each));
    throw argument_error(fmt::format("{} is monitored, but a {} task has {}", name_of(*watched),
                                     name_of(t), join_text(names, ", ")));
  }
  if (watched && needs_validation(*watched) && !has_validation) {
    throw argument_error(std::string(name_of(*watched)) +
                         " is monitored, but there are no validation rows");
  }
}

/// Throws argument_error if one is not there, or two that have a state share a name.
inline void require_callbacks(std::span<callback* const> callbacks) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < callbacks.size(); ++i) {
    if (callbacks[i] == nullptr) {
      throw argument_error("callback " + std::to_string(i) + " of " +
                           std::to_string(callbacks.size()) + " is null");
    }
    const std::string_view name = callbacks[i]->name();
    if (!name.empty() && !names.insert(name).second) {
      throw argument_error("two callbacks are named " + std::string(name) +
                           ", by which a run's state tells them apart");
    }
  }
}

/// The saved numbers of each callback that has some.
inline std::map<std::string, std::vector<double>> callback_states(
    std::span<callback* const> callbacks) {
  std::map<std::string, std::vector<double>> states;
  for (callback* each : callbacks) {
    if (each->name().empty()) continue;
    archive saving;
    each->state(saving);
    states.emplace(each->name(), saving.numbers());
  }
  return states;
}

/// Gives each callback its saved numbers, and checks them; one that was not there before keeps its
/// fresh state.
inline void restore_callbacks(const run_state& saved, std::span<callback* const> callbacks) {
  for (callback* each : callbacks) {
    const auto found = saved.callbacks.find(std::string(each->name()));
    if (each->name().empty() || found == saved.callbacks.end()) continue;
    archive loading(found->second);
    each->state(loading);
    loading.finish();
    each->check_state(saved.history);
  }
}

/// One call of train() or resume(): the epoch loop, and what its callbacks see.
class training_loop {
 public:
  training_loop(executor& executor, std::span<callback* const> callbacks)
      : executor_(executor),
        callbacks_(callbacks),
        context_{
            .executor = executor,
            .options = executor.options(),
            .history = history_,
            .training_rows = executor.data().train.rows(),
            .validation_rows = executor.data().validation.rows(),
            .capture = [this] { return capture(executor_.export_state()); },
            .capture_but_weights = [this] { return capture(executor_.export_but_weights()); }} {
    require_callbacks(callbacks);
    for (const callback* each : callbacks_)
      check_watched(*each, executor.task(), context_.validation_rows > 0);
  }

  void restore(const run_state& saved) {
    check_restored(saved, executor_.data(), executor_.task());
    check_reached(saved);
    executor_.import_state(saved.executor);
    restore_callbacks(saved, callbacks_);
    history_ = saved.history;
    progress_ = saved.progress;
    context_.stop = saved.stopped;
    context_.stop_reason = saved.stop_reason;
  }

  training_result run() {
    tell(&callback::on_train_begin);
    while (!is_complete() && context_.leave_reason.empty()) train_epoch();
    tell(&callback::on_train_end);
    return {.history = history_,
            .stop_reason = context_.stop_reason,
            .leave_reason = is_complete() ? "" : context_.leave_reason};
  }

 private:
  /// Throws argument_error unless a run by these options comes to the saved epoch and step.
  void check_reached(const run_state& saved) const {
    const training_options& options = context_.options;
    const std::int64_t epochs = std::ssize(saved.history);
    require_restored(epochs <= options.epochs, "the saved run has trained " +
                                                   std::to_string(epochs) + " epochs, of " +
                                                   std::to_string(options.epochs) + " in all");
    const auto steps_of = [&](std::int64_t rows) {
      return rows / options.batch_size + (rows % options.batch_size > 0 ? 1 : 0);
    };
    const std::int64_t steps =
        epochs * steps_of(context_.training_rows) + steps_of(saved.progress.rows);
    require_restored(saved.executor.step == static_cast<std::uint64_t>(steps),
                     "the saved run has taken " + std::to_string(saved.executor.step) +
                         " steps, where batches of " + std::to_string(options.batch_size) + " of " +
                         std::to_string(context_.training_rows) + " rows take " +
                         std::to_string(steps));
  }

  void train_epoch() {
    epoch_record record{.epoch = std::ssize(history_) + 1, .task = executor_.task()};
    tell(&callback::on_epoch_begin, record.epoch);
    const std::vector<std::uint32_t> order =
        shuffled_order(context_.options.seed, static_cast<std::uint32_t>(record.epoch),
                       static_cast<std::uint32_t>(context_.training_rows));
    const auto trained = [this](const pass_progress& so_far) { tell(&callback::on_step, so_far); };
    const auto validated = [this](const pass_progress& so_far) {
      tell(&callback::on_validation_step, so_far);
    };

    const stopwatch training;
    executor_.train_epoch(order, progress_, trained);
    record.train = progress_.mean();
    record.train_seconds = training.seconds();
    record.learning_rate = executor_.learning_rate();
    if (context_.validation_rows > 0) {
      const stopwatch validation;
      record.validation = executor_.evaluate(validated);
      record.validate_seconds = validation.seconds();
    }
    progress_ = {};
    history_.push_back(record);
    tell(&callback::on_epoch_end, record);
  }

  [[nodiscard]] run_state capture(executor_state of_executor) {
    run_state state{.executor = std::move(of_executor),
                    .history = history_,
                    .progress = progress_,
                    .stopped = context_.stop,
                    .stop_reason = context_.stop_reason,
                    .callbacks = callback_states(callbacks_)};
    for (epoch_record& record : state.history) record.train_seconds = record.validate_seconds = 0;
    return state;
  }

  [[nodiscard]] bool is_complete() const {
    return context_.stop || std::ssize(history_) >= context_.options.epochs;
  }

  template <class... Parameters, class... Arguments>
  void tell(void (callback::*hook)(training_context&, Parameters...), const Arguments&... what) {
    for (callback* each : callbacks_) (each->*hook)(context_, what...);
  }

  executor& executor_;
  std::span<callback* const> callbacks_;
  training_history history_{};
  pass_progress progress_{};  // over the training rows of the epoch under way
  training_context context_;
};

}  // namespace detail

SWEEPNET_INLINE training_result train(executor& executor, std::span<callback* const> callbacks) {
  return detail::training_loop(executor, callbacks).run();
}

SWEEPNET_INLINE training_result resume(const run_state& saved, executor& executor,
                                       std::span<callback* const> callbacks) {
  detail::training_loop loop(executor, callbacks);
  loop.restore(saved);
  return loop.run();
}

SWEEPNET_INLINE training_result resume(run_state&& saved, executor& executor,
                                       std::span<callback* const> callbacks) {
  detail::training_loop loop(executor, callbacks);
  loop.restore(saved);
  saved = {};
  return loop.run();
}

}  // namespace sweepnet
