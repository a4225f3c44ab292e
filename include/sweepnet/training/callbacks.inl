// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the callbacks do.

#include "sweepnet/training/callbacks.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/check.hpp"
#include "sweepnet/training/restored.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

SWEEPNET_INLINE model_checkpoint::model_checkpoint(model_checkpoint_options options)
    : options_(std::move(options)) {
  if (options_.save_freq >= 1) return;
  throw argument_error("model_checkpoint: save_freq must be at least 1, got " +
                       std::to_string(options_.save_freq));
}

SWEEPNET_INLINE void model_checkpoint::on_epoch_end(training_context& context,
                                                    const epoch_record& record) {
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

SWEEPNET_INLINE void model_checkpoint::check_state(const training_history& history) const {
  detail::check_remembered(best_, history);
  detail::check_remembered(best_before_, history);
  detail::require_restored(!best_ || best_->is_finite(),
                           "the saved best epoch's loss is not finite");
  detail::require_restored(!improved_ || (best_ && best_->epoch == std::ssize(history)),
                           "the saved last epoch became the best, but is not");
}

SWEEPNET_INLINE bool model_checkpoint::is_better(double value, double than) const {
  return sweepnet::is_better(value, than, monitor(), options_.mode);
}

SWEEPNET_INLINE early_stopping::early_stopping(const early_stopping_options& options)
    : options_(checked(options, "early_stopping")) {}

SWEEPNET_INLINE void early_stopping::on_epoch_end(training_context& context,
                                                  const epoch_record& record) {
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

SWEEPNET_INLINE void early_stopping::check_state(const training_history& history) const {
  detail::check_count(wait_, history);
  detail::check_count(stopped_epoch_, history);
  detail::check_remembered(best_, options_.monitor, history);
}

SWEEPNET_INLINE bool early_stopping::improves(double value, double than) const {
  return larger_is_better(options_.monitor, options_.mode) ? value - options_.min_delta > than
                                                           : value + options_.min_delta < than;
}

SWEEPNET_INLINE reduce_lr_on_plateau::reduce_lr_on_plateau(
    const reduce_lr_on_plateau_options& options)
    : options_(checked(options, "reduce_lr_on_plateau")) {}

SWEEPNET_INLINE void reduce_lr_on_plateau::on_epoch_end(training_context& context,
                                                        const epoch_record& record) {
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

SWEEPNET_INLINE void reduce_lr_on_plateau::check_state(const training_history& history) const {
  detail::check_count(wait_, history);
  detail::require_restored(cooldown_left_ >= 0 && cooldown_left_ <= options_.cooldown,
                           "the saved cooldown is " + std::to_string(cooldown_left_) +
                               " epochs, of at most " + std::to_string(options_.cooldown));
  detail::check_remembered(best_, options_.monitor, history);
}

SWEEPNET_INLINE bool reduce_lr_on_plateau::improves(double value) const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return larger_is_better(options_.monitor, options_.mode)
             ? value > best_.value_or(-infinity) + options_.min_delta
             : value < best_.value_or(infinity) - options_.min_delta;
}

SWEEPNET_INLINE void terminate_on_nan::on_epoch_end(training_context& context,
                                                    const epoch_record& record) {
  if (record.is_finite()) return;
  context.stop = true;
  context.stop_reason = "the loss of epoch " + std::to_string(record.epoch) + " is not finite";
}

SWEEPNET_INLINE time_budget::time_budget(double seconds) : seconds_(seconds) {
  if (seconds >= 0) return;
  throw argument_error("time_budget: seconds must be at least 0, got " + std::to_string(seconds));
}

SWEEPNET_INLINE void time_budget::on_epoch_end(training_context& context, const epoch_record&) {
  if (watch_.seconds() >= seconds_) context.leave_reason = "the time budget is spent";
}

SWEEPNET_INLINE csv_logger::csv_logger(std::function<void(std::string_view)> write)
    : write_(std::move(write)) {
  if (!write_) throw argument_error("csv_logger: expected a function that writes, got none");
}

SWEEPNET_INLINE void csv_logger::on_train_begin(training_context& context) {
  for (const epoch_record& record : context.history) on_epoch_end(context, record);
}

SWEEPNET_INLINE void csv_logger::on_epoch_end(training_context&, const epoch_record& record) {
  // Keras sorts the names.
  std::map<std::string_view, double> columns{{"learning_rate", record.learning_rate}};
  for (const metric each : metrics_of(record.task)) {
    if (const auto value = record.value_of(each)) columns[name_of(each)] = *value;
  }
  std::string header = "epoch";
  std::string line = std::to_string(record.epoch - 1);
  for (const auto& [name, value] : columns) {
    header += "," + std::string(name);
    line += "," + digits(value);
  }
  header = std::exchange(header_written_, true) ? "" : header + "\r\n";
  write_(header + line + "\r\n");
}

SWEEPNET_INLINE std::string csv_logger::digits(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, plain_nan(value)).ptr;
  std::string shortest(text, end);
  if (shortest.find_first_not_of("-0123456789") == shortest.npos) shortest += ".0";
  return shortest;
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
