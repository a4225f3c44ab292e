// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/sweep_status.hpp"

#include <algorithm>
#include <map>

#include "sweepnet/backend/cpu/machine/processors.hpp"
#include "sweepnet/core/call_on_threads.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet {

namespace detail {

/// A member that is text, else empty.
inline std::string text_in(const ordered_json& object, const char* key) {
  const bool there = object.is_object() && object.contains(key) && object[key].is_string();
  return there ? object[key].get<std::string>() : "";
}

/// What is told of a run beside its state.
inline std::string detail_of(const run_condition& found, const ordered_json& result) {
  switch (found.phase) {
    case run_phase::damaged: return found.reason;
    case run_phase::failed: return "no epoch gave a finite loss";
    case run_phase::budget:
    case run_phase::stopped: return dump(result.value("stopped", ordered_json()));
    case run_phase::done: {
      const ordered_json best = result.value("best", ordered_json());
      const std::string told = best.is_null() ? "" : dump(best);
      return told + (found.model_compared ? "" : "  (model not compared)");
    }
    default: return "";
  }
}

inline std::string damage_of_size(std::size_t index, const storage::location& directory) {
  return fmt::format("{} is damaged: its size must be a number from 1 to {}",
                     run_file(directory, result_name, index).shown(), most_paramsets);
}

/// Spaces may have more runs than can be listed; where other results say less, one that says so is
/// what no run wrote.
inline void settle_large_sizes(std::vector<examined_run>& runs, std::optional<std::size_t> size,
                               const storage::location& directory) {
  const auto is_large = [](const examined_run& run) { return run.size > most_paramsets; };
  const bool is_listed =
      size ? *size <= most_paramsets : std::ranges::any_of(runs, [&](const examined_run& run) {
        return run.size > 0 && !is_large(run);
      });
  if (!is_listed) return;
  for (examined_run& run : runs) {
    if (!is_large(run)) continue;
    run.size = 0;
    run.status = {.phase = run_phase::damaged, .detail = damage_of_size(run.index, directory)};
  }
}

inline void examine(examined_run& run, const storage::location& directory,
                    const run_examination& which, const examination_taker& take) {
  run_files files = run_files_in(directory, run.index);
  found_result result;
  if (run.has_result) result = read_result(files.result);
  if (result.there && result.damage.empty()) {
    const auto size = result.content.find("size");
    if (size != result.content.end() && size->is_number_unsigned()) {
      run.size = size->get<std::size_t>();
    }
    if (run.size == 0 || run.size > most_points) {
      run.size = 0;
      result.damage = damage_of_size(run.index, directory);
    }
  }
  run_examination chosen = which;
  if (result.damage.empty() && result.has_model()) {
    const auto model = model_beside(result.content, run.index, directory);
    chosen.model_within_reach = model.has_value();
    if (model) files.model = *model;
  }
  const run_condition found = condition_of(files, result, run.has_state, chosen);
  run.status = {.phase = found.phase, .detail = detail_of(found, result.content)};
  if (take) take(run, result);
}

/// The sweep's size by the first state that tells it: while the first runs train, no result does.
inline std::optional<std::size_t> size_by_states(const std::vector<examined_run>& runs,
                                                 const storage::location& directory) {
  for (const examined_run& run : runs) {
    if (!run.has_state) continue;
    const storage::location state = run_files_in(directory, run.index).state;
    try {
      const std::size_t size = sweep_size_of_state(storage::read(state), state.shown());
      if (size > 0 && size <= most_points) return size;
    } catch (const data_error&) {  // its run is told as damaged
    } catch (const storage::beyond_memory&) {
    } catch (const input_missing&) {  // the run has finished meanwhile
    }
  }
  return std::nullopt;
}

}  // namespace detail

SWEEPNET_INLINE std::optional<storage::location> model_beside(const ordered_json& result,
                                                              std::size_t index,
                                                              const storage::location& directory) {
  const std::string written = detail::text_in(result, "model");
  const auto paramset = result.find("paramset");
  std::string name = paramset == result.end() ? "" : detail::text_in(*paramset, "model_path");
  if (name.empty()) name = written.substr(written.rfind('/') + 1);
  try {
    return place_below(directory, with_index(name, index));
  } catch (const usage_error&) {  // of a scheme that is none
    return std::nullopt;
  }
}

SWEEPNET_INLINE std::vector<examined_run> examine_runs(
    const storage::location& directory, const run_examination& which, const examination_taker& take,
    const std::function<bool(const examined_run&)>& wanted) {
  std::map<std::size_t, examined_run> seen;
  for (const std::string& name : storage::list(directory)) {
    if (const auto i = state_name.index_in(name)) seen[*i].has_state = true;
    if (const auto i = result_name.index_in(name)) seen[*i].has_result = true;
  }
  std::vector<examined_run> runs;
  for (auto& [index, run] : seen) {
    run.index = index;
    runs.push_back(run);
  }
  const int at_once = directory.is_remote() ? 16 : std::min(usable_threads(0), 4);
  for_each_on_threads("a thread that reads results", at_once, runs.size(), [&](std::size_t i) {
    if (!wanted || wanted(runs[i])) detail::examine(runs[i], directory, which, take);
  });
  return runs;
}

SWEEPNET_INLINE sweep_status read_sweep_status(const storage::location& directory,
                                               std::optional<std::size_t> size,
                                               const run_examination& which) {
  std::vector<examined_run> runs = examine_runs(directory, which);
  detail::settle_large_sizes(runs, size, directory);

  for (const examined_run& run : runs) {
    if (run.size == 0) continue;
    if (size && *size != run.size) {
      throw data_error(fmt::format("{}/{} is of a sweep of {} paramsets, expected {}",
                                   directory.shown(), result_name.of(run.index), run.size, *size));
    }
    size = run.size;
  }
  if (!size) size = detail::size_by_states(runs, directory);
  if (!size) {
    throw unknown_sweep_size(
        directory.shown() +
        ": neither a result nor a state tells the sweep's size: give the sweep");
  }
  if (*size > most_paramsets) {
    throw data_error(
        fmt::format("{}: is of a sweep of {} paramsets, of which none lists more than {}",
                    directory.shown(), *size, most_paramsets));
  }
  sweep_status status(*size);
  for (const examined_run& run : runs) {
    if (run.index < *size) status[run.index] = run.status;
  }
  return status;
}

SWEEPNET_INLINE std::string index_ranges(const std::vector<std::size_t>& indices) {
  std::vector<std::string> ranges;
  for (std::size_t i = 0; i < indices.size();) {
    std::size_t last = i;
    while (last + 1 < indices.size() && indices[last + 1] == indices[last] + 1) ++last;
    ranges.push_back(last == i ? std::to_string(indices[i])
                               : fmt::format("{}-{}", indices[i], indices[last]));
    i = last + 1;
  }
  return join_text(ranges, ",");
}

}  // namespace sweepnet
