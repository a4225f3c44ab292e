// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// In which order the runs of a sweep are taken, how many at once, and how many threads each may
// have. None of it changes a bit of any run.

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// Multiply-adds of an epoch's products. With P parameters, R training and V validation rows:
///   P (3 R + V)
[[nodiscard]] inline double epoch_multiply_adds(std::int64_t parameters, std::int64_t training_rows,
                                                std::int64_t validation_rows) {
  return static_cast<double>(parameters) * static_cast<double>(3 * training_rows + validation_rows);
}

/// About how long a run takes beside others, before anything is known of this machine. With P
/// parameters, R training rows, V validation rows and S steps an epoch:
///   epochs (P (3 R + V) + 8 P S + 20000 S)
/// The three products of a step, the validation's one, the optimizer's pass over all parameters,
/// and what a step takes however small it is, in multiply-adds.
[[nodiscard]] inline double run_cost(const model_spec& model, const training_options& training,
                                     std::int64_t training_rows, std::int64_t validation_rows) {
  const std::int64_t size = parameter_layout(model).size;
  const auto parameters = static_cast<double>(size);
  const std::int64_t batch = std::max<std::int64_t>(training.batch_size, 1);
  const auto steps = static_cast<double>((training_rows + batch - 1) / batch);
  return static_cast<double>(training.epochs) *
         (epoch_multiply_adds(size, training_rows, validation_rows) + 8 * parameters * steps +
          20'000 * steps);
}

/// What is known of a run before it is taken.
struct queued_run {
  double cost = 0;           ///< as run_cost() has it
  double memory = 0;         ///< bytes that it takes while it trains and saves
  double device_memory = 0;  ///< bytes that it takes of a device's own
};

/// What runs take, or may take, of both together.
struct run_memory {
  double memory = 0;
  double device_memory = 0;
};

/// Hands runs to workers, the dearest first, those that fit into the memory that others leave. All
/// of its functions may be called by any thread.
class sweep_queue {
 public:
  /// A run that takes more than these bytes is handed out when no other is under way. None is
  /// before it is offered.
  sweep_queue(std::vector<queued_run> runs, int workers, const run_memory& bounds)
      : runs_(std::move(runs)), workers_(workers), bounds_(bounds) {}

  [[nodiscard]] const queued_run& of(std::size_t run) const { return runs_[run]; }

  /// More runs, behind the others. May be called while none is under way.
  void extend(const std::vector<queued_run>& runs) {
    const std::lock_guard lock(mutex_);
    runs_.insert(runs_.end(), runs.begin(), runs.end());
  }

  /// Lets workers have these runs, each with what is to be done for it costing `cost` now.
  struct offer {
    std::size_t run = 0;
    double cost = 0;
  };
  void add(const std::vector<offer>& offers) {
    {
      const std::lock_guard lock(mutex_);
      for (const offer& each : offers) {
        runs_[each.run].cost = each.cost;
        waiting_.push_back(each.run);
      }
      std::ranges::stable_sort(waiting_, std::ranges::greater{},
                               [this](std::size_t i) { return runs_[i].cost; });
    }
    changed_.notify_all();
  }

  /// The position of a run that the calling worker is to train; none, once the queue is closed.
  /// Waits while none is there, or none fits into memory.
  [[nodiscard]] std::optional<std::size_t> take() {
    std::unique_lock lock(mutex_);
    std::optional<std::size_t> found;
    changed_.wait(lock, [&] {
      if (closed_) return true;
      found = fitting();
      return found.has_value();
    });
    if (!found) return std::nullopt;
    used_.memory += runs_[*found].memory;
    used_.device_memory += runs_[*found].device_memory;
    under_way_.push_back(*found);
    return found;
  }

  /// Whether all that was offered is taken.
  [[nodiscard]] bool is_drained() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty();
  }
  /// Whether that is over, too.
  [[nodiscard]] bool is_idle() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() && under_way_.empty();
  }

  /// The run is over.
  void give_back(std::size_t run) {
    {
      const std::lock_guard lock(mutex_);
      std::erase(under_way_, run);
      used_.memory -= runs_[run].memory;
      used_.device_memory -= runs_[run].device_memory;
      if (under_way_.empty()) used_ = {};
    }
    changed_.notify_all();
  }

  /// Nothing more is handed out.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

  /// How many threads a run that is under way may have now: where no other can be begun, the cores
  /// of workers without work go to those that are left, the dearest first.
  [[nodiscard]] int threads_of(std::size_t run) const {
    const std::lock_guard lock(mutex_);
    if (under_way_.empty()) return 1;
    const auto runs = static_cast<int>(under_way_.size());
    const int spare = no_work_for_more() ? workers_ - runs : 0;
    const auto dearer = std::ranges::count_if(under_way_, [&](std::size_t other) {
      return runs_[other].cost > runs_[run].cost ||
             (runs_[other].cost == runs_[run].cost && other < run);
    });
    return 1 + spare / runs + (dearer < spare % runs ? 1 : 0);
  }

 private:
  [[nodiscard]] bool fits(std::size_t run) const {
    return under_way_.empty() ||
           (used_.memory + runs_[run].memory <= bounds_.memory &&
            used_.device_memory + runs_[run].device_memory <= bounds_.device_memory);
  }

  [[nodiscard]] bool no_work_for_more() const {
    return closed_ || std::ranges::none_of(waiting_, [this](std::size_t run) { return fits(run); });
  }

  /// The first run in order that fits, taken out of it.
  std::optional<std::size_t> fitting() {
    const auto found =
        std::ranges::find_if(waiting_, [this](std::size_t run) { return fits(run); });
    if (found == waiting_.end()) return std::nullopt;
    const std::size_t run = *found;
    waiting_.erase(found);
    return run;
  }

  std::vector<queued_run> runs_;
  int workers_;
  run_memory bounds_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> waiting_;  ///< the dearest first
  std::vector<std::size_t> under_way_;
  run_memory used_;  ///< by the runs under way
  bool closed_ = false;
};

}  // namespace sweepnet
