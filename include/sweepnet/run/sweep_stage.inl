// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/sweep_stage.hpp"

#include <algorithm>
#include <set>
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

SWEEPNET_INLINE sweep_stage read_stage(const search_rules& rules, std::size_t runs,
                                       const std::function<run_spec(std::size_t index)>& spec_of,
                                       const dataset& data, std::int64_t stage) {
  if (stage < 1) throw usage_error(fmt::format("stages count from 1, got {}", stage));
  std::vector<searched_run> searched;
  std::vector<run_progress> progress;
  for (std::size_t i = 0; i < runs; ++i) {
    const run_spec spec = spec_of(i);
    searched.push_back(searched_run_of(spec, data));
    progress.push_back(progress_in_files(spec, rules.compared));
  }
  const search_course course = course_of(rules, searched, progress);
  const auto before = std::min(static_cast<std::size_t>(stage) - 1, course.stages.size());
  sweep_stage asked{.is_there = before < course.stages.size()};
  if (!asked.is_there && !course.finished) {
    std::set<std::size_t> missing;
    for (const search_stage& each : course.stages) {
      for (const run_leg& leg : each.legs) {
        if (!progress[leg.run].has_come_to(leg.until)) missing.insert(leg.run);
      }
    }
    throw input_missing(fmt::format(
        "stage {} needs the results of those before it, which paramset{} {} lack{}", stage,
        missing.size() == 1 ? "" : "s", index_ranges({missing.begin(), missing.end()}),
        missing.size() == 1 ? "s" : ""));
  }
  for (std::size_t k = 0; k < before; ++k) {
    for (const stopped_run& stop : course.stages[k].stops) {
      if (progress[stop.run].over) continue;
      asked.tasks.push_back({.run = stop.run, .leg = {}, .stop = stop.why, .share = 0});
    }
  }
  if (asked.is_there) {
    for (const run_leg& leg : course.stages[before].legs) {
      if (progress[leg.run].has_come_to(leg.until)) continue;
      asked.tasks.push_back(
          {.run = leg.run,
           .leg = leg_of_run{.until = leg.until, .waits = waiting_at(rules, searched, leg)}});
    }
  }
  std::ranges::sort(asked.tasks, {}, &sweep_task::run);
  return asked;
}

}  // namespace sweepnet
