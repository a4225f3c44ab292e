// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/sweep_report.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/names.hpp"
#include "sweepnet/report/shown_text.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet::report {

namespace detail {

/// Bytes of a state that is read for a report.
inline constexpr std::uint64_t longest_state = std::uint64_t{64} << 20;

inline found_run found_of_state(const storage::location& directory, std::size_t index) {
  const storage::location state = run_file(directory, state_name, index);
  found_run found{.phase = run_phase::interrupted};
  std::string bytes;
  try {
    bytes = storage::read(state, {.bytes = longest_state});
  } catch (const input_missing&) {  // its run has finished since
    return found;
  } catch (const data_error& e) {  // too long
    found.fault = e.what();
    return found;
  }
  try {
    found.run = run_of_state_bytes(bytes, index, state.shown());
  } catch (const data_error& e) {
    found.phase = run_phase::damaged;
    found.fault = e.what();
  }
  return found;
}

inline found_run found_of(const examined_run& examined, const found_result& result,
                          const storage::location& directory) {
  found_run found{.phase = examined.status.phase};
  const std::string source = run_file(directory, result_name, examined.index).shown();
  if (found.phase == run_phase::damaged) {
    found.fault = examined.status.detail;
    return found;
  }
  if (!result.there) {
    return found.phase == run_phase::interrupted ? found_of_state(directory, examined.index)
                                                 : found;
  }
  try {
    found.run = run_of_result(result.content, examined.index, source);
    found.run->phase = found.phase;
    found.run->sweep_size = examined.size;
    if (result.has_model()) {
      found.run->model = model_beside(result.content, examined.index, directory);
    }
  } catch (const data_error& e) {
    found.phase = run_phase::damaged;
    found.fault = e.what();
  }
  return found;
}

/// What all runs of a sweep have in common.
struct common_ground {
  std::size_t size = 0;
  std::string digest{};
  auto operator<=>(const common_ground&) const = default;
};

/// That of most runs, of as many the one that is found first. `size` is the sweep's, if it is
/// known.
inline common_ground most_common(const found_runs& found, std::optional<std::size_t> size) {
  std::map<common_ground, std::size_t> count;
  const auto ground_of = [&](const reported_run& run) {
    return common_ground{run.sweep_size == 0 ? size.value_or(0) : run.sweep_size, run.data_digest};
  };
  const auto may_be = [&](const common_ground& ground) {
    return ground.size > 0 && (!size || ground.size == *size);
  };
  for (const auto& [index, each] : found) {
    if (each.run && may_be(ground_of(*each.run))) ++count[ground_of(*each.run)];
  }
  common_ground most{.size = size.value_or(0)};
  std::size_t most_runs = 0;
  for (const auto& [index, each] : found) {
    if (!each.run) continue;
    const auto ground = count.find(ground_of(*each.run));
    if (ground == count.end() || ground->second <= most_runs) continue;
    most = ground->first;
    most_runs = ground->second;
  }
  return most;
}

/// Why a run is another sweep's; empty: it is not.
inline std::string foreign_by(const reported_run& run, const common_ground& ground,
                              const std::string& source) {
  if (run.index >= ground.size) {
    return fmt::format("{} is of another sweep: this one has {} paramsets", source, ground.size);
  }
  if (run.sweep_size != 0 && run.sweep_size != ground.size) {
    return fmt::format("{} is of a sweep of {} paramsets, expected {}", source, run.sweep_size,
                       ground.size);
  }
  if (run.data_digest != ground.digest) {
    return fmt::format("{} is of other data than most runs are: {} of the digest {}", source,
                       printable(run.data), printable(run.data_digest));
  }
  return "";
}

inline std::string method_of(const sweep_source& source) {
  if (!source.size) return "";
  if (source.space == nullptr) return "list";
  const bool is_even =
      source.space->method == search_method::random && source.space->draws == point_draws::halton;
  return is_even ? "quasi-random" : std::string(name_of(source.space->method));
}

inline void note(sweep_report& report, const std::string& text) {
  ++report.notes_in_all;
  if (report.notes.size() < most_notes) report.notes.push_back(printable(text));
}

/// The metric of the space, or of the runs; that of the training rows where there are no others.
inline metric monitor_of(const std::vector<reported_run>& runs, const search_space* space) {
  metric by = runs.empty() ? metric::val_accuracy : runs.front().monitor();
  if (space != nullptr && space->goal) by = *space->goal;
  const bool is_validated = runs.empty() || std::ranges::any_of(runs, [](const reported_run& run) {
                              return !run.history.empty() && run.history.front().validation;
                            });
  if (is_validated || !needs_validation(by)) return by;
  return by == metric::val_loss ? metric::loss : usual_monitor(runs.front().task(), false);
}

/// The report on what was found.
inline sweep_report assembled(found_runs found, const storage::location& directory,
                              const sweep_source& source) {
  const common_ground ground = most_common(found, source.size);
  if (ground.size == 0) {
    throw unknown_sweep_size(
        directory.shown() +
        ": neither a result nor a state tells the sweep's size: give the sweep");
  }
  if (ground.size > most_points) {
    throw data_error(
        fmt::format("{}: is of a sweep of {} paramsets, of which none has more than {}",
                    directory.shown(), ground.size, most_points));
  }
  sweep_report report{.name = source.name.empty() ? directory.shown() : source.name,
                      .output = directory.shown(),
                      .method = method_of(source),
                      .data_digest = ground.digest,
                      .size = ground.size};
  if (source.space != nullptr) {
    report.draw_seed = source.space->seed;
    report.repeats = source.space->repeats;
  }
  std::size_t within = 0;  // of the sweep's runs, those with files
  for (auto& [index, each] : found) {
    if (each.run) {
      const bool is_of_state =
          each.run->phase == run_phase::interrupted && each.run->best_epoch == 0;
      const storage::location told_by =
          run_file(directory, is_of_state ? state_name : result_name, index);
      each.fault = foreign_by(*each.run, ground, told_by.shown());
      if (!each.fault.empty()) each.phase = run_phase::damaged;
    }
    if (!each.fault.empty()) note(report, each.fault);
    if (index >= ground.size) continue;
    ++within;
    ++report.count[static_cast<std::size_t>(each.phase)];
    if (each.run && each.fault.empty()) report.runs.push_back(std::move(*each.run));
  }
  report.count[static_cast<std::size_t>(run_phase::missing)] += ground.size - within;
  if (!report.runs.empty()) {
    report.data = report.runs.front().data;
    report.version = report.runs.front().version;
    report.precision = report.runs.front().precision;
  }
  report.monitor = monitor_of(report.runs, source.space);
  report.parameters = parameters_of(report.runs, source.space);
  return report;
}

/// Adds what the files of the runs give that are not known to be over.
inline void look(found_runs& found, const storage::location& directory,
                 const run_examination& which) {
  const auto is_over = [&](const examined_run& run) {
    const auto known = found.find(run.index);
    if (known == found.end() || !run.has_result) return false;
    return known->second.phase == run_phase::done || known->second.phase == run_phase::failed;
  };
  found_runs seen;
  std::mutex mutex;
  const std::vector<examined_run> runs = examine_runs(
      directory, which,
      [&](const examined_run& run, const found_result& result) {
        found_run read = found_of(run, result, directory);
        const std::lock_guard lock(mutex);
        seen.emplace(run.index, std::move(read));
      },
      [&](const examined_run& run) { return !is_over(run); });
  for (const examined_run& run : runs) {
    if (is_over(run)) seen.emplace(run.index, std::move(found.at(run.index)));
  }
  found = std::move(seen);
}

}  // namespace detail

SWEEPNET_INLINE sweepnet::task sweep_report::task() const {
  const auto told =
      std::ranges::find_if(runs, [](const auto& run) { return !run.history.empty(); });
  return told == runs.end() ? sweepnet::task::multiclass : told->task();
}

SWEEPNET_INLINE std::optional<double> sweep_report::value_of(const reported_run& run) const {
  const std::optional<epoch_record> best = run.best();
  const std::optional<double> value = best ? best->value_of(monitor) : std::nullopt;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

SWEEPNET_INLINE sweep_report read_sweep_report(const storage::location& directory,
                                               const sweep_source& source,
                                               const run_examination& which) {
  detail::found_runs found;
  detail::look(found, directory, which);
  return detail::assembled(std::move(found), directory, source);
}

SWEEPNET_INLINE sweep_report sweep_reader::read() {
  detail::look(found_, directory_, which_);
  return detail::assembled(found_, directory_, source_);
}

}  // namespace sweepnet::report
