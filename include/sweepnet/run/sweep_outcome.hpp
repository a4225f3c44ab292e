// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What came of a sweep: its runs, and which of them are the best.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/boxed.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/searched_points.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

/// What came of one run of a sweep.
struct sweep_run {
  std::size_t index = 0;
  /// done, stopped, budget or failed; interrupted or missing if the sweep was stopped, missing also
  /// where another run's reaching the target left it unbegun; damaged where its files are.
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
  boxed<early_stop> stopped{};        ///< of phase stopped: by which rule, and why
  boxed<run_state> state{};           ///< after its last epoch, or where it was stopped
  std::string model_path{};           ///< of a run with files
  std::optional<metric> monitored{};  ///< the metric by which its best epoch was told

  [[nodiscard]] bool has_model() const { return best_epoch.epoch > 0; }
  /// Whether it has come to where it is compared with others, and was not yet.
  [[nodiscard]] bool waits() const {
    return phase == run_phase::stopped && stopped && !stopped->judged;
  }
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
  std::vector<sweep_run> runs{};  ///< of each index that was to be trained, in that order
  std::string stopped_by{};       ///< what asked it to stop before all were trained
  bool searched = false;  ///< nothing is left to train: all were trained or stopped as is asked
  metric monitor = metric::val_accuracy;  ///< by which runs are ranked: the first paramset's
  /// Of a sweep that learns: what to tell() it, so that it knows the paramsets of all these runs.
  std::vector<told_run> told{};

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

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/sweep_outcome.inl"
#endif
