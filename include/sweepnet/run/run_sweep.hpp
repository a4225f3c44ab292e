// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A whole sweep in one process: its runs side by side, a thread each, on data that are held once.
// Each run's model, history and state are those of the run alone, bit by bit, whatever runs beside
// it, in whichever order, by however many threads.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

/// What came of one run of a sweep.
struct sweep_run {
  std::size_t index = 0;
  /// done, budget or failed; interrupted or missing if the sweep was stopped; damaged where its
  /// files are.
  run_phase phase = run_phase::missing;
  bool trained = false;              ///< here and now, not found finished
  exit_code code = exit_code::done;  ///< of what failed
  std::string error{};               ///< why it failed, or is damaged
  std::int64_t epochs = 0;           ///< that it has finished
  training_history history{};        ///< as far as it came
  /// By its monitored metric; epoch 0: none was good enough, or it lies in the state of a run with
  /// files that was interrupted.
  epoch_record best_epoch{};
  trained_model best{};               ///< with the weights of that epoch
  std::optional<run_state> state{};   ///< after its last epoch, or where it was stopped
  std::string model_path{};           ///< of a run with files
  std::optional<metric> monitored{};  ///< the metric by which its best epoch was told

  [[nodiscard]] bool has_model() const { return best_epoch.epoch > 0; }
  /// Of the best epoch; nothing without one.
  [[nodiscard]] std::optional<double> value_of(metric m) const {
    return has_model() ? best_epoch.value_of(m) : std::nullopt;
  }
};

/// Runs of an outcome, best first; it borrows them.
class ranked_runs {
 public:
  explicit ranked_runs(std::vector<const sweep_run*> runs) : runs_(std::move(runs)) {}

  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = sweep_run;
    using difference_type = std::ptrdiff_t;
    using pointer = const sweep_run*;
    using reference = const sweep_run&;

    iterator() = default;
    explicit iterator(const sweep_run* const* at) : at_(at) {}
    reference operator*() const { return **at_; }
    pointer operator->() const { return *at_; }
    iterator& operator++() {
      ++at_;
      return *this;
    }
    iterator operator++(int) { return iterator(at_++); }
    bool operator==(const iterator&) const = default;

   private:
    const sweep_run* const* at_ = nullptr;
  };

  [[nodiscard]] std::size_t size() const { return runs_.size(); }
  [[nodiscard]] bool empty() const { return runs_.empty(); }
  [[nodiscard]] const sweep_run& operator[](std::size_t place) const { return *runs_[place]; }
  [[nodiscard]] const sweep_run& front() const { return *runs_.front(); }
  [[nodiscard]] iterator begin() const { return iterator(runs_.data()); }
  [[nodiscard]] iterator end() const { return iterator(runs_.data() + runs_.size()); }

 private:
  std::vector<const sweep_run*> runs_;
};

/// What came of a sweep.
struct sweep_outcome {
  std::vector<sweep_run> runs{};          ///< of each index that was to be trained, in that order
  std::string stopped_by{};               ///< what asked it to stop before all were trained
  metric monitor = metric::val_accuracy;  ///< by which runs are ranked: the first paramset's

  /// The runs with a model, the best value of `monitor` first, of equal ones the lowest index.
  [[nodiscard]] ranked_runs ranked() const&;
  ranked_runs ranked() const&& = delete;  // it would borrow what is gone
};

/// What an outcome holds of each run, beside its best epoch's record.
enum class kept_of_runs {
  summaries,    ///< nothing more
  histories,    ///< all epochs' records
  best_models,  ///< and the best model
  states        ///< and the state to go on from
};

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
  int workers = 0;    ///< threads in all; 0: one for each processor this process may use
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
      {.size = sweep.size(),
       .with_files =
           [&](std::size_t index, const std::string& digest, const run_options& files) {
             return spec_of_run(sweep, index, data, digest, files);
           },
       .in_memory =
           [&](std::size_t index) {
             const P& p = sweep.paramsets[index];
             return run_spec{.index = index,
                             .sweep_size = sweep.size(),
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
