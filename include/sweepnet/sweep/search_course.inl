// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/search_course.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <iterator>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/sweep/asha_course.hpp"
#include "sweepnet/sweep/stopping_rules.hpp"

namespace sweepnet {

namespace detail {

/// Runs that are compared with one another.
struct contest {
  std::optional<std::int64_t> bracket{};
  std::vector<std::size_t> members{};
  std::vector<std::int64_t> rungs{};  ///< epochs of comparison
  std::int64_t each_from = 0;         ///< above 0: instead, each epoch from here on

  /// Nothing behind the last one.
  [[nodiscard]] std::optional<std::int64_t> rung(std::size_t k) const {
    if (each_from > 0) return each_from + static_cast<std::int64_t>(k);
    return k < rungs.size() ? std::optional(rungs[k]) : std::nullopt;
  }
};

/// The contests of a rule whose runs go from rung to rung together.
inline std::vector<contest> contests_of(const search_rules& rules,
                                        std::span<const searched_run> runs) {
  using namespace early_terminations;
  const std::int64_t longest = longest_of(runs);
  contest all;
  for (std::size_t i = 0; i < runs.size(); ++i) all.members.push_back(i);
  if (const auto* rule = std::get_if<hyperband>(&rules.early)) {
    std::vector<contest> contests;
    for (hyperband_bracket& bracket :
         brackets_of(*rule, rule->max_epochs.value_or(longest), runs.size())) {
      contests.push_back(
          {.bracket = bracket.number,
           .members = {all.members.begin() + static_cast<std::ptrdiff_t>(bracket.first),
                       all.members.begin() + static_cast<std::ptrdiff_t>(bracket.last)},
           .rungs = std::move(bracket.rungs)});
    }
    return contests;
  }
  if (const auto* bands = std::get_if<wandb_hyperband>(&rules.early)) {
    all.rungs = bands_of(*bands, longest);
  } else if (const auto* halving = std::get_if<successive_halving>(&rules.early)) {
    all.rungs =
        halving_rungs(halving->min_epochs, halving->eta, halving->max_epochs.value_or(longest));
  } else if (const auto* once = std::get_if<i_epoch>(&rules.early)) {
    all.rungs = {once->epochs};
  } else if (const auto* each = std::get_if<median>(&rules.early)) {
    all.each_from = each->min_epochs;
  }
  return {std::move(all)};
}

/// A search whose runs go from rung to rung together.
class lockstep {
 public:
  lockstep(const search_rules& rules, std::span<const searched_run> runs,
           std::span<const run_progress> progress)
      : rules_(rules),
        runs_(runs),
        progress_(progress),
        contests_(contests_of(rules, runs)),
        losses_(runs.size()),
        reached_(runs.size()),
        running_(runs.size()) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      for (const double value : progress[i].values) losses_[i].push_back(loss_of(rules, value));
    }
  }

  search_course course() {
    if (!begin_all()) return std::move(course_);
    for (std::size_t k = 0;; ++k) {
      judge(k);
      search_stage stage;
      for (const contest& each : contests_) {
        for (const std::size_t run : each.members) {
          if (goes_on(run))
            stage.legs.push_back(
                {.run = run, .until = end_of(run, each.rung(k + 1)), .bracket = each.bracket});
        }
      }
      if (stage.legs.empty()) break;
      if (!pass(std::move(stage))) return std::move(course_);
    }
    course_.finished = true;
    return std::move(course_);
  }

 private:
  [[nodiscard]] std::int64_t end_of(std::size_t run, std::optional<std::int64_t> rung) const {
    return rung ? std::min(*rung, runs_[run].epochs) : runs_[run].epochs;
  }

  [[nodiscard]] bool is_over(std::size_t run) const {
    const run_progress& known = progress_[run];
    return reached_[run] >= runs_[run].epochs ||
           (known.over && std::ssize(known.values) <= reached_[run]);
  }
  [[nodiscard]] bool goes_on(std::size_t run) const { return running_[run] && !is_over(run); }

  /// Adds a stage. False: results of it are missing.
  bool pass(search_stage stage) {
    bool is_done = true;
    for (const run_leg& leg : stage.legs) {
      is_done = is_done && progress_[leg.run].has_come_to(leg.until);
      running_[leg.run] = true;
      reached_[leg.run] = leg.until;
    }
    course_.stages.push_back(std::move(stage));
    return is_done;
  }

  /// Trains all runs to their first rung, or so many as the target lets begin.
  bool begin_all() {
    std::vector<run_leg> first;
    for (const contest& each : contests_) {
      for (const std::size_t run : each.members) {
        first.push_back({.run = run, .until = end_of(run, each.rung(0)), .bracket = each.bracket});
      }
    }
    const std::size_t at_once = rules_.target ? rules_.at_once : first.size();
    for (auto next = first.begin(); next != first.end();) {
      const auto end = next + std::min(static_cast<std::ptrdiff_t>(at_once), first.end() - next);
      if (!pass({.legs = {next, end}})) return false;
      const bool reached = std::any_of(next, end, [&](const run_leg& leg) {
        return reaches_target(rules_, progress_[leg.run], leg.until);
      });
      next = reached ? first.end() : end;
    }
    return true;
  }

  [[nodiscard]] compared_run compared(std::size_t run) const {
    const auto known = std::min(std::ssize(losses_[run]), reached_[run]);
    return {.losses = std::span(losses_[run]).first(static_cast<std::size_t>(known)),
            .running = goes_on(run)};
  }

  [[nodiscard]] std::vector<judgement> judged(std::int64_t rung,
                                              std::span<const compared_run> runs) const {
    using namespace early_terminations;
    return visit_alternative(
        [&]<class Rule>(const Rule& rule) -> std::vector<judgement> {
          if constexpr (std::same_as<Rule, wandb_hyperband>) return judge_by_bands(rule, runs);
          if constexpr (std::same_as<Rule, median>) return judge_by_median(rule, runs, rung);
          if constexpr (std::same_as<Rule, i_epoch>) {
            return judge_by_rank(runs, rung, static_cast<std::size_t>(rule.keep));
          }
          if constexpr (requires { rule.min_epochs, rule.eta; }) {
            return judge_by_rank(runs, rung, survivors_of(runs.size(), rule.eta));
          }
          return {};
        },
        rules_.early);
  }

  /// Compares the runs at their k-th rung. By rank only those are that none has stopped before.
  void judge(std::size_t k) {
    const bool all_that_came =
        std::holds_alternative<early_terminations::wandb_hyperband>(rules_.early) ||
        std::holds_alternative<early_terminations::median>(rules_.early);
    for (const contest& each : contests_) {
      const std::optional<std::int64_t> rung = each.rung(k);
      if (!rung) continue;
      std::vector<std::size_t> who;
      std::vector<compared_run> runs;
      for (const std::size_t run : each.members) {
        if (reached_[run] == 0 || !(all_that_came || running_[run])) continue;
        who.push_back(run);
        runs.push_back(compared(run));
      }
      for (const judgement& stop : judged(*rung, runs)) {
        const std::size_t run = who[stop.run];
        running_[run] = false;
        early_stop why = stop_of(rules_, stop.band, stop.loss, stop.threshold);
        why.bracket = each.bracket;
        course_.stages.back().stops.push_back({.run = run, .why = why});
      }
    }
  }

  const search_rules& rules_;
  std::span<const searched_run> runs_;
  std::span<const run_progress> progress_;
  std::vector<contest> contests_;
  std::vector<std::vector<double>> losses_;
  std::vector<std::int64_t> reached_;  ///< epochs of each run that are taken to be known
  std::vector<bool> running_;          ///< begun, and not stopped
  search_course course_{};
};

}  // namespace detail

SWEEPNET_INLINE double compared_value(const epoch_record& record, metric compared) {
  const std::optional<double> value = record.value_of(compared);
  if (!value) {
    throw argument_error(
        fmt::format("{} is what runs are compared by, but {}", name_of(compared),
                    has_metric(record.task, compared)
                        ? "there are no validation rows"
                        : fmt::format("a {} task has none", name_of(record.task))));
  }
  return record.is_finite() && std::isfinite(*value) ? *value : std::nan("");
}

SWEEPNET_INLINE search_course course_of(const search_rules& rules,
                                        std::span<const searched_run> runs,
                                        std::span<const run_progress> progress) {
  if (runs.empty()) return {.finished = true};
  if (const auto* rule = std::get_if<early_terminations::asha>(&rules.early)) {
    detail::asha_simulation simulation(*rule, rules, runs);
    simulation.go_on(progress);
    return simulation.take_course();
  }
  return detail::lockstep(rules, runs, progress).course();
}

SWEEPNET_INLINE growing_course::growing_course(const search_rules& rules,
                                               std::span<const searched_run> runs)
    : rules_(&rules), runs_(runs) {
  if (runs.empty()) return;
  if (const auto* rule = std::get_if<early_terminations::asha>(&rules.early)) {
    simulation_.emplace(*rule, rules, runs);
  }
}

SWEEPNET_INLINE const search_course& growing_course::at(std::span<const run_progress> progress) {
  if (simulation_) {
    simulation_->go_on(progress);
    return simulation_->course();
  }
  return course_ = course_of(*rules_, runs_, progress);
}

SWEEPNET_INLINE search_course expected_course(const search_rules& rules,
                                              std::span<const searched_run> runs) {
  constexpr double most_epochs = 1e7;
  double epochs = 0;
  for (const searched_run& run : runs) epochs += static_cast<double>(run.epochs);
  if (epochs > most_epochs) return {};
  search_rules without_target = rules;
  without_target.target.reset();
  std::vector<run_progress> progress(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    progress[i].values.assign(static_cast<std::size_t>(runs[i].epochs), static_cast<double>(i));
    progress[i].over = true;
  }
  return course_of(without_target, runs, progress);
}

SWEEPNET_INLINE std::optional<early_stop> waiting_at(const search_rules& rules,
                                                     const searched_run& run, const run_leg& leg) {
  if (leg.until >= run.epochs) return std::nullopt;
  return early_stop{.by = name_of(rules.early),
                    .band = leg.until,
                    .bracket = leg.bracket,
                    .compared = rules.compared};
}

}  // namespace sweepnet
