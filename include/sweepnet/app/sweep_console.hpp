// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is printed of many runs in one process: on a terminal a table that is drawn anew in its
// place, elsewhere a line for each run that is over, as long as they are not too many a second.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/drawn_lines.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/executor.hpp"

namespace sweepnet::app {

struct sweep_console_settings {
  int verbose = 1;  ///< 0: errors only; 1: a table on a terminal, else lines; 2: lines
  std::size_t runs = 0;
  /// What tells the paramset of an index from the others.
  std::function<std::string(std::size_t)> differences{};
  std::optional<storage::location> tensorboard{};  ///< where events of all runs go; unset: nowhere
};

class sweep_console final : public sweep_observer {
 public:
  SWEEPNET_INLINE sweep_console(const context& world, sweep_console_settings settings);
  sweep_console(const sweep_console&) = delete;  // a table is drawn once
  sweep_console& operator=(const sweep_console&) = delete;
  SWEEPNET_INLINE ~sweep_console() override;

  /// What each run is to have among its callbacks, so that the table knows how far it is, and
  /// TensorBoard, too.
  [[nodiscard]] SWEEPNET_INLINE std::vector<std::unique_ptr<callback>> callbacks_of(
      std::size_t index);

  SWEEPNET_INLINE void on_start(double cost) override;
  SWEEPNET_INLINE void on_begin(const run_spec& spec, const executor& executor) override;
  SWEEPNET_INLINE void on_pause(const run_spec& spec, const sweep_run& run) override;
  SWEEPNET_INLINE void on_end(const run_spec& spec, const sweep_run& run) override;
  SWEEPNET_INLINE void on_trouble(const run_spec& spec, const std::string& text) override;
  SWEEPNET_INLINE void on_wait() override;

  /// Takes the table away: what is printed next begins in its place.
  SWEEPNET_INLINE void erase();

 private:
  struct live_run;
  class live_callback;
  struct tally {
    std::size_t over = 0;  ///< found finished, or trained
    std::size_t found = 0;
    std::size_t done = 0;
    std::size_t stopped = 0;
    std::size_t failed = 0;
  };

  void count(const sweep_run& run);
  std::shared_ptr<live_run> take_live(std::size_t index);
  void account(const live_run& live, const sweep_run& run);
  void say_line(const std::string& line);
  [[nodiscard]] std::vector<std::string> table(std::int64_t columns) const;
  [[nodiscard]] std::string head(std::int64_t columns) const;
  [[nodiscard]] std::string best_line(std::int64_t columns) const;
  [[nodiscard]] std::string line_of(const live_run& run, std::int64_t columns) const;
  [[nodiscard]] double cost_under_way() const;

  const context* world_;
  sweep_console_settings settings_;
  bool draws_;
  tally tally_{};
  double cost_ = 0;                               ///< of all runs
  double cost_over_ = 0;                          ///< of those that are over
  double cost_trained_ = 0;                       ///< of these, here and now
  double rows_trained_ = 0;                       ///< training rows, all epochs
  std::map<std::size_t, std::int64_t> paused_{};  ///< epochs of runs that wait to be compared
  stopwatch began_{};
  std::optional<sweep_run> best_{};
  metric monitor_ = metric::val_accuracy;
  std::size_t told_failures_ = 0;
  static constexpr double lines_at_once = 30;
  double lines_allowed_ = lines_at_once;  ///< that may be printed now
  stopwatch since_line_{};
  std::size_t untold_ = 0;  ///< runs over since the last line
  drawn_lines drawn_{};     ///< the table
  std::optional<stopwatch> since_drawn_{};
  mutable std::mutex mutex_{};  ///< of the runs
  std::map<std::size_t, std::shared_ptr<live_run>> live_{};
};

/// "stopped after epoch 3 by median: val_loss 0.91, threshold 0.52"
[[nodiscard]] std::string text_of_stop(const early_stop& stop);

/// Seconds as people read them: "8 s", "3:07 min", "2:05 h".
[[nodiscard]] std::string text_of_seconds(double seconds);

}  // namespace sweepnet::app

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/app/sweep_console.inl"
#endif
