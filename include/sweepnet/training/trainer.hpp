// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The epoch loop: shuffle, train, validate, tell the callbacks.

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "sweepnet/backend/executor.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

struct training_result {
  training_history history;
  std::string stop_reason;  ///< empty if every epoch was trained

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

template <class Callback>
concept observes_steps = requires(std::remove_cvref_t<Callback>& callback) {
  callback.on_step(std::int64_t{}, std::int64_t{}, metrics{});
};

/// Runs `body` and returns its result and the seconds it took.
template <class Body> auto timed(const Body& body, double& seconds) {
  const auto start = std::chrono::steady_clock::now();
  auto result = body();
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace detail

/// Trains for options.epochs epochs or until a callback stops it. Epoch e visits the rows in
/// shuffled_order(seed, e). Throws std::invalid_argument, before anything is trained, if a callback
/// watches a validation metric and there are no validation rows.
template <executor Executor, class... Callbacks>
training_result train(Executor& executor, const training_options& options, const dataset& data,
                      Callbacks&&... callbacks) {
  const bool has_validation = data.validation.rows() > 0;
  (detail::check_watched(callbacks, has_validation), ...);

  training_result result;
  training_context<Executor> context{.executor = executor,
                                     .options = options,
                                     .history = result.history,
                                     .training_rows = data.train.rows(),
                                     .validation_rows = data.validation.rows(),
                                     .stop = false,
                                     .stop_reason = {}};
  const auto notify = [&](const auto& call) { (call(callbacks), ...); };
  constexpr bool observed = (detail::observes_steps<Callbacks> || ...);

  notify([&](auto& callback) {
    if constexpr (requires { callback.on_train_begin(context); }) callback.on_train_begin(context);
  });
  for (std::int64_t epoch = 1; epoch <= options.epochs && !context.stop; ++epoch) {
    notify([&](auto& callback) {
      if constexpr (requires { callback.on_epoch_begin(context, epoch); }) {
        callback.on_epoch_begin(context, epoch);
      }
    });
    step_observer observe;
    if constexpr (observed) {
      observe = [&](std::int64_t rows_done, const metrics& so_far) {
        notify([&](auto& callback) {
          if constexpr (requires { callback.on_step(epoch, rows_done, so_far); }) {
            callback.on_step(epoch, rows_done, so_far);
          }
        });
      };
    }

    epoch_record record;
    record.epoch = epoch;
    const std::vector<std::uint32_t> order =
        shuffled_order(options.seed, static_cast<std::uint32_t>(epoch),
                       static_cast<std::uint32_t>(data.train.rows()));
    record.train =
        detail::timed([&] { return executor.train_epoch(order, observe); }, record.train_seconds);
    record.learning_rate = executor.learning_rate();
    if (has_validation) {
      record.validation =
          detail::timed([&] { return executor.evaluate(); }, record.validate_seconds);
    }
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
  return result;
}

}  // namespace sweepnet
