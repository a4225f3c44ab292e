// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Callbacks: small structs with any of these members, composed at compile time by train():
//
//   void on_train_begin(training_context<E>&)
//   void on_epoch_begin(training_context<E>&, std::int64_t epoch)
//   void on_step(training_context<E>&, const pass_progress&)
//   void on_validation_step(training_context<E>&, const pass_progress&)
//   void on_epoch_end(training_context<E>&, const epoch_record&)
//   void on_train_end(training_context<E>&)
//   metric watched() const      -- checked before epoch 1: its value must be there
//   static constexpr std::string_view name; auto state()  -- see stateful_callback
//
// They run in the order in which they are given. Those with names of Keras' callbacks do what
// those do. Source: keras/src/callbacks/*.py (3.15).

#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

/// What callbacks see and steer.
template <class Executor> struct training_context {
  Executor& executor;
  const training_options& options;
  training_history& history;
  std::int64_t training_rows = 0;
  std::int64_t validation_rows = 0;
  bool stop = false;  ///< set it to end training after this epoch, for good
  std::string stop_reason;
  /// Set it to leave training after this epoch as a run that resume() takes up again; what
  /// capture() gives says nothing of it.
  std::string leave_reason{};
  /// The run as it stands, from any callback's member. Copies the executor's state; a callback sees
  /// the changes only of those that were given before it.
  std::function<run_state()> capture;
};

/// What train() takes with an executor of type E: a type that has any of the members above which
/// are called while it trains.
template <class Callback, class E>
concept callback_of = requires(Callback& c, training_context<E>& context) {
  c.on_train_begin(context);
}
|| requires(Callback& c, training_context<E>& context) { c.on_epoch_begin(context, 1); }
|| requires(Callback& c, training_context<E>& context, const pass_progress& progress) {
  c.on_step(context, progress);
}
|| requires(Callback& c, training_context<E>& context, const pass_progress& progress) {
  c.on_validation_step(context, progress);
}
|| requires(Callback& c, training_context<E>& context, const epoch_record& record) {
  c.on_epoch_end(context, record);
}
|| requires(Callback& c, training_context<E>& context) { c.on_train_end(context); };

/// Keeps the best epoch's weights in the executor and hands them to `save`. Only a strictly better
/// value counts; an epoch with a loss that is not finite is never best.
struct model_checkpoint {
  static constexpr std::string_view name = "model_checkpoint";
  metric monitor = metric::val_accuracy;
  monitor_mode mode = monitor_mode::automatic;
  bool save_best_only = true;
  std::int64_t save_freq = 1;  ///< without save_best_only: every so many epochs
  std::function<void(const epoch_record&)> save = {};

  std::optional<epoch_record> best = {};         ///< state: the best epoch so far
  std::optional<epoch_record> best_before = {};  ///< state: the best before the last epoch
  bool improved = false;                         ///< state: whether the last epoch became the best

  [[nodiscard]] metric watched() const { return monitor; }
  [[nodiscard]] auto state() { return std::tie(best, best_before, improved); }

  template <class Executor>
  void on_epoch_end(training_context<Executor>& context, const epoch_record& record) {
    best_before = best;
    improved = record.is_finite() &&
               (!best || is_better(*record.value_of(monitor), *best->value_of(monitor)));
    if (improved) {
      best = record;
      context.executor.keep_best();
    }
    if (save && (save_best_only ? improved : record.epoch % save_freq == 0)) save(record);
  }

 private:
  [[nodiscard]] bool is_better(double value, double than) const {
    return larger_is_better(monitor, mode) ? value > than : value < than;
  }
};

/// Stops when the monitored value has not improved by more than min_delta for `patience` epochs.
struct early_stopping {
  static constexpr std::string_view name = "early_stopping";
  early_stopping_options options{};

  std::int64_t wait = 0;            ///< state: epochs since the last improvement
  std::optional<double> best = {};  ///< state
  std::int64_t stopped_epoch = 0;   ///< state: 0 unless it stopped the run

  [[nodiscard]] metric watched() const { return options.monitor; }
  [[nodiscard]] auto state() { return std::tie(wait, best, stopped_epoch); }

  template <class Executor>
  void on_epoch_end(training_context<Executor>& context, const epoch_record& record) {
    if (record.epoch <= options.start_from_epoch) return;
    const double value = *record.value_of(options.monitor);
    ++wait;
    if (!best || improves(value, *best)) {
      if (!std::isnan(value)) best = value;
      if (!options.baseline || improves(value, *options.baseline)) wait = 0;
      return;
    }
    if (wait >= options.patience && record.epoch > 1) {
      stopped_epoch = record.epoch;
      context.stop = true;
      context.stop_reason = "early stopping: " + std::string(name_of(options.monitor)) +
                            " has not improved for " + std::to_string(wait) + " epochs";
    }
  }

 private:
  [[nodiscard]] bool improves(double value, double than) const {
    return larger_is_better(options.monitor, options.mode) ? value - options.min_delta > than
                                                           : value + options.min_delta < than;
  }
};

/// Multiplies the learning rate by `factor` when the monitored value has not improved by more than
/// min_delta for `patience` epochs.
struct reduce_lr_on_plateau {
  static constexpr std::string_view name = "reduce_lr_on_plateau";
  reduce_lr_on_plateau_options options{};

  std::int64_t wait = 0;            ///< state
  std::int64_t cooldown_left = 0;   ///< state
  std::optional<double> best = {};  ///< state

  [[nodiscard]] metric watched() const { return options.monitor; }
  [[nodiscard]] auto state() { return std::tie(wait, cooldown_left, best); }

  template <class Executor>
  void on_epoch_end(training_context<Executor>& context, const epoch_record& record) {
    const double value = *record.value_of(options.monitor);
    if (cooldown_left > 0) {
      --cooldown_left;
      wait = 0;
    }
    const bool larger = larger_is_better(options.monitor, options.mode);
    const double start =
        larger ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    const double than = best.value_or(start);
    if (larger ? value > than + options.min_delta : value < than - options.min_delta) {
      best = value;
      wait = 0;
    } else if (cooldown_left == 0 && ++wait >= options.patience) {
      const double rate = context.executor.learning_rate();
      if (rate > options.min_lr) {
        context.executor.scale_learning_rate(std::max(options.factor, options.min_lr / rate));
        cooldown_left = options.cooldown;
        wait = 0;
      }
    }
  }
};

/// Ends training at the first loss that is not finite.
struct terminate_on_nan {
  template <class Executor>
  void on_epoch_end(training_context<Executor>& context, const epoch_record& record) {
    if (record.is_finite()) return;
    context.stop = true;
    context.stop_reason = "the loss of epoch " + std::to_string(record.epoch) + " is not finite";
  }
};

/// Leaves training after the epoch in which `seconds` have passed since train() or resume() was
/// called.
struct time_budget {
  double seconds = 0;
  stopwatch watch = {};

  template <class Executor> void on_train_begin(training_context<Executor>&) { watch.restart(); }

  template <class Executor>
  void on_epoch_end(training_context<Executor>& context, const epoch_record&) {
    if (watch.seconds() >= seconds) context.leave_reason = "the time budget is spent";
  }
};

/// Writes one line per epoch as Keras' CSVLogger does: epoch from 0, then the metrics by name,
/// shortest digits that read back the same, lines ending in CR LF. A resumed run begins with the
/// lines of the epochs before.
struct csv_logger {
  std::function<void(std::string_view)>
      write;                    ///< takes each epoch's line, the first with the header
  bool header_written = false;  ///< state

  template <class Executor> void on_train_begin(training_context<Executor>& context) {
    for (const epoch_record& record : context.history) on_epoch_end(context, record);
  }

  template <class Executor>
  void on_epoch_end(training_context<Executor>&, const epoch_record& record) {
    std::string header = "epoch,accuracy,learning_rate,loss";
    std::string line = std::to_string(record.epoch - 1) + "," + digits(record.train.accuracy) +
                       "," + digits(record.learning_rate) + "," + digits(record.train.loss);
    if (record.validation) {
      header += ",val_accuracy,val_loss";
      line += "," + digits(record.validation->accuracy) + "," + digits(record.validation->loss);
    }
    header = std::exchange(header_written, true) ? "" : header + "\r\n";
    write(header + line + "\r\n");
  }

 private:
  static std::string digits(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    std::string shortest(text, end);
    if (shortest.find_first_not_of("-0123456789") == shortest.npos) shortest += ".0";
    return shortest;
  }
};

/// A callback that may not be there: std::nullopt does nothing.
template <class Callback> struct optional_callback {
  std::optional<Callback> callback{};

  template <class Executor> void on_train_begin(training_context<Executor>& context) {
    if constexpr (requires { callback->on_train_begin(context); }) {
      if (callback) callback->on_train_begin(context);
    }
  }

  template <class Executor>
  void on_epoch_end(training_context<Executor>& context, const epoch_record& record) {
    if (callback) callback->on_epoch_end(context, record);
  }
};

}  // namespace sweepnet
