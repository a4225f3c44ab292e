// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/sweep_planner.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/told_runs.hpp"

namespace sweepnet {

SWEEPNET_INLINE sweep_planner::sweep_planner(const search_rules& rules,
                                             std::vector<searched_run> runs,
                                             std::vector<run_progress> progress,
                                             bool continue_stopped)
    : rules_(rules),
      runs_(std::move(runs)),
      progress_(std::move(progress)),
      asked_(runs_.size()),
      is_told_(runs_.size()),
      continue_stopped_(continue_stopped) {
  for (const run_progress& each : progress_) is_found_.push_back(each.over);
  course_.emplace(rules_, runs_);
}

SWEEPNET_INLINE void sweep_planner::add_leg(const run_leg& leg, std::vector<sweep_task>& tasks) {
  const std::int64_t before = std::max(asked_[leg.run], std::ssize(progress_[leg.run].values));
  if (is_found_[leg.run]) {  // to look at its files once is all that there is to do
    if (asked_[leg.run] > 0) return;
    asked_[leg.run] = runs_[leg.run].epochs;
  } else {
    if (asked_[leg.run] >= leg.until || progress_[leg.run].has_come_to(leg.until)) return;
    asked_[leg.run] = leg.until;
  }
  sweep_task task{.run = leg.run};
  task.share = static_cast<double>(leg.until - std::min(before, leg.until)) /
               static_cast<double>(runs_[leg.run].epochs);
  if (!rules_.is_plain()) {
    task.leg = leg_of_run{.until = leg.until, .waits = waiting_at(rules_, runs_[leg.run], leg)};
  }
  tasks.push_back(std::move(task));
}

SWEEPNET_INLINE void sweep_planner::add_stop(const stopped_run& stop,
                                             std::vector<sweep_task>& tasks) {
  if (progress_[stop.run].over || is_told_[stop.run]) return;
  is_told_[stop.run] = true;
  if (continue_stopped_) {
    add_leg({.run = stop.run, .until = runs_[stop.run].epochs}, tasks);
  } else {
    tasks.push_back({.run = stop.run, .leg = {}, .stop = stop.why, .share = 0});
  }
}

SWEEPNET_INLINE std::vector<sweep_task> sweep_planner::more() {
  if (given_) {
    finished_ = given_->empty();
    return std::exchange(*given_, {});
  }
  const search_course& course = course_->at(progress_);
  std::vector<sweep_task> tasks;
  const std::size_t all = course.stages.size();
  for (std::size_t k = stages_seen_; k < all; ++k) {
    for (const run_leg& leg : course.stages[k].legs) add_leg(leg, tasks);
  }
  for (const run_leg& leg : course.ahead) add_leg(leg, tasks);
  // Before the end nobody that was stopped goes on.
  const bool from_the_first = continue_stopped_ && course.finished;
  for (std::size_t k = from_the_first || stages_seen_ == 0 ? 0 : stages_seen_ - 1; k < all; ++k) {
    if (continue_stopped_ && !course.finished) break;
    for (const stopped_run& stop : course.stages[k].stops) add_stop(stop, tasks);
  }
  stages_seen_ = all;
  finished_ = course.finished && tasks.empty();
  if (finished_) told_ = told_by(rules_, course, progress_);
  return tasks;
}

SWEEPNET_INLINE void sweep_planner::note(std::size_t run, run_progress progress) {
  if (!given_) progress_[run] = std::move(progress);
}

SWEEPNET_INLINE double expected_cost(const search_rules& rules, std::span<const searched_run> runs,
                                     std::span<const double> costs) {
  const search_course course = rules.is_plain() ? search_course{} : expected_course(rules, runs);
  if (!course.finished) return std::accumulate(costs.begin(), costs.end(), 0.0);
  std::vector<std::int64_t> reached(runs.size());
  for (const search_stage& stage : course.stages) {
    for (const run_leg& leg : stage.legs) reached[leg.run] = leg.until;
  }
  double cost = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    cost += costs[i] * static_cast<double>(reached[i]) / static_cast<double>(runs[i].epochs);
  }
  return cost;
}

}  // namespace sweepnet
