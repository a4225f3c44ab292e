// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet train SWEEP`: trains this job's paramset, keeps the best model, writes the result.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/job.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/run.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet::app {

struct train_settings {
  std::string sweep;
  std::vector<std::string> assignments;
  index_settings index;
  array_policy array{.words = index_flags};
  data_request data;
  run_settings run;
};

template <trainable_paramset P>
void run_train(const context& world, const train_settings& settings) {
  const stopwatch watch;
  const interruption stop(settings.run.stop_within);
  sweep<P> sweep = load_sweep<P>(settings.sweep);
  for (P& p : sweep.paramsets) {
    for (const std::string& assignment : settings.assignments) assign(p, assignment);
  }
  check_model_places(sweep, settings.run.output, settings.run.models);

  const std::optional<job_index> job =
      resolve_job_index(world.environment, settings.index.options());
  const std::vector<std::size_t> indices =
      assigned_indices(job, sweep.size(), settings.array, world.environment);
  if (indices.empty()) {
    world.out << fmt::format("index {} is beyond the sweep of {} paramsets: nothing to do\n",
                             job->index, sweep.size());
    return;
  }
  if (job && job->size && *job->size < static_cast<std::int64_t>(sweep.size()) &&
      !settings.array.share) {
    world.err << fmt::format(
        "note: the array has {} children and the sweep {} paramsets; --share makes the array train "
        "them all\n",
        *job->size, sweep.size());
  }

  storage::check_output(settings.run.output);
  const chosen_device device = choose_device(world, settings.run.device);
  const stopwatch loading;
  const dataset data = load_dataset(settings.data, make_catalog(world.environment, world.embedded));
  const double load_seconds = loading.seconds();
  for (const std::size_t index : indices) {
    (void)checked_model(sweep, index, data.inputs(), data.classes);
  }
  const detail::job_inputs<P> inputs{sweep,           job,          data, device,
                                     digest_of(data), load_seconds, watch};
  for (const std::size_t index : indices) {
    detail::train_one<P>(world, settings.run, inputs, stop, index);
  }
}

template <trainable_paramset P> void add_train(CLI::App& program, const context& world) {
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
      command->add_option("--output", settings->run.output,
                          "directory of models and results, or s3://BUCKET/PREFIX; default .");
  or_variable(*output->type_name("DIR"), settings->run.output, world, "SWEEPNET_OUTPUT");
  command->add_flag("--csv-log", settings->run.csv_log,
                    "write log_<index>.csv, a line per epoch, as Keras' CSVLogger does");
  add_number(
      *command, "--time-budget", settings->run.time_budget, above(0),
      "stop after the epoch in which the run's N seconds have passed; a larger one, or none, "
      "takes it up again");
  add_number(*command, "--save-every", settings->run.save_every, at_least(0),
             "save the run's state also every N seconds within an epoch; default 60, 0: never");
  add_number(*command, "--stop-within", settings->run.stop_within, above(0),
             "after SIGTERM or SIGINT, give up on servers that have not answered within N seconds; "
             "default 25");
  command->add_flag("--keep-state", settings->run.keep_state,
                    "leave state_<index>.safetensors of a finished run where it is");
  add_outside_flag(*command, settings->run.models);
  command->add_flag("--start-over", settings->run.start_over,
                    "discard the state and the result that are there");
  add_threads_option(*command, settings->run.threads);
  add_device_options(*command, settings->run.device);
  add_number(*command, "--verbose", settings->run.verbose, closed_range(0, 2),
             "0: errors only; 1: a bar per epoch on a terminal, else a line; 2: a line per epoch");
  command->footer("Keys of a paramset:\n" + describe_fields<P>());
  command->callback([settings, &world] { run_train<P>(world, *settings); });
}

}  // namespace sweepnet::app
