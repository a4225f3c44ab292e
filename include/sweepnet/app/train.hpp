// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet train SWEEP`: trains this job's paramset, keeps the best model, writes the result.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/device.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/run_console.hpp"
#include "sweepnet/app/run_settings.hpp"
#include "sweepnet/app/stage.hpp"
#include "sweepnet/app/train_together.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/sweep_stage.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet::app {

struct train_settings {
  run_settings common;
  index_settings index;
  array_policy array{.words = index_flags};
  std::int64_t stage = 0;  ///< of early termination; 0: none is meant
};

namespace detail {

/// The paramsets of the sweep that this job trains: indices, and the job that says so.
struct job_share {
  std::optional<job_index> job;
  std::vector<std::size_t> indices;
};

inline job_share share_of_job(const context& world, const train_settings& settings,
                              const std::optional<job_index>& told, std::size_t sweep_size) {
  job_share share{.job = told, .indices = {}};
  const std::string listed =
      fmt::format("'sweepnet plan {}' lists them all", display_name(settings.common.sweep));
  array_policy policy = settings.array;
  policy.words.listed = listed;
  share.indices = assigned_indices(share.job, sweep_size, policy, world.environment);
  const auto& job = share.job;
  if (share.indices.empty()) {
    world.out << fmt::format("index {} is beyond the sweep of {} paramsets: nothing to do\n",
                             job->index, sweep_size);
  } else if (job && job->size && *job->size < static_cast<std::int64_t>(sweep_size) &&
             !settings.array.share) {
    world.err << fmt::format(
        "note: the array has {} children and the sweep {} paramsets; --share makes the array train "
        "them all\n",
        *job->size, sweep_size);
  }
  return share;
}

/// What a stage asks of these paramsets. Throws usage_error for a sweep without stages.
inline run_comparison comparison_of_stage(any_sweep& sweep, const run_ground& ground,
                                          std::int64_t stage,
                                          const std::vector<std::size_t>& indices) {
  const search_rules rules = rules_of(sweep);
  require_stages(rules);
  return {.rules = rules,
          .stage = stage_of(sweep, ground.data, ground.options, stage, indices).tasks};
}

}  // namespace detail

inline void run_train(const context& world, const train_settings& settings,
                      const paramset_type& type) {
  const run_settings& common = settings.common;
  job_record record;
  const interruption stop(common.stop_within);
  const std::string source = display_name(common.sweep);
  std::string text = read_sweep_text(common.sweep);
  const std::optional<job_index> told =
      resolve_job_index(world.environment, settings.index.options());
  sweep_request request = common.request;
  if (told && told->size && !settings.array.share) {
    request.draws.children = static_cast<std::size_t>(*told->size);
  }
  std::unique_ptr<any_sweep> sweep =
      read_sweep_by([&] { return type.open(std::move(text), source, request); });
  const auto [job, indices] = detail::share_of_job(world, settings, told, sweep->count());
  if (indices.empty()) return;
  if (common.verbose > 0) tell_notes(world, *sweep);
  record.job = job;
  if (settings.stage == 0 && known_of(*sweep, indices).size() < indices.size()) {
    throw undetermined_point(fmt::format(
        "{}: paramset {} depends on what comes of earlier ones: --stage K trains it on their "
        "results",
        source,
        *std::ranges::find_if(indices, [&](std::size_t i) { return i >= sweep->known(); })));
  }
  const run_ground ground = prepare_runs(world, common, *sweep, indices, record);
  run_comparison compared;  // none, as a job alone sees no other runs
  if (settings.stage > 0) {
    compared = detail::comparison_of_stage(*sweep, ground, settings.stage, indices);
  } else if (rules_of(*sweep).compares() && common.verbose > 0) {
    world.out << "note: runs are compared by sweep, or by train --stage; here each trains to its "
                 "end\n";
  }
  if (indices.size() > 1) {
    detail::throw_if_unfinished(
        train_together(world, common, *sweep, indices, ground, record, stop, compared));
    return;
  }
  if (compared.stage && compared.stage->empty()) {
    world.out << fmt::format("stage {} asks nothing of paramset {}\n", settings.stage,
                             indices.front());
    return;
  }
  const run_spec run =
      sweep->spec_of_run(indices.front(), ground.data, digest_of(ground.data), ground.options);
  run_company company;
  if (compared.stage) {
    const sweep_task& task = compared.stage->front();
    company.leg = task.leg;
    if (task.stop) {
      write_stop(run, *task.stop);
      world.out << fmt::format("paramset {} is {}\n", run.index, text_of_stop(*task.stop));
      return;
    }
  }
  run_console console(world,
                      {.verbose = common.verbose,
                       .time_budget = ground.options.time_budget,
                       .cpu_reason = ground.device.reason,
                       .data_notes = ground.data.notes,
                       .tensorboard = common.tensorboard},
                      detail::line_prefix(job, run.index, run.sweep_size));
  sweep.reset();  // its text may be long
  const executor_factory make_executor = executors_on(ground.device, world, ground.threads);
  try {
    console.tell(run, train_run(run, ground.data, make_executor, ground.options, console, record,
                                &stop, company));
  } catch (const unusable_run& e) {
    throw data_error(std::string(e.what()) + "; --start-over discards it");
  }
}

inline void add_train(CLI::App& program, const context& world, const paramset_type& type) {
  auto settings = std::make_shared<train_settings>();
  CLI::App* command = program.add_subcommand("train", "train this job's paramset of a sweep");
  add_sweep_argument(*command, world, settings->common.sweep);
  add_index_options(*command, settings->index);
  command->add_flag("--share", settings->array.share,
                    "train index, index + size, ... when the array is smaller than the sweep");
  command->add_flag("--allow-surplus", settings->array.allow_surplus,
                    "an index beyond the sweep is no error: there is nothing to do");
  add_stage_option(*command, settings->stage);
  add_run_settings(*command, world, settings->common);
  command->add_flag("--start-over", settings->common.run.start_over,
                    "discard the state and the result that are there");
  add_number(*command, "--verbose", settings->common.verbose, closed_range(0, 2),
             "0: errors only; 1: a bar per epoch on a terminal, else a line; 2: a line per epoch");
  command->footer("Keys of a paramset:\n" + type.help);
  command->callback([settings, &world, &type] { run_train(world, *settings, type); });
}

}  // namespace sweepnet::app
