// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/asha_course.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/stopping_rules.hpp"

namespace sweepnet::detail {

SWEEPNET_INLINE void asha_rung::add(double loss, std::size_t run, bool goes_on, double eta) {
  ++count_;
  if (std::isfinite(loss)) {
    rest_.emplace(loss, run);
    if (goes_on) waiting_.emplace(loss, run);
  }
  // first: the best floor(count / eta) of all here
  const auto places = static_cast<std::size_t>(std::floor(static_cast<double>(count_) / eta));
  while (!rest_.empty() && first_.size() < places) first_.insert(rest_.extract(rest_.begin()));
  while (!rest_.empty() && !first_.empty() && *rest_.begin() < *first_.rbegin()) {
    rest_.insert(first_.extract(std::prev(first_.end())));
    first_.insert(rest_.extract(rest_.begin()));
  }
}

SWEEPNET_INLINE std::size_t asha_rung::take() {
  const auto [loss, run] = *waiting_.begin();
  waiting_.erase(waiting_.begin());
  worst_taken_ = std::max(worst_taken_.value_or(loss), loss);
  return run;
}

SWEEPNET_INLINE asha_simulation::asha_simulation(const early_terminations::asha& rule,
                                                 const search_rules& rules,
                                                 std::span<const searched_run> runs)
    : rule_(rule),
      rules_(rules),
      runs_(runs),
      epochs_(halving_rungs(rule.min_epochs, rule.eta, rule.max_epochs.value_or(longest_of(runs)))),
      rungs_(epochs_.size()),
      at_(runs.size()) {}

SWEEPNET_INLINE void asha_simulation::go_on(std::span<const run_progress> progress) {
  if (course_.finished) return;
  course_.ahead.clear();
  for (;;) {
    while (std::ssize(under_way_) < rule_.parallel && begin_one()) {
    }
    if (under_way_.empty()) break;
    const job next = *under_way_.begin();
    if (unnamed_.contains(next.run)) name_stage();
    if (!progress[next.run].has_come_to(next.until)) {
      course_.ahead = unnamed();
      return;
    }
    under_way_.erase(under_way_.begin());
    finish(next, progress[next.run]);
  }
  stop_the_rest(progress);
  course_.finished = true;
}

/// What workers are at and no stage has.
SWEEPNET_INLINE std::vector<run_leg> asha_simulation::unnamed() const {
  std::vector<run_leg> legs;
  for (const std::size_t run : unnamed_) legs.push_back({.run = run, .until = at_[run].epoch});
  return legs;
}

SWEEPNET_INLINE void asha_simulation::name_stage() {
  course_.stages.push_back({.legs = unnamed()});
  unnamed_.clear();
}

SWEEPNET_INLINE void asha_simulation::begin(std::size_t run) {
  place& at = at_[run];
  const std::int64_t rung = at.rung < epochs_.size() ? epochs_[at.rung] : runs_[run].epochs;
  const std::int64_t until = std::min(rung, runs_[run].epochs);
  const double cost = static_cast<double>(until - at.epoch) * runs_[run].epoch_cost;
  under_way_.insert({.ends = now_ + cost, .run = run, .until = until});
  unnamed_.insert(run);
  at.epoch = until;
}

SWEEPNET_INLINE void asha_simulation::promote(std::size_t rung) {
  const std::size_t run = rungs_[rung].take();
  at_[run].rung = rung + 1;
  at_[run].waits = false;
  begin(run);
}

/// Gives a worker something to do, if there is something.
SWEEPNET_INLINE bool asha_simulation::begin_one() {
  for (std::size_t k = rungs_.size(); k-- > 0;) {
    if (rungs_[k].has_promotable()) return promote(k), true;
  }
  if (next_ < runs_.size() && !target_reached_) return begin(next_++), true;
  return under_way_.empty() && begin_last();
}

/// Fewer than eta runs at a rung promote none of them; the best of the highest one goes on, if
/// none has come to its end.
SWEEPNET_INLINE bool asha_simulation::begin_last() {
  for (std::size_t k = rungs_.size(); k-- > 0 && !one_ended_;) {
    if (rungs_[k].has_waiting()) return promote(k), true;
  }
  return false;
}

SWEEPNET_INLINE void asha_simulation::finish(const job& each, const run_progress& known) {
  now_ = each.ends;
  target_reached_ = target_reached_ || reaches_target(rules_, known, each.until);
  const bool over = each.until >= runs_[each.run].epochs ||
                    (known.over && std::ssize(known.values) <= each.until);
  const double loss = loss_at(known, each.until);
  one_ended_ = one_ended_ || (over && std::isfinite(loss));
  place& at = at_[each.run];
  if (at.rung >= rungs_.size()) return;
  rungs_[at.rung].add(loss, each.run, !over, rule_.eta);
  at.waits = !over;
}

SWEEPNET_INLINE double asha_simulation::loss_at(const run_progress& known,
                                                std::int64_t epoch) const {
  return loss_of(rules_, at_epoch(known.values, epoch));
}

SWEEPNET_INLINE void asha_simulation::stop_the_rest(std::span<const run_progress> progress) {
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    const place& at = at_[run];
    if (!at.waits) continue;
    course_.stages.back().stops.push_back(
        {.run = run,
         .why = stop_of(rules_, at.epoch, loss_at(progress[run], at.epoch),
                        rungs_[at.rung].worst_taken())});
  }
}

}  // namespace sweepnet::detail
