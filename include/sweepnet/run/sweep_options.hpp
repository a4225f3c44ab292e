// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a program says of a whole sweep that it trains, and what it hears of it.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/run/options.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/run/sweep_outcome.hpp"
#include "sweepnet/run/sweep_planner.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/executor_group.hpp"

namespace sweepnet {

/// What a program hears of a sweep while it is trained, one call at a time.
class sweep_observer {
 public:
  virtual ~sweep_observer() = default;

  /// All runs have been looked at, none is begun; `cost` is the sum of their run_cost(), or about
  /// what remains of that where rules stop some.
  virtual void on_start(double /*cost*/) {}
  virtual void on_begin(const run_spec&, const executor&) {}
  /// The run has come to where it is compared with others: it goes on, or is over, later.
  virtual void on_pause(const run_spec&, const sweep_run&) {}
  /// The run is over, or was found finished.
  virtual void on_end(const run_spec&, const sweep_run&) {}
  /// What went wrong without ending the run, or what a stop waits for: a sentence and its newline.
  virtual void on_trouble(const run_spec&, const std::string&) {}
  /// Ten times a second, on the thread that called run_sweep().
  virtual void on_wait() {}
};

struct sweep_options {
  /// Threads in all; 0: one for each processor this process may use. In a group one for each run,
  /// and 0: as many as make its device busy.
  int workers = 0;
  double memory = 0;  ///< bytes that runs side by side may take; 0: what is available
  /// Keeps each run's files, as `train` does; unset: runs in memory alone.
  std::optional<run_options> files{};
  /// Runs whose files say that they failed, or are damaged, begin anew.
  bool retry_failed = false;
  std::vector<std::size_t> indices{};  ///< of the paramsets to train; none: all
  /// How these runs are compared on their way; unset: as the sweep's file says.
  std::optional<search_rules> search{};
  /// Runs that were stopped train on once the search is over.
  bool continue_stopped = false;
  /// What a stage asks (read_stage()), in place of a search; `run` is an index, and those of no
  /// `indices` are left out.
  std::optional<std::vector<sweep_task>> tasks{};
  kept_of_runs keep = kept_of_runs::best_models;
  /// Callbacks of one's own for the run of an index, made and called on its thread.
  std::function<std::vector<std::unique_ptr<callback>>(std::size_t index)> callbacks{};
  executor_factory executor{};         ///< what trains instead of the CPU's executor
  executor_group_factory group{};      ///< or what trains runs together
  sweep_observer* observer = nullptr;  ///< may be null
  const stop_request* stop = nullptr;  ///< null: nobody asks
  job_record record{};                 ///< what results tell of the job
};

}  // namespace sweepnet
