// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet sweep SWEEP`: trains a whole sweep in one process.

#include <CLI/CLI.hpp>
#include <cstddef>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/run_settings.hpp"
#include "sweepnet/app/train_together.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/run/best_of_sweep.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet::app {

namespace detail {

/// Throws data_error for a paramset whose model would lie where the copy of the best one goes.
inline void require_free_best_name(const any_sweep& sweep, const std::string& source) {
  for (std::size_t index = 0; index < sweep.known(); ++index) {
    const std::string name = sweep.model_name(index);
    if (name != best_copy_name(name) && name != best_record_name) continue;
    throw data_error(fmt::format(
        "{}: paramset {}: model_path is {}, where the copy of the sweep's best model goes", source,
        index, name));
  }
}

}  // namespace detail

inline void run_sweep_command(const context& world, const run_settings& settings,
                              const paramset_type& type) {
  const interruption stop(settings.stop_within);
  const std::string source = display_name(settings.sweep);
  const std::unique_ptr<any_sweep> sweep = read_sweep_by([&] {
    return type.parse(read_sweep_text(settings.sweep), source, settings.request,
                      [](std::size_t, const data_error& e) { throw e; });
  });
  require_listable(*sweep, source);
  std::vector<std::size_t> indices(sweep->count());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  if (settings.verbose > 0) tell_notes(world, *sweep);
  detail::require_free_best_name(*sweep, source);
  job_record record;
  const run_ground ground = prepare_runs(world, settings, *sweep, indices, record);
  const sweep_outcome outcome = train_together(world, settings, *sweep, indices, ground, record,
                                               stop, {.rules = rules_of(*sweep)});
  write_best_of_sweep(outcome, ground.options.output);
  const ranked_runs ranked = outcome.ranked();
  if (settings.verbose > 0 && !ranked.empty()) {
    const auto place = [&](std::string_view name) {
      return storage::join_location(ground.options.output, std::string(name)).shown();
    };
    world.out << fmt::format("Best model: {} (paramset {}, also {}; see {})\n",
                             place(best_copy_name(ranked.front().model_path)), ranked.front().index,
                             ranked.front().model_path, place(best_record_name))
              << std::flush;
  }
  detail::throw_if_unfinished(outcome);
}

inline void add_sweep(CLI::App& program, const context& world, const paramset_type& type) {
  auto settings = std::make_shared<run_settings>();
  CLI::App* command =
      program.add_subcommand("sweep", "train a whole sweep in one process, a run a thread");
  add_sweep_argument(*command, world, settings->sweep);
  add_run_settings(*command, world, *settings);
  command->add_flag("--start-over", settings->retry_failed,
                    "train runs that failed, or whose files are damaged, from their beginning; "
                    "those that are done stay");
  add_number(*command, "--verbose", settings->verbose, closed_range(0, 2),
             "0: errors only; 1: a table on a terminal, else a line per run; 2: a line per run");
  command->footer("Keys of a paramset:\n" + type.help);
  command->callback([settings, &world, &type] { run_sweep_command(world, *settings, type); });
}

}  // namespace sweepnet::app
