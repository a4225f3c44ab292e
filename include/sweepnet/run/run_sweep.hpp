// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A whole sweep in one process: its runs side by side, a thread each, on data that are held once,
// on a GPU as members of a group. Each run's model, history and state are those of the run alone,
// bit by bit, whatever runs beside it, in whichever order, by however many threads.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/run/sweep_outcome.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/executor_group.hpp"

namespace sweepnet {

/// What a program hears of a sweep while it is trained, one call at a time.
class sweep_observer {
 public:
  virtual ~sweep_observer() = default;

  /// All runs have been looked at, none is begun; `cost` is the sum of their run_cost().
  virtual void on_start(double /*cost*/) {}
  virtual void on_begin(const run_spec&, const executor&) {}
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
  kept_of_runs keep = kept_of_runs::best_models;
  /// Callbacks of one's own for the run of an index, made and called on its thread.
  std::function<std::vector<std::unique_ptr<callback>>(std::size_t index)> callbacks{};
  executor_factory executor{};         ///< what trains instead of the CPU's executor
  executor_group_factory group{};      ///< or what trains runs together
  sweep_observer* observer = nullptr;  ///< may be null
  const stop_request* stop = nullptr;  ///< null: nobody asks
  job_record record{};                 ///< what results tell of the job
};

namespace detail {

/// The runs of a sweep, for those who do not know its paramset type.
struct sweep_source {
  std::size_t size = 0;
  /// With the places of its files, on data of that digest.
  std::function<run_spec(std::size_t index, const std::string& data_digest, const run_options&)>
      with_files;
  std::function<run_spec(std::size_t index)> in_memory;
};

[[nodiscard]] sweep_outcome run_sweep(const sweep_source& source, const dataset& data,
                                      const sweep_options& options);

}  // namespace detail

/// Trains the paramsets of a sweep, each by its monitor and callbacks: the dearest first, so many
/// at once as there are workers and memory for; when none is left to begin, those under way share
/// the threads. A run that fails is told in the outcome, and the others go on. With files, those
/// that are finished are not trained again, those that were interrupted go on, and once `stop` is
/// asked all are saved. Throws what train_run() does for paramsets that are wrong, before any is
/// trained; io_error where files could not be synced; and, once all others are saved, what is no
/// sweepnet error but came out of a run.
template <trainable_paramset P>
[[nodiscard]] sweep_outcome run_sweep(const sweep<P>& sweep, const dataset& data,
                                      const sweep_options& options = {}) {
  return detail::run_sweep(
      {.size = sweep.count(),
       .with_files =
           [&](std::size_t index, const std::string& digest, const run_options& files) {
             return spec_of_run(sweep, index, data, digest, files);
           },
       .in_memory =
           [&](std::size_t index) {
             const P p = sweep.at(index);
             return run_spec{.index = index,
                             .sweep_size = sweep.count(),
                             .identity = {.paramset = encode(p)},
                             .model = build_model(p, data.inputs(), data.classes()),
                             .training = training_options_of(p),
                             .callbacks = callbacks_of(p)};
           }},
      data, options);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/run_sweep.inl"
#endif
