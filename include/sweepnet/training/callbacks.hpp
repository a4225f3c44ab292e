// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The callbacks that come with the library. Those with names of Keras' callbacks do what those do.
// Source: keras/src/callbacks/*.py (3.15).

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/describe/check.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"
#include "sweepnet/training/restored.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

struct model_checkpoint_options {
  metric monitor = metric::val_accuracy;
  monitor_mode mode = monitor_mode::automatic;
  bool save_best_only = true;
  std::int64_t save_freq = 1;  ///< without save_best_only: every so many epochs
  std::function<void(const epoch_record&)> save{};
};

/// Keeps the best epoch's weights in the executor and hands them to `save`. Only a strictly better
/// value counts; an epoch with a loss that is not finite is never best.
class model_checkpoint final : public callback {
 public:
  /// Throws argument_error if `save_freq` is not positive.
  explicit model_checkpoint(model_checkpoint_options options = {}) : options_(std::move(options)) {
    if (options_.save_freq >= 1) return;
    throw argument_error("model_checkpoint: save_freq must be at least 1, got " +
                         std::to_string(options_.save_freq));
  }

  /// The best epoch so far.
  [[nodiscard]] const std::optional<epoch_record>& best() const { return best_; }
  /// The best before the last epoch.
  [[nodiscard]] const std::optional<epoch_record>& best_before() const { return best_before_; }
  /// Whether the last epoch became the best.
  [[nodiscard]] bool improved() const { return improved_; }
  [[nodiscard]] metric monitor() const { return options_.monitor; }

  void on_epoch_end(training_context& context, const epoch_record& record) override {
    best_before_ = best_;
    improved_ = record.is_finite() &&
                (!best_ || is_better(*record.value_of(monitor()), *best_->value_of(monitor())));
    if (improved_) {
      best_ = record;
      context.executor.keep_best();
    }
    const bool due = options_.save_best_only ? improved_ : record.epoch % options_.save_freq == 0;
    if (options_.save && due) options_.save(record);
  }

  [[nodiscard]] std::optional<metric> watched() const override { return monitor(); }
  [[nodiscard]] std::string_view name() const override { return "model_checkpoint"; }
  void state(archive& a) override { a(best_, best_before_, improved_); }
  void check_state(const training_history& history) const override {
    detail::check_remembered(best_, history);
    detail::check_remembered(best_before_, history);
    detail::require_restored(!best_ || best_->is_finite(),
                             "the saved best epoch's loss is not finite");
    detail::require_restored(!improved_ || (best_ && best_->epoch == std::ssize(history)),
                             "the saved last epoch became the best, but is not");
  }

 private:
  [[nodiscard]] bool is_better(double value, double than) const {
    return larger_is_better(monitor(), options_.mode) ? value > than : value < than;
  }

  model_checkpoint_options options_;
  std::optional<epoch_record> best_{};
  std::optional<epoch_record> best_before_{};
  bool improved_ = false;
};

/// Stops when the monitored value has not improved by more than min_delta for `patience` epochs.
class early_stopping final : public callback {
 public:
  /// Throws argument_error if an option is not in its domain, as reduce_lr_on_plateau does.
  explicit early_stopping(const early_stopping_options& options = {})
      : options_(checked(options, "early_stopping")) {}

  [[nodiscard]] std::optional<double> best() const { return best_; }
  /// 0 unless it stopped the run.
  [[nodiscard]] std::int64_t stopped_epoch() const { return stopped_epoch_; }

  void on_epoch_end(training_context& context, const epoch_record& record) override {
    if (record.epoch <= options_.start_from_epoch) return;
    const double value = *record.value_of(options_.monitor);
    ++wait_;
    if (!best_ || improves(value, *best_)) {
      if (!std::isnan(value)) best_ = value;
      if (!options_.baseline || improves(value, *options_.baseline)) wait_ = 0;
      return;
    }
    if (wait_ >= options_.patience && record.epoch > 1) {
      stopped_epoch_ = record.epoch;
      context.stop = true;
      context.stop_reason = "early stopping: " + std::string(name_of(options_.monitor)) +
                            " has not improved for " + std::to_string(wait_) + " epochs";
    }
  }

  [[nodiscard]] std::optional<metric> watched() const override { return options_.monitor; }
  [[nodiscard]] std::string_view name() const override { return "early_stopping"; }
  void state(archive& a) override { a(wait_, best_, stopped_epoch_); }
  void check_state(const training_history& history) const override {
    detail::check_count(wait_, history);
    detail::check_count(stopped_epoch_, history);
    detail::check_remembered(best_, options_.monitor, history);
  }

 private:
  [[nodiscard]] bool improves(double value, double than) const {
    return larger_is_better(options_.monitor, options_.mode) ? value - options_.min_delta > than
                                                             : value + options_.min_delta < than;
  }

  early_stopping_options options_;
  std::int64_t wait_ = 0;  // epochs since the last improvement
  std::optional<double> best_{};
  std::int64_t stopped_epoch_ = 0;
};

/// Multiplies the learning rate by `factor` when the monitored value has not improved by more than
/// min_delta for `patience` epochs.
class reduce_lr_on_plateau final : public callback {
 public:
  explicit reduce_lr_on_plateau(const reduce_lr_on_plateau_options& options = {})
      : options_(checked(options, "reduce_lr_on_plateau")) {}

  [[nodiscard]] std::optional<double> best() const { return best_; }

  void on_epoch_end(training_context& context, const epoch_record& record) override {
    const double value = *record.value_of(options_.monitor);
    if (cooldown_left_ > 0) {
      --cooldown_left_;
      wait_ = 0;
    }
    if (improves(value)) {
      best_ = value;
      wait_ = 0;
    } else if (cooldown_left_ == 0 && ++wait_ >= options_.patience) {
      const double rate = context.executor.learning_rate();
      if (rate > options_.min_lr) {
        context.executor.scale_learning_rate(std::max(options_.factor, options_.min_lr / rate));
        cooldown_left_ = options_.cooldown;
        wait_ = 0;
      }
    }
  }

  [[nodiscard]] std::optional<metric> watched() const override { return options_.monitor; }
  [[nodiscard]] std::string_view name() const override { return "reduce_lr_on_plateau"; }
  void state(archive& a) override { a(wait_, cooldown_left_, best_); }
  void check_state(const training_history& history) const override {
    detail::check_count(wait_, history);
    detail::require_restored(cooldown_left_ >= 0 && cooldown_left_ <= options_.cooldown,
                             "the saved cooldown is " + std::to_string(cooldown_left_) +
                                 " epochs, of at most " + std::to_string(options_.cooldown));
    detail::check_remembered(best_, options_.monitor, history);
  }

 private:
  [[nodiscard]] bool improves(double value) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return larger_is_better(options_.monitor, options_.mode)
               ? value > best_.value_or(-infinity) + options_.min_delta
               : value < best_.value_or(infinity) - options_.min_delta;
  }

  reduce_lr_on_plateau_options options_;
  std::int64_t wait_ = 0;
  std::int64_t cooldown_left_ = 0;
  std::optional<double> best_{};
};

/// Ends training at the first loss that is not finite.
class terminate_on_nan final : public callback {
 public:
  void on_epoch_end(training_context& context, const epoch_record& record) override {
    if (record.is_finite()) return;
    context.stop = true;
    context.stop_reason = "the loss of epoch " + std::to_string(record.epoch) + " is not finite";
  }
};

/// Leaves training after the epoch in which `seconds` have passed since train() or resume() was
/// called.
class time_budget final : public callback {
 public:
  /// Throws argument_error unless `seconds` is at least 0.
  explicit time_budget(double seconds) : seconds_(seconds) {
    if (seconds >= 0) return;
    throw argument_error("time_budget: seconds must be at least 0, got " + std::to_string(seconds));
  }

  void on_train_begin(training_context&) override { watch_.restart(); }
  void on_epoch_end(training_context& context, const epoch_record&) override {
    if (watch_.seconds() >= seconds_) context.leave_reason = "the time budget is spent";
  }

 private:
  double seconds_;
  stopwatch watch_;
};

/// Writes one line per epoch as Keras' CSVLogger does: epoch from 0, then the metrics by name,
/// shortest digits that read back the same, lines ending in CR LF. A resumed run begins with the
/// lines of the epochs before.
class csv_logger final : public callback {
 public:
  /// `write` takes each epoch's line, the first with the header. Throws argument_error if it is
  /// empty.
  explicit csv_logger(std::function<void(std::string_view)> write) : write_(std::move(write)) {
    if (!write_) throw argument_error("csv_logger: expected a function that writes, got none");
  }

  void on_train_begin(training_context& context) override {
    for (const epoch_record& record : context.history) on_epoch_end(context, record);
  }

  void on_epoch_end(training_context&, const epoch_record& record) override {
    std::string header = "epoch,accuracy,learning_rate,loss";
    std::string line = std::to_string(record.epoch - 1) + "," + digits(record.train.accuracy) +
                       "," + digits(record.learning_rate) + "," + digits(record.train.loss);
    if (record.validation) {
      header += ",val_accuracy,val_loss";
      line += "," + digits(record.validation->accuracy) + "," + digits(record.validation->loss);
    }
    header = std::exchange(header_written_, true) ? "" : header + "\r\n";
    write_(header + line + "\r\n");
  }

 private:
  static std::string digits(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    std::string shortest(text, end);
    if (shortest.find_first_not_of("-0123456789") == shortest.npos) shortest += ".0";
    return shortest;
  }

  std::function<void(std::string_view)> write_;
  bool header_written_ = false;
};

}  // namespace sweepnet
SWEEPNET_END_EXACT;
