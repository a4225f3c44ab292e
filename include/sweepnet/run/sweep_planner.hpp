// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is to be done next for the runs of a sweep in one process: the course of its search, handed
// out task by task. It knows neither threads nor files; whoever uses it calls it one at a time.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/run/leg.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_course.hpp"
#include "sweepnet/sweep/searched_points.hpp"

namespace sweepnet {

/// Trains a run, which others call by its position, or tells it that it is stopped.
struct sweep_task {
  std::size_t run = 0;
  std::optional<leg_of_run> leg{};   ///< none, and no stop: all of the run, if nobody stopped it
  std::optional<early_stop> stop{};  ///< judged: nothing is trained
  double share = 1;                  ///< of the run's epochs that the leg has
};

class sweep_planner {
 public:
  /// `progress` is what files say of the runs. Of those that were stopped, the ones that
  /// `continue_stopped` is for train on once all others are over.
  sweep_planner(const search_rules& rules, std::vector<searched_run> runs,
                std::vector<run_progress> progress, bool continue_stopped);
  /// No search: these tasks, and no others.
  explicit sweep_planner(std::vector<sweep_task> tasks) : given_(std::move(tasks)) {}
  sweep_planner(const sweep_planner&) = delete;  // its course looks at its runs
  sweep_planner& operator=(const sweep_planner&) = delete;

  /// The tasks that can be done now and were not given out before.
  [[nodiscard]] std::vector<sweep_task> more();

  /// What came of a run's task.
  void note(std::size_t run, run_progress progress);

  /// Whether all runs were trained or stopped as the rules ask; after more() gave nothing.
  [[nodiscard]] bool is_finished() const { return finished_; }

  /// Once it is: what came of each run.
  [[nodiscard]] const std::vector<told_run>& told() const { return told_; }

 private:
  void add_leg(const run_leg& leg, std::vector<sweep_task>& tasks);
  void add_stop(const stopped_run& stop, std::vector<sweep_task>& tasks);

  std::optional<std::vector<sweep_task>> given_{};
  search_rules rules_{};
  std::vector<searched_run> runs_{};
  std::vector<run_progress> progress_{};
  std::vector<std::int64_t> asked_{};  ///< until which epoch each run was given out
  std::vector<bool> is_told_{};        ///< that it is stopped
  std::vector<bool> is_found_{};       ///< over, as files say
  std::optional<growing_course> course_{};
  std::size_t stages_seen_ = 0;  ///< of the course, whose legs were looked at
  std::vector<told_run> told_{};
  bool continue_stopped_ = false;
  bool finished_ = false;
};

/// What all runs cost as far as the rules are expected to let them be trained, of what each costs
/// whole.
[[nodiscard]] double expected_cost(const search_rules& rules, std::span<const searched_run> runs,
                                   std::span<const double> costs);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/sweep_planner.inl"
#endif
