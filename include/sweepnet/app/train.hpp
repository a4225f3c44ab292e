// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet train SWEEP`: trains this job's paramset, keeps the best model, writes the result.

#include <CLI/CLI.hpp>
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
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet::app {

struct train_settings {
  std::string sweep;
  std::vector<std::string> assignments;
  index_settings index;
  array_policy array{.words = index_flags};
  data_request data;
  std::string output = ".";
  run_options run;
  device_settings device;
  int threads = 0;
  int verbose = 1;
  double stop_within = interruption::usual_seconds;  ///< after a signal, if servers are ill
};

namespace detail {

/// The paramsets of the sweep that this job trains: indices, and the job that says so.
struct job_share {
  std::optional<job_index> job;
  std::vector<std::size_t> indices;
};

inline job_share share_of_job(const context& world, const train_settings& settings,
                              std::size_t sweep_size) {
  job_share share{.job = resolve_job_index(world.environment, settings.index.options()),
                  .indices = {}};
  const std::string listed =
      fmt::format("'sweepnet plan {}' lists them all", display_name(settings.sweep));
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

}  // namespace detail

inline void run_train(const context& world, const train_settings& settings,
                      const paramset_type& type) {
  job_record record;
  const interruption stop(settings.stop_within);
  run_options options = settings.run;
  options.output = output_directory(settings.output);
  detail::job_share share;
  const std::unique_ptr<any_choice> sweep =
      type.choose(read_sweep_text(settings.sweep), display_name(settings.sweep),
                  settings.assignments, [&](std::size_t size) {
                    share = detail::share_of_job(world, settings, size);
                    return share.indices;
                  });
  const auto& [job, indices] = share;
  if (indices.empty()) return;
  check_models(*sweep, options.output, options.models);
  storage::check_output(options.output);
  const chosen_device device = choose_device(world, settings.device);
  const stopwatch loading;
  const dataset data = load_dataset(settings.data, make_catalog(world.environment, world.embedded));
  record.job = job;
  record.load_seconds = loading.seconds();
  const std::string data_digest = digest_of(data);
  std::vector<run_spec> runs;
  for (const std::size_t index : indices) {
    runs.push_back(sweep->spec_of_run(index, data, data_digest, options));
  }

  const executor_factory make_executor = executors_on(device, world, settings.threads);
  for (const run_spec& run : runs) {
    run_console console(world,
                        {.verbose = settings.verbose,
                         .time_budget = options.time_budget,
                         .cpu_reason = device.reason,
                         .data_notes = data.notes},
                        detail::line_prefix(job, run.index, sweep->size()));
    try {
      console.tell(run, train_run(run, data, make_executor, options, console, record, &stop));
    } catch (const unusable_run& e) {
      throw data_error(std::string(e.what()) + "; --start-over discards it");
    }
  }
}

inline void add_train(CLI::App& program, const context& world, const paramset_type& type) {
  auto settings = std::make_shared<train_settings>();
  CLI::App* command = program.add_subcommand("train", "train this job's paramset of a sweep");
  add_sweep_argument(*command, world, settings->sweep);
  add_set_option(*command, settings->assignments);
  command
      ->add_option_function<std::string>(
          "--seed",
          [settings](const std::string& n) { settings->assignments.push_back("seed=" + n); },
          "short for --set seed=N")
      ->type_name("N");
  add_index_options(*command, settings->index);
  command->add_flag("--share", settings->array.share,
                    "train index, index + size, ... when the array is smaller than the sweep");
  command->add_flag("--allow-surplus", settings->array.allow_surplus,
                    "an index beyond the sweep is no error: there is nothing to do");
  add_data_options(*command, world, settings->data);
  CLI::Option* output =
      command->add_option("--output", settings->output,
                          "directory of models and results, or s3://BUCKET/PREFIX; default .");
  or_variable(*output->type_name("DIR"), settings->output, world, "SWEEPNET_OUTPUT");
  command->add_flag("--csv-log", settings->run.csv_log,
                    "write log_<index>.csv, a line per epoch, as Keras' CSVLogger does");
  add_number(
      *command, "--time-budget", settings->run.time_budget, above(0),
      "stop after the epoch in which the run's N seconds have passed; a larger one, or none, "
      "takes it up again");
  add_number(*command, "--save-every", settings->run.save_every, at_least(0),
             "save the run's state also every N seconds within an epoch; default 60, 0: never");
  add_number(*command, "--stop-within", settings->stop_within, above(0),
             "after a signal to stop, give up on servers that have not answered within N seconds; "
             "default 25");
  command->add_flag("--keep-state", settings->run.keep_state,
                    "leave state_<index>.safetensors of a finished run where it is");
  add_outside_flag(*command, settings->run.models);
  command->add_flag("--start-over", settings->run.start_over,
                    "discard the state and the result that are there");
  add_threads_option(*command, settings->threads);
  add_device_options(*command, settings->device);
  add_number(*command, "--verbose", settings->verbose, closed_range(0, 2),
             "0: errors only; 1: a bar per epoch on a terminal, else a line; 2: a line per epoch");
  command->footer("Keys of a paramset:\n" + type.help);
  command->callback([settings, &world, &type] { run_train(world, *settings, type); });
}

}  // namespace sweepnet::app
