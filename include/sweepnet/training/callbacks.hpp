// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The callbacks that come with the library. Those with names of Keras' callbacks do what those do.
// Source: keras/src/callbacks/*.py (3.15).

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"

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
  explicit model_checkpoint(model_checkpoint_options options = {});

  /// The best epoch so far.
  [[nodiscard]] const std::optional<epoch_record>& best() const { return best_; }
  /// The best before the last epoch.
  [[nodiscard]] const std::optional<epoch_record>& best_before() const { return best_before_; }
  /// Whether the last epoch became the best.
  [[nodiscard]] bool improved() const { return improved_; }
  [[nodiscard]] metric monitor() const { return options_.monitor; }

  SWEEPNET_INLINE void on_epoch_end(training_context& context, const epoch_record& record) override;

  [[nodiscard]] std::optional<metric> watched() const override { return monitor(); }
  [[nodiscard]] std::string_view name() const override { return "model_checkpoint"; }
  void state(archive& a) override { a(best_, best_before_, improved_); }
  SWEEPNET_INLINE void check_state(const training_history& history) const override;

 private:
  [[nodiscard]] bool is_better(double value, double than) const;

  model_checkpoint_options options_;
  std::optional<epoch_record> best_{};
  std::optional<epoch_record> best_before_{};
  bool improved_ = false;
};

/// Stops when the monitored value has not improved by more than min_delta for `patience` epochs.
class early_stopping final : public callback {
 public:
  /// Throws argument_error if an option is not in its domain, as reduce_lr_on_plateau does.
  explicit early_stopping(const early_stopping_options& options = {});

  [[nodiscard]] std::optional<double> best() const { return best_; }
  /// 0 unless it stopped the run.
  [[nodiscard]] std::int64_t stopped_epoch() const { return stopped_epoch_; }

  SWEEPNET_INLINE void on_epoch_end(training_context& context, const epoch_record& record) override;

  [[nodiscard]] std::optional<metric> watched() const override { return options_.monitor; }
  [[nodiscard]] std::string_view name() const override { return "early_stopping"; }
  void state(archive& a) override { a(wait_, best_, stopped_epoch_); }
  SWEEPNET_INLINE void check_state(const training_history& history) const override;

 private:
  [[nodiscard]] bool improves(double value, double than) const;

  early_stopping_options options_;
  std::int64_t wait_ = 0;  // epochs since the last improvement
  std::optional<double> best_{};
  std::int64_t stopped_epoch_ = 0;
};

/// Multiplies the learning rate by `factor` when the monitored value has not improved by more than
/// min_delta for `patience` epochs.
class reduce_lr_on_plateau final : public callback {
 public:
  explicit reduce_lr_on_plateau(const reduce_lr_on_plateau_options& options = {});

  [[nodiscard]] std::optional<double> best() const { return best_; }

  SWEEPNET_INLINE void on_epoch_end(training_context& context, const epoch_record& record) override;

  [[nodiscard]] std::optional<metric> watched() const override { return options_.monitor; }
  [[nodiscard]] std::string_view name() const override { return "reduce_lr_on_plateau"; }
  void state(archive& a) override { a(wait_, cooldown_left_, best_); }
  SWEEPNET_INLINE void check_state(const training_history& history) const override;

 private:
  [[nodiscard]] bool improves(double value) const;

  reduce_lr_on_plateau_options options_;
  std::int64_t wait_ = 0;
  std::int64_t cooldown_left_ = 0;
  std::optional<double> best_{};
};

/// Ends training at the first loss that is not finite.
class terminate_on_nan final : public callback {
 public:
  SWEEPNET_INLINE void on_epoch_end(training_context& context, const epoch_record& record) override;
};

/// Leaves training after the epoch in which `seconds` have passed since train() or resume() was
/// called.
class time_budget final : public callback {
 public:
  /// Throws argument_error unless `seconds` is at least 0.
  explicit time_budget(double seconds);

  void on_train_begin(training_context&) override { watch_.restart(); }
  SWEEPNET_INLINE void on_epoch_end(training_context& context, const epoch_record&) override;

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
  explicit csv_logger(std::function<void(std::string_view)> write);

  SWEEPNET_INLINE void on_train_begin(training_context& context) override;

  SWEEPNET_INLINE void on_epoch_end(training_context&, const epoch_record& record) override;

 private:
  static std::string digits(double value);

  std::function<void(std::string_view)> write_;
  bool header_written_ = false;
};

}  // namespace sweepnet
SWEEPNET_END_EXACT;

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/training/callbacks.inl"
#endif
