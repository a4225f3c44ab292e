// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a program of one's own hears of training, and how it steers it: a class derived from
// `callback` overrides the hooks that it wants. train() calls them in the order in which the
// callbacks are given.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/training/archive.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/metrics.hpp"
#include "sweepnet/training/options.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

/// What callbacks see and steer.
struct training_context {
  sweepnet::executor& executor;
  const training_options& options;
  const training_history& history;  ///< the finished epochs
  std::int64_t training_rows = 0;
  std::int64_t validation_rows = 0;
  bool stop = false;  ///< set it to end training after this epoch, for good
  std::string stop_reason{};
  /// Set it to leave training after this epoch as a run that resume() takes up again; what
  /// capture() gives says nothing of it.
  std::string leave_reason{};
  /// The run as it stands, from any hook. Copies the executor's state; a callback sees the changes
  /// only of those that were given before it.
  std::function<run_state()> capture{};
  /// The same without parameters and best parameters, for who takes the executor's shared ones.
  std::function<run_state()> capture_but_weights{};
};

class callback {
 public:
  virtual ~callback() = default;

  virtual void on_train_begin(training_context&) {}
  virtual void on_epoch_begin(training_context&, std::int64_t /*epoch*/) {}  ///< counted from 1
  virtual void on_step(training_context&, const pass_progress&) {}
  virtual void on_validation_step(training_context&, const pass_progress&) {}
  virtual void on_epoch_end(training_context&, const epoch_record&) {}
  virtual void on_train_end(training_context&) {}

  /// The metric whose value it needs, if any: its absence is an error before epoch 1.
  [[nodiscard]] virtual std::optional<metric> watched() const { return std::nullopt; }

  /// Tells the state of this callback from those of others in a run's state. Empty: it has none.
  [[nodiscard]] virtual std::string_view name() const { return {}; }
  /// Names the members that a resumed run restores: a(wait, best).
  virtual void state(archive&) {}
  /// Throws argument_error unless what state() restored fits the history.
  virtual void check_state(const training_history&) const {}

 protected:
  callback() = default;
  callback(const callback&) = default;  // a callback is copied as what it is, never as its base
  callback(callback&&) = default;
  callback& operator=(const callback&) = default;
  callback& operator=(callback&&) = default;
};

}  // namespace sweepnet
