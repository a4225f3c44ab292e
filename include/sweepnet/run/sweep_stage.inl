// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/sweep_stage.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/run/sweep_status.hpp"

namespace sweepnet {

SWEEPNET_INLINE run_progress progress_of(const training_history& history, metric compared) {
  run_progress progress;
  for (const epoch_record& record : history) {
    progress.values.push_back(compared_value(record, compared));
  }
  return progress;
}

SWEEPNET_INLINE run_progress progress_in_files(const run_spec& spec, metric compared,
                                               bool but_failed) {
  const found_result result = read_result(spec.files.result);
  if (!result.there || !result.damage.empty()) return {};
  const std::string source = spec.files.result.shown();
  try {
    require_same_run(spec.identity, result.content, source);
    if (but_failed && !result.goes_on() && !result.has_model()) return {};
    run_progress progress = progress_of(decode_history(result.content, source), compared);
    progress.over = !result.goes_on();
    return progress;
  } catch (const data_error&) {  // whoever goes on with the run tells it
    return {};
  }
}

SWEEPNET_INLINE searched_run searched_run_of(const run_spec& spec, const dataset& data) {
  return {.epochs = spec.training.epochs,
          .epoch_cost = epoch_multiply_adds(parameter_layout(spec.model).size, data.train.rows(),
                                            data.validation.rows())};
}

SWEEPNET_INLINE void write_stop(const run_spec& spec, const early_stop& stop) {
  try {
    run_fence fence(spec.files, spec.identity);
    found_result result = read_result(spec.files.result);
    if (!result.of_early_termination() || !result.damage.empty()) return;
    require_same_run(spec.identity, result.content, spec.files.result.shown());
    const ordered_json told = encode_stop(stop);
    if (result.content["stopped"] == told) return;
    result.content["stopped"] = told;
    fence.write_result(dump(result.content, 2) + "\n");
  } catch (const finished_elsewhere&) {
  }
}

namespace detail {

/// A stage as its files tell it, by the indices of its runs.
struct read_stage_of_search {
  std::vector<sweep_task> legs{};  ///< that lack results
  std::vector<sweep_task> stops{};
};

struct read_search {
  std::vector<read_stage_of_search> stages{};
  bool finished = false;
};

/// The stages of the runs from `first` on, which are compared with one another.
inline void add_stages(const search_rules& rules, const search_course& course,
                       std::span<const searched_run> runs, std::span<const run_progress> progress,
                       std::size_t first, read_search& read) {
  for (const search_stage& stage : course.stages) {
    read_stage_of_search& added = read.stages.emplace_back();
    for (const run_leg& leg : stage.legs) {
      if (progress[leg.run].has_come_to(leg.until)) continue;
      added.legs.push_back(
          {.run = first + leg.run,
           .leg = leg_of_run{.until = leg.until, .waits = waiting_at(rules, runs[leg.run], leg)}});
    }
    for (const stopped_run& stop : stage.stops) {
      if (progress[stop.run].over) continue;
      added.stops.push_back({.run = first + stop.run, .leg = {}, .stop = stop.why, .share = 0});
    }
  }
  read.finished = course.finished;
}

inline read_search read_whole_search(const search_rules& rules, std::size_t runs,
                                     const std::function<run_spec(std::size_t index)>& spec_of,
                                     const dataset& data, const later_runs& later) {
  read_search read;
  std::size_t first = 0;
  while (true) {
    const std::size_t known = later.known ? later.known() : runs;
    std::vector<searched_run> searched;
    std::vector<run_progress> progress;
    for (std::size_t i = first; i < known; ++i) {
      const run_spec spec = spec_of(i);
      searched.push_back(searched_run_of(spec, data));
      progress.push_back(progress_in_files(spec, rules.compared));
    }
    const search_course course = course_of(rules, searched, progress);
    add_stages(rules, course, searched, progress, first, read);
    if (!course.finished || known == runs) return read;
    const std::vector<told_run> told = told_by(rules, course, progress);
    if (is_target_reached(rules, told)) return read;
    later.tell(told);
    first = known;
  }
}

}  // namespace detail

SWEEPNET_INLINE sweep_stage read_stage(const search_rules& rules, std::size_t runs,
                                       const std::function<run_spec(std::size_t index)>& spec_of,
                                       const dataset& data, std::int64_t stage,
                                       const later_runs& later) {
  if (stage < 1) throw usage_error(fmt::format("stages count from 1, got {}", stage));
  detail::read_search read = detail::read_whole_search(rules, runs, spec_of, data, later);
  const auto before = std::min(static_cast<std::size_t>(stage) - 1, read.stages.size());
  sweep_stage asked{.is_there = before < read.stages.size()};
  if (!asked.is_there && !read.finished) {
    std::set<std::size_t> missing;
    for (const detail::read_stage_of_search& each : read.stages) {
      for (const sweep_task& leg : each.legs) missing.insert(leg.run);
    }
    throw input_missing(fmt::format(
        "stage {} needs the results of those before it, which paramset{} {} lack{}", stage,
        missing.size() == 1 ? "" : "s", index_ranges({missing.begin(), missing.end()}),
        missing.size() == 1 ? "s" : ""));
  }
  const auto take = [&](std::vector<sweep_task>& tasks) {
    std::ranges::move(tasks, std::back_inserter(asked.tasks));
  };
  for (std::size_t k = 0; k < before; ++k) take(read.stages[k].stops);
  if (asked.is_there) take(read.stages[before].legs);
  std::ranges::sort(asked.tasks, {}, &sweep_task::run);
  return asked;
}

}  // namespace sweepnet
