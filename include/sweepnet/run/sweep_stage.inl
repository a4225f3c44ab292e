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
#include "sweepnet/data/digest.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/sweep_queue.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/training/checks.hpp"

namespace sweepnet {

SWEEPNET_INLINE run_progress progress_of(const training_history& history, metric compared) {
  run_progress progress;
  for (const epoch_record& record : history) {
    progress.values.push_back(compared_value(record, compared));
  }
  return progress;
}

SWEEPNET_INLINE void require_compared(const run_spec& spec, const dataset& data, metric compared) {
  epoch_record record{.task = detail::task_of(spec.training.loss, has_values(data.task))};
  if (data.validation.rows() > 0) record.validation.emplace();
  (void)compared_value(record, compared);
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

/// A search as far as results tell it, by the indices of its runs.
struct read_search {
  std::vector<search_stage> stages{};
  std::vector<searched_run> runs{};  ///< that are known
  std::vector<run_progress> progress{};
  std::vector<std::size_t> told_before{};  ///< of each stage: the runs of which was told before it
  std::vector<told_run> told{};
  bool finished = false;
};

/// The stages of the runs from `first` on, which are compared with one another.
inline void add_stages(search_course course, std::size_t first, read_search& read) {
  for (search_stage& stage : course.stages) {
    for (run_leg& leg : stage.legs) leg.run += first;
    for (stopped_run& stop : stage.stops) stop.run += first;
    read.stages.push_back(std::move(stage));
    read.told_before.push_back(first);
  }
  read.finished = course.finished;
}

/// With the results that `progress_of_run` gives.
inline read_search read_whole_search(
    const search_rules& rules, std::size_t runs,
    const std::function<run_spec(std::size_t index)>& spec_of, const dataset& data,
    const later_runs& later,
    const std::function<run_progress(const run_spec& spec)>& progress_of_run) {
  read_search read;
  while (true) {
    const std::size_t first = read.runs.size();
    const std::size_t known = later.known ? later.known() : runs;
    for (std::size_t i = first; i < known; ++i) {
      const run_spec spec = spec_of(i);
      read.runs.push_back(searched_run_of(spec, data));
      read.progress.push_back(progress_of_run(spec));
    }
    const auto searched = std::span<const searched_run>(read.runs).subspan(first);
    const auto progress = std::span<const run_progress>(read.progress).subspan(first);
    search_course course = course_of(rules, searched, progress);
    if (!course.finished || known == runs) return add_stages(std::move(course), first, read), read;
    const std::vector<told_run> told = told_by(rules, course, progress);
    add_stages(std::move(course), first, read);
    if (is_target_reached(rules, told)) return read;
    later.tell(told);
    read.told.insert(read.told.end(), told.begin(), told.end());
  }
}

/// Throws input_missing where the stages before it lack results.
inline decided_stage decide(const read_search& read, std::int64_t stage) {
  const auto before = std::min(static_cast<std::size_t>(stage) - 1, read.stages.size());
  decided_stage decided{.is_there = before < read.stages.size()};
  if (!decided.is_there && !read.finished) {
    std::set<std::size_t> missing;
    for (const search_stage& each : read.stages) {
      for (const run_leg& leg : each.legs) {
        if (!read.progress[leg.run].has_come_to(leg.until)) missing.insert(leg.run);
      }
    }
    throw input_missing(fmt::format(
        "stage {} needs the results of those before it, which paramset{} {} lack{}", stage,
        missing.size() == 1 ? "" : "s", index_ranges({missing.begin(), missing.end()}),
        missing.size() == 1 ? "s" : ""));
  }
  for (std::size_t k = 0; k < before; ++k) {
    const std::vector<stopped_run>& stops = read.stages[k].stops;
    decided.stops.insert(decided.stops.end(), stops.begin(), stops.end());
  }
  decided.told = read.told;
  if (!decided.is_there) return decided;
  decided.legs = read.stages[before].legs;
  decided.told.resize(std::min(decided.told.size(), read.told_before[before]));
  return decided;
}

/// What is left to be done of a stage, by what is known of a run.
struct known_run {
  searched_run run{};
  run_progress progress{};
};
inline sweep_stage left_of(const search_rules& rules, const decided_stage& decided,
                           const std::optional<std::vector<std::size_t>>& indices,
                           const std::function<known_run(std::size_t index)>& look) {
  sweep_stage asked{.is_there = decided.is_there};
  std::set<std::size_t> wanted;
  if (indices) wanted.insert(indices->begin(), indices->end());
  const auto is_asked = [&](std::size_t index) { return !indices || wanted.contains(index); };
  for (const stopped_run& stop : decided.stops) {
    if (!is_asked(stop.run) || look(stop.run).progress.over) continue;
    asked.tasks.push_back({.run = stop.run, .leg = {}, .stop = stop.why, .share = 0});
  }
  for (const run_leg& leg : decided.legs) {
    if (!is_asked(leg.run)) continue;
    const known_run known = look(leg.run);
    if (known.progress.has_come_to(leg.until)) continue;
    const std::int64_t left = leg.until - std::ssize(known.progress.values);
    asked.tasks.push_back(
        {.run = leg.run,
         .leg = leg_of_run{.until = leg.until, .waits = waiting_at(rules, known.run, leg)},
         .share = static_cast<double>(left) / static_cast<double>(known.run.epochs)});
  }
  std::ranges::sort(asked.tasks, {}, &sweep_task::run);
  return asked;
}

}  // namespace detail

SWEEPNET_INLINE sweep_stage read_stage(const search_rules& rules, std::size_t runs,
                                       const std::function<run_spec(std::size_t index)>& spec_of,
                                       const dataset& data, std::int64_t stage,
                                       const later_runs& later, const stage_request& request) {
  if (stage < 1) throw usage_error(fmt::format("stages count from 1, got {}", stage));
  const std::string data_digest = request.file ? digest_of(data) : "";
  const auto look = [&](std::size_t index) -> detail::known_run {
    const run_spec spec = spec_of(index);
    return {searched_run_of(spec, data), progress_in_files(spec, rules.compared)};
  };
  if (request.file && !request.anew) {
    const auto found = find_stage(*request.file, rules, runs, data_digest, stage);
    if (found) {
      if (!found->told.empty()) later.tell(found->told);
      return detail::left_of(rules, *found, request.indices, look);
    }
  }
  const bool by_none = stage == 1 && request.indices;
  const detail::read_search read =
      detail::read_whole_search(rules, runs, spec_of, data, later, [&](const run_spec& spec) {
        return by_none ? run_progress{} : progress_in_files(spec, rules.compared);
      });
  const decided_stage decided = detail::decide(read, stage);
  if (request.file) keep_stage(*request.file, rules, runs, data_digest, stage, decided);
  return detail::left_of(rules, decided, request.indices, [&](std::size_t index) {
    return by_none ? look(index) : detail::known_run{read.runs[index], read.progress[index]};
  });
}

}  // namespace sweepnet
