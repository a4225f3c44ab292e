// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The search of a sweep as its files tell it: how far each run is, and what one stage asks of the
// runs, for jobs of an array, which see nothing of one another but their results.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/stage_file.hpp"
#include "sweepnet/run/sweep_planner.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/search_course.hpp"
#include "sweepnet/sweep/told_runs.hpp"

namespace sweepnet {

/// What a result says of its run, as far as it is this one's and whole; of one that failed, with
/// `but_failed`, nothing.
[[nodiscard]] run_progress progress_in_files(const run_spec& spec, metric compared,
                                             bool but_failed = false);

/// The same of a history.
[[nodiscard]] run_progress progress_of(const training_history& history, metric compared);

/// Throws argument_error for a metric that the run's epochs have not.
void require_compared(const run_spec& spec, const dataset& data, metric compared);

/// As the rules see a run before anything is known of it.
[[nodiscard]] searched_run searched_run_of(const run_spec& spec, const dataset& data);

/// Writes into the result of a run that waits why it is stopped; where there is no such result, or
/// it says that already, nothing.
void write_stop(const run_spec& spec, const early_stop& stop);

/// What a stage, counted from 1, asks of the runs of a whole sweep, and results do not have yet.
struct sweep_stage {
  std::vector<sweep_task> tasks{};  ///< legs, and what stages before have stopped; by index
  bool is_there = true;             ///< false: the search ended before it
};

/// Of whom a stage is asked, and where what decides it may be written down.
struct stage_request {
  std::optional<std::vector<std::size_t>> indices{};  ///< tasks of these alone; unset: of all runs
  std::optional<stage_file> file{};
  bool anew = false;  ///< looks at all results even where the file is there, and writes it again
};

/// Looks at the results of all runs, whose specs `spec_of` gives; those of a search that learns
/// once it has told `later` of all runs before them. Where the request has a file, and that is
/// there, at results of the requested runs alone, as in the first stage, which none decides. Throws
/// input_missing where stages before it lack some, naming them; usage_error for a stage 0.
[[nodiscard]] sweep_stage read_stage(const search_rules& rules, std::size_t runs,
                                     const std::function<run_spec(std::size_t index)>& spec_of,
                                     const dataset& data, std::int64_t stage,
                                     const later_runs& later = {},
                                     const stage_request& request = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/sweep_stage.inl"
#endif
