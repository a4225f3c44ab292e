// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/sweep_status.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/start_thread.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet {

namespace detail {

/// A run of which there are files.
struct seen_run {
  std::size_t index = 0;
  bool has_result = false;
  bool has_state = false;
  std::size_t size = 0;  ///< of the sweep, as the result says; 0: it does not
  run_status status{};
};

/// A member that is text, else empty.
inline std::string text_in(const ordered_json& object, const char* key) {
  const bool there = object.is_object() && object.contains(key) && object[key].is_string();
  return there ? object[key].get<std::string>() : "";
}

/// Where the model of a result lies, whatever the run called its output directory; nothing if that
/// is elsewhere: the files may be foreign, and are not followed out of their directory.
inline std::optional<storage::location> model_beside(const ordered_json& result, std::size_t index,
                                                     const storage::location& directory) {
  const std::string written = text_in(result, "model");
  std::string name = text_in(result.value("paramset", ordered_json()), "model_path");
  if (name.empty()) name = written.substr(written.rfind('/') + 1);
  try {
    return place_below(directory, with_index(name, index));
  } catch (const usage_error&) {  // of a scheme that is none
    return std::nullopt;
  }
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
inline void settle_large_sizes(std::vector<seen_run>& runs, std::optional<std::size_t> size,
                               const storage::location& directory) {
  const auto is_large = [](const seen_run& run) { return run.size > most_paramsets; };
  const bool is_listed =
      size ? *size <= most_paramsets : std::ranges::any_of(runs, [&](const seen_run& run) {
        return run.size > 0 && !is_large(run);
      });
  if (!is_listed) return;
  for (seen_run& run : runs) {
    if (!is_large(run)) continue;
    run.size = 0;
    run.status = {.phase = run_phase::damaged, .detail = damage_of_size(run.index, directory)};
  }
}

inline void examine(seen_run& run, const storage::location& directory,
                    const run_examination& which) {
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
}

/// The sweep's size by the first state that tells it: while the first runs train, no result does.
inline std::optional<std::size_t> size_by_states(const std::vector<seen_run>& runs,
                                                 const storage::location& directory) {
  for (const seen_run& run : runs) {
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

SWEEPNET_INLINE sweep_status read_sweep_status(const storage::location& directory,
                                               std::optional<std::size_t> size,
                                               const run_examination& which) {
  std::map<std::size_t, detail::seen_run> seen;
  for (const std::string& name : storage::list(directory)) {
    if (const auto i = state_name.index_in(name)) seen[*i].has_state = true;
    if (const auto i = result_name.index_in(name)) seen[*i].has_result = true;
  }
  std::vector<detail::seen_run> runs;
  for (auto& [index, run] : seen) {
    run.index = index;
    runs.push_back(run);
  }

  // Results on S3 come many at a time.
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = 0; (i = next++) < runs.size();) {
      try {
        detail::examine(runs[i], directory, which);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
        next = runs.size();
      }
    }
  };
  std::vector<std::thread> threads;
  try {
    for (int i = 1; i < (directory.is_remote() ? 16 : 1); ++i) {
      threads.push_back(start_thread("a thread that reads results", work));
    }
  } catch (const configuration_error&) {  // those that there are do its share
  }
  work();
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  detail::settle_large_sizes(runs, size, directory);

  for (const detail::seen_run& run : runs) {
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
  for (const detail::seen_run& run : runs) {
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
