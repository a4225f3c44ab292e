// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Several runs in one process, from the sweep file to what is said at the end: all of `sweep`, and
// an array job's share of one (`train --share`).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/device.hpp"
#include "sweepnet/app/leaderboard.hpp"
#include "sweepnet/app/run_settings.hpp"
#include "sweepnet/app/sweep_console.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/run/run_sweep.hpp"
#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/run/sweep_planner.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/sweep/early_termination.hpp"

namespace sweepnet::app {

namespace detail {

/// The lines of a text, cut where the terminal ends.
inline std::string cut_lines(const context& world, const std::string& text) {
  if (!world.terminal || !world.columns) return text;
  const auto columns = static_cast<std::size_t>(std::max<std::int64_t>(world.columns() - 1, 1));
  std::string cut;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    cut += text.substr(start, std::min(end - start, columns)) + "\n";
    start = end + 1;
  }
  return cut;
}

/// The code that says most of what failed: one that all failures share, else that of bad data.
inline exit_code code_of_failures(const sweep_outcome& outcome) {
  exit_code code = exit_code::done;
  for (const sweep_run& run : outcome.runs) {
    if (run.code == exit_code::done || run.code == exit_code::interrupted) continue;
    if (code == exit_code::done) code = run.code;
    if (code != run.code) return exit_code::data;
  }
  return code;
}

/// Throws what the exit code says, once all is told.
inline void throw_if_unfinished(const sweep_outcome& outcome) {
  std::vector<std::size_t> failed;
  std::size_t saved = 0;
  std::size_t open = 0;
  for (const sweep_run& run : outcome.runs) {
    if (run.phase == run_phase::interrupted) ++saved;
    if (run.phase == run_phase::missing) ++open;
    if (run.phase == run_phase::failed || run.phase == run_phase::damaged) {
      failed.push_back(run.index);
    }
  }
  const exit_code code = code_of_failures(outcome);
  const std::string named =
      failed.empty()
          ? ""
          : fmt::format("{} of {} runs failed or are damaged: paramset{} {}", failed.size(),
                        outcome.runs.size(), failed.size() == 1 ? "" : "s", index_ranges(failed));
  if (!outcome.stopped_by.empty()) {
    const std::string what = fmt::format(
        "{} came: {} run{} under way {} saved, {} not begun, and the same command goes on from "
        "there{}",
        outcome.stopped_by, saved, saved == 1 ? "" : "s", saved == 1 ? "is" : "are", open,
        named.empty() ? "" : "; " + named);
    // A run that could not be saved for a server's or a disk's sake is no run of bad data.
    const bool lost =
        code == exit_code::unavailable || code == exit_code::io || code == exit_code::cannot_create;
    throw error(lost ? code : exit_code::interrupted, what);
  }
  if (failed.empty()) return;
  throw error(code, named + "; --start-over trains them again");
}

}  // namespace detail

/// How runs are compared: as the sweep's rules say, or by what one stage asks.
struct run_comparison {
  search_rules rules{};
  std::optional<std::vector<sweep_task>> stage{};
};

/// Trains the paramsets at `indices`, prints how it goes and, at the end, the best. Throws
/// interrupted_error if a signal came, or an error that names what failed, after all others were
/// trained.
inline sweep_outcome train_together(const context& world, const run_settings& settings,
                                    any_sweep& sweep, const std::vector<std::size_t>& indices,
                                    const run_ground& ground, const job_record& record,
                                    const stop_request& stop, const run_comparison& compared) {
  std::vector<std::string> keys = differing_keys(sweep, known_of(sweep, indices));
  sweep_console console(
      world,
      {.verbose = settings.verbose,
       .runs = indices.size(),
       .differences = [&](std::size_t index) { return differences_of(sweep.encoded(index), keys); },
       .tensorboard = settings.tensorboard});
  const auto say = [&](const std::string& text) {
    if (settings.verbose > 0) world.out << text << std::flush;
  };
  for (const std::string& note : ground.data.notes) say(text_of_note(note));
  if (!ground.device.reason.empty()) {
    say(fmt::format("Training on the CPU: {}\n", ground.device.reason));
  }
  sweep_options options{.workers = ground.threads,
                        .memory = settings.memory,
                        .files = ground.options,
                        .retry_failed = settings.retry_failed,
                        .indices = indices,
                        .search = compared.rules,
                        .continue_stopped = settings.run.continue_stopped,
                        .tasks = compared.stage,
                        .keep = kept_of_runs::summaries,
                        .callbacks = [&](std::size_t index) { return console.callbacks_of(index); },
                        .observer = &console,
                        .stop = &stop,
                        .record = record};
  if (ground.device.gpu) {
    options.group = group_on(*ground.device.gpu, world);
    if (!options.group) {  // its runs go one after the other
      options.executor = executors_on(ground.device, world, 1);
      options.workers = 1;
    }
  }
  const stopwatch watch;
  sweep_outcome outcome = sweepnet::detail::run_sweep(
      {.size = sweep.count(),
       .with_files =
           [&](std::size_t index, const std::string& digest, const run_options& files) {
             return sweep.spec_of_run(index, ground.data, digest, files);
           },
       .in_memory = {},
       .rules = {},
       .later = later_runs_of(sweep)},
      ground.data, options);
  console.erase();
  keys = differing_keys(sweep, known_of(sweep, indices));
  const ranked_runs ranked = outcome.ranked();
  std::size_t found = 0;
  std::size_t spent = 0;
  std::size_t stopped = 0;
  std::size_t waiting = 0;
  std::size_t unbegun = 0;
  std::size_t unknown = 0;
  for (const sweep_run& run : outcome.runs) {
    if (run.phase == run_phase::done && !run.trained) ++found;
    if (run.phase == run_phase::budget) ++spent;
    if (run.phase == run_phase::stopped) ++(run.waits() ? waiting : stopped);
    if (run.phase == run_phase::missing && outcome.searched) ++unbegun;
    if (run.phase == run_phase::missing && run.index >= sweep.known()) ++unknown;
  }
  say(detail::cut_lines(world, leaderboard(ranked, outcome.monitor, sweep, keys)));
  if (sweep.space() != nullptr && sweep.space()->repeats > 1) {
    say(detail::cut_lines(world, leaderboard_of_points(ranked, outcome.monitor, sweep,
                                                       sweep.space()->repeats, keys)));
  }
  const auto told = [](std::size_t number, std::string_view what) {
    return number > 0 ? fmt::format(", {} {}", number, what) : "";
  };
  say(fmt::format("{} of {} runs have a model{}{}{}{}{}{}; {} in all\n", ranked.size(),
                  outcome.runs.size(), told(found, "were finished before"),
                  told(stopped, "were stopped: --continue-stopped trains them on"),
                  told(waiting, "wait to be compared"),
                  told(unbegun, "were not begun, since the target was reached"),
                  told(outcome.searched ? 0 : unknown, "depend on runs that are not over"),
                  spent > 0
                      ? fmt::format(", {} have used their time budget: a larger --time-budget, or "
                                    "none, goes on",
                                    spent)
                      : "",
                  text_of_seconds(watch.seconds())));
  return outcome;
}

}  // namespace sweepnet::app
