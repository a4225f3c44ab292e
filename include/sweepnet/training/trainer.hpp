// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The epoch loop: shuffle, train, validate, tell the callbacks.

#include <cstdint>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "sweepnet/core/random.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"
#include "sweepnet/training/restored.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

struct training_result {
  training_history history;
  std::string stop_reason;   ///< empty if every epoch was trained, or the run was left
  std::string leave_reason;  ///< not empty: the run was left after an epoch, and can go on

  [[nodiscard]] double train_seconds() const { return total(&epoch_record::train_seconds); }
  [[nodiscard]] double validate_seconds() const { return total(&epoch_record::validate_seconds); }

 private:
  [[nodiscard]] double total(double epoch_record::*seconds) const {
    double sum = 0;
    for (const epoch_record& record : history) sum += record.*seconds;
    return sum;
  }
};

namespace detail {

/// A callback that watches a metric which training will not give fails here, before epoch 1.
template <class Callback> void check_watched(const Callback& callback, bool has_validation) {
  if constexpr (requires { callback.watched(); }) {
    const metric m = callback.watched();
    if (needs_validation(m) && !has_validation) {
      throw std::invalid_argument(std::string(name_of(m)) +
                                  " is monitored, but there are no validation rows");
    }
  }
}

/// Runs `body` and returns its result and the seconds it took.
template <class Body> auto timed(const Body& body, double& seconds) {
  const stopwatch watch;
  auto result = body();
  seconds = watch.seconds();
  return result;
}

/// The saved numbers of each callback that has some. Throws std::logic_error if two share a name.
template <class... Callbacks>
std::map<std::string, std::vector<double>> callback_states(Callbacks&... callbacks) {
  std::map<std::string, std::vector<double>> states;
  [[maybe_unused]] const auto save = [&](const std::string& name, const auto& members) {
    if (!states.emplace(name, pack(members)).second) {
      throw std::logic_error("two callbacks are named " + name);
    }
  };
  (visit_state(callbacks, save), ...);
  return states;
}

/// Gives each callback its saved numbers, and checks them; one that was not there before keeps its
/// fresh state.
template <class... Callbacks>
void restore_callbacks(const run_state& saved, Callbacks&... callbacks) {
  [[maybe_unused]] const auto restore = [&](const std::string& name, const auto& members) {
    const auto found = saved.callbacks.find(name);
    if (found != saved.callbacks.end()) unpack(found->second, members);
  };
  (visit_state(callbacks, restore), ...);
  (check_restored_callback(callbacks, saved.history), ...);
}

template <executor Executor, class... Callbacks>
training_result run_training(const run_state* saved, Executor& executor, Callbacks&... callbacks) {
  const training_options& options = executor.options();
  const dataset& data = executor.data();
  const bool has_validation = data.validation.rows() > 0;
  (check_watched(callbacks, has_validation), ...);

  training_result result;
  training_context<Executor> context{.executor = executor,
                                     .options = options,
                                     .history = result.history,
                                     .training_rows = data.train.rows(),
                                     .validation_rows = data.validation.rows(),
                                     .stop = false,
                                     .stop_reason = {},
                                     .leave_reason = {},
                                     .capture = {}};
  pass_progress progress;  // over the training rows of the epoch under way
  if (saved != nullptr) {
    check_restored(*saved, data);
    executor.import_state(saved->executor);
    restore_callbacks(*saved, callbacks...);
    result.history = saved->history;
    progress = saved->progress;
    context.stop = saved->stopped;
    context.stop_reason = saved->stop_reason;
  }
  context.capture = [&] {
    run_state state{.executor = executor.export_state(),
                    .history = result.history,
                    .progress = progress,
                    .stopped = context.stop,
                    .stop_reason = context.stop_reason,
                    .callbacks = callback_states(callbacks...)};
    for (epoch_record& record : state.history) record.train_seconds = record.validate_seconds = 0;
    return state;
  };

  const auto notify = [&](const auto& call) { (call(callbacks), ...); };
  const step_observer trained_step = [&](const pass_progress& so_far) {
    notify([&](auto& callback) {
      if constexpr (requires { callback.on_step(context, so_far); }) {
        callback.on_step(context, so_far);
      }
    });
  };
  const step_observer validated_step = [&](const pass_progress& so_far) {
    notify([&](auto& callback) {
      if constexpr (requires { callback.on_validation_step(context, so_far); }) {
        callback.on_validation_step(context, so_far);
      }
    });
  };

  notify([&](auto& callback) {
    if constexpr (requires { callback.on_train_begin(context); }) callback.on_train_begin(context);
  });
  const auto complete = [&] {
    return context.stop || std::ssize(result.history) >= options.epochs;
  };
  while (!complete() && context.leave_reason.empty()) {
    epoch_record record;
    record.epoch = std::ssize(result.history) + 1;
    notify([&](auto& callback) {
      if constexpr (requires { callback.on_epoch_begin(context, record.epoch); }) {
        callback.on_epoch_begin(context, record.epoch);
      }
    });
    const std::vector<std::uint32_t> order =
        shuffled_order(options.seed, static_cast<std::uint32_t>(record.epoch),
                       static_cast<std::uint32_t>(data.train.rows()));
    record.train = timed(
        [&] {
          executor.train_epoch(order, progress, trained_step);
          return progress.mean();
        },
        record.train_seconds);
    record.learning_rate = executor.learning_rate();
    if (has_validation) {
      record.validation =
          timed([&] { return executor.evaluate(validated_step); }, record.validate_seconds);
    }
    progress = {};
    result.history.push_back(record);
    notify([&](auto& callback) {
      if constexpr (requires { callback.on_epoch_end(context, record); }) {
        callback.on_epoch_end(context, record);
      }
    });
  }
  notify([&](auto& callback) {
    if constexpr (requires { callback.on_train_end(context); }) callback.on_train_end(context);
  });
  result.stop_reason = context.stop_reason;
  if (!complete()) result.leave_reason = context.leave_reason;
  return result;
}

}  // namespace detail

/// Trains by the executor's options, on its data, until a callback stops or leaves it. Epoch e
/// visits the rows in shuffled_order(seed, e). Throws std::invalid_argument, before anything is
/// trained, if a callback watches a validation metric and there are no validation rows.
template <executor Executor, callback_of<Executor>... Callbacks>
training_result train(Executor& executor, Callbacks&&... callbacks) {
  return detail::run_training(nullptr, executor, callbacks...);
}

/// Goes on from `saved`, which a training_context of the same run captured, and ends in the same
/// bytes as a run that was never left. The result's seconds are those from here on. Throws also
/// std::invalid_argument if the state fits neither the executor nor the callbacks, or not
/// itself.
template <executor Executor, callback_of<Executor>... Callbacks>
training_result resume(const run_state& saved, Executor& executor, Callbacks&&... callbacks) {
  return detail::run_training(&saved, executor, callbacks...);
}

}  // namespace sweepnet
