// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/asha_course.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/stopping_rules.hpp"

namespace sweepnet::detail {

/// What came to a rung.
class asha_rung {
 public:
  /// `goes_on` is false for a run that was over there: it has its place and needs no worker.
  void add(double loss, std::size_t run, bool goes_on, double eta) {
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

  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  /// Whether the best run that waits is among the first 1/eta.
  [[nodiscard]] bool has_promotable() const {
    return has_waiting() && !first_.empty() && *waiting_.begin() <= *first_.rbegin();
  }
  /// The best run that waits, which does so no longer.
  std::size_t take() {
    const auto [loss, run] = *waiting_.begin();
    waiting_.erase(waiting_.begin());
    worst_taken_ = std::max(worst_taken_.value_or(loss), loss);
    return run;
  }
  [[nodiscard]] const std::optional<double>& worst_taken() const { return worst_taken_; }

 private:
  using ranked = std::set<std::pair<double, std::size_t>>;  ///< by loss, then by run

  std::size_t count_ = 0;
  ranked first_{};
  ranked rest_{};
  ranked waiting_{};
  std::optional<double> worst_taken_{};
};

class asha_simulation {
 public:
  asha_simulation(const early_terminations::asha& rule, const search_rules& rules,
                  std::span<const searched_run> runs, std::span<const run_progress> progress)
      : rule_(rule),
        rules_(rules),
        runs_(runs),
        progress_(progress),
        epochs_(
            halving_rungs(rule.min_epochs, rule.eta, rule.max_epochs.value_or(longest_of(runs)))),
        rungs_(epochs_.size()),
        at_(runs.size()) {}

  search_course course() {
    for (;;) {
      while (std::ssize(under_way_) < rule_.parallel && begin_one()) {
      }
      if (under_way_.empty()) break;
      const job next = *under_way_.begin();
      if (!is_named(next)) name_stage();
      if (!progress_[next.run].has_come_to(next.until)) {
        course_.ahead = unnamed();
        return std::move(course_);
      }
      under_way_.erase(under_way_.begin());
      finish(next);
    }
    stop_the_rest();
    course_.finished = true;
    return std::move(course_);
  }

 private:
  /// Ordered by when it ends, then by its run.
  struct job {
    double ends = 0;
    std::size_t run = 0;
    std::int64_t until = 0;
    bool operator<(const job& other) const {
      return std::pair(ends, run) < std::pair(other.ends, other.run);
    }
  };

  /// Where a run is.
  struct place {
    std::int64_t epoch = 0;
    std::int64_t named = 0;  ///< until which epoch stages have it
    std::size_t rung = 0;    ///< that it goes to, or waits at
    bool waits = false;
  };

  [[nodiscard]] bool is_named(const job& each) const { return at_[each.run].named >= each.until; }

  /// What workers are at and no stage has.
  [[nodiscard]] std::vector<run_leg> unnamed() const {
    std::vector<run_leg> legs;
    for (const job& each : under_way_) {
      if (!is_named(each)) legs.push_back({.run = each.run, .until = each.until});
    }
    std::ranges::sort(legs, {}, &run_leg::run);
    return legs;
  }

  void name_stage() {
    course_.stages.push_back({.legs = unnamed()});
    for (const run_leg& leg : course_.stages.back().legs) at_[leg.run].named = leg.until;
  }

  void begin(std::size_t run) {
    place& at = at_[run];
    const std::int64_t rung = at.rung < epochs_.size() ? epochs_[at.rung] : runs_[run].epochs;
    const std::int64_t until = std::min(rung, runs_[run].epochs);
    const double cost = static_cast<double>(until - at.epoch) * runs_[run].epoch_cost;
    under_way_.insert({.ends = now_ + cost, .run = run, .until = until});
    at.epoch = until;
  }

  void promote(std::size_t rung) {
    const std::size_t run = rungs_[rung].take();
    at_[run].rung = rung + 1;
    at_[run].waits = false;
    begin(run);
  }

  /// Gives a worker something to do, if there is something.
  bool begin_one() {
    for (std::size_t k = rungs_.size(); k-- > 0;) {
      if (rungs_[k].has_promotable()) return promote(k), true;
    }
    if (next_ < runs_.size() && !target_reached_) return begin(next_++), true;
    return under_way_.empty() && begin_last();
  }

  /// Fewer than eta runs at a rung promote none of them; the best of the highest one goes on, if
  /// none has come to its end.
  bool begin_last() {
    for (std::size_t k = rungs_.size(); k-- > 0 && !one_ended_;) {
      if (rungs_[k].has_waiting()) return promote(k), true;
    }
    return false;
  }

  void finish(const job& each) {
    now_ = each.ends;
    const run_progress& known = progress_[each.run];
    target_reached_ = target_reached_ || reaches_target(rules_, known, each.until);
    const bool over = each.until >= runs_[each.run].epochs ||
                      (known.over && std::ssize(known.values) <= each.until);
    const double loss = loss_at(each.run, each.until);
    one_ended_ = one_ended_ || (over && std::isfinite(loss));
    place& at = at_[each.run];
    if (at.rung >= rungs_.size()) return;
    rungs_[at.rung].add(loss, each.run, !over, rule_.eta);
    at.waits = !over;
  }

  [[nodiscard]] double loss_at(std::size_t run, std::int64_t epoch) const {
    return loss_of(rules_, at_epoch(progress_[run].values, epoch));
  }

  void stop_the_rest() {
    for (std::size_t run = 0; run < runs_.size(); ++run) {
      const place& at = at_[run];
      if (!at.waits) continue;
      course_.stages.back().stops.push_back(
          {.run = run,
           .why =
               stop_of(rules_, at.epoch, loss_at(run, at.epoch), rungs_[at.rung].worst_taken())});
    }
  }

  const early_terminations::asha& rule_;
  const search_rules& rules_;
  std::span<const searched_run> runs_;
  std::span<const run_progress> progress_;
  std::vector<std::int64_t> epochs_;
  std::vector<asha_rung> rungs_;
  std::vector<place> at_;
  std::set<job> under_way_{};
  std::size_t next_ = 0;
  double now_ = 0;
  bool target_reached_ = false;
  bool one_ended_ = false;
  search_course course_{};
};

SWEEPNET_INLINE search_course asha_course(const early_terminations::asha& rule,
                                          const search_rules& rules,
                                          std::span<const searched_run> runs,
                                          std::span<const run_progress> progress) {
  return asha_simulation(rule, rules, runs, progress).course();
}

}  // namespace sweepnet::detail
