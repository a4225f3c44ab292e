// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `train` and `sweep` take alike, and what both make ready before a run begins.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/app/any_sweep.hpp"
#include "sweepnet/app/context.hpp"
#include "sweepnet/app/data_options.hpp"
#include "sweepnet/app/device.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/threads.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/data/catalog.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet::app {

struct run_settings {
  std::string sweep;
  sweep_request request;
  data_settings data;
  std::string output = ".";
  run_options run;
  bool retry_failed = false;  ///< as in sweep_options
  device_settings device;
  int threads = 0;
  double memory = 0;  ///< bytes of runs side by side; 0: what is available
  std::optional<storage::location> tensorboard{};  ///< where TensorBoard's events go
  int verbose = 1;
  double stop_within = interruption::usual_seconds;  ///< after a signal, if servers are ill
};

/// What runs stand on.
struct run_ground {
  run_options options;
  chosen_device device;
  int threads = 0;  ///< of all runs together; on a GPU as in run_settings
  dataset data;
};

/// What a reader should know of how a space was read, a line each.
inline void tell_notes(const context& world, const any_sweep& sweep) {
  if (sweep.space() == nullptr) return;
  for (const std::string& note : sweep.space()->notes) world.out << text_of_note(note);
}

/// Checks where models and outputs go, chooses the device and loads the data, whose seconds go into
/// the record.
inline run_ground prepare_runs(const context& world, const run_settings& settings,
                               const any_sweep& sweep, const std::vector<std::size_t>& indices,
                               job_record& record) {
  run_ground ground{.options = settings.run, .device = {}, .threads = settings.threads, .data = {}};
  ground.options.output = output_directory(settings.output);
  check_models(sweep, known_of(sweep, indices), ground.options.output, ground.options.models);
  storage::check_output(ground.options.output);
  ground.device = choose_device(world, settings.device);
  const auto count_threads = [&] {
    if (ground.device.gpu) return;
    ground.threads = threads_to_use(
        world, settings.threads, settings.verbose > 0 ? thread_note::printed : thread_note::none);
  };
  count_threads();
  const stopwatch loading;
  ground.data =
      load_dataset(data_of(sweep, display_name(settings.sweep), settings.data),
                   make_catalog(world.environment, world.embedded), std::max(1, ground.threads));
  record.load_seconds = loading.seconds();
  if (ground.device.gpu) {
    settle_device(ground.device, settings.device, ground.data);
    count_threads();
  }
  return ground;
}

inline void add_run_settings(CLI::App& command, const context& world, run_settings& settings) {
  add_sweep_request(command, settings.request);
  command
      .add_option_function<std::string>(
          "--seed",
          [&settings](const std::string& n) {
            settings.request.assignments.push_back("seed=" + n);
          },
          "short for --set seed=N")
      ->type_name("N");
  add_data_options(command, world, settings.data);
  CLI::Option* output =
      command.add_option("--output", settings.output,
                         "directory of models and results, or s3://BUCKET/PREFIX; default .");
  or_variable(*output->type_name("DIR"), settings.output, world, "SWEEPNET_OUTPUT");
  command.add_flag("--csv-log", settings.run.csv_log,
                   "write log_<index>.csv, a line per epoch, as Keras' CSVLogger does");
  command.add_flag("--save-predictions", settings.run.save_predictions,
                   "keep predictions_<index>.safetensors, the best model's outputs for the "
                   "validation rows and their labels, which report shows");
  command
      .add_option_function<std::string>(
          "--tensorboard",
          [&settings](const std::string& directory) {
            settings.tensorboard = output_directory(directory);
          },
          "also write TensorBoard's events while runs train, to a directory or s3://BUCKET/PREFIX")
      ->type_name("DIR");
  add_number(
      command, "--time-budget", settings.run.time_budget, above(0),
      "stop after the epoch in which the run's N seconds have passed; a larger one, or none, "
      "takes it up again");
  add_number(command, "--save-every", settings.run.save_every, at_least(0),
             "save the run's state also every N seconds within an epoch; default 60, 0: never");
  add_number(command, "--stop-within", settings.stop_within, above(0),
             "after a signal to stop, give up on servers that have not answered within N seconds; "
             "default 25");
  command.add_flag("--continue-stopped", settings.run.continue_stopped,
                   "train on what early_terminate stopped");
  command.add_flag("--keep-state", settings.run.keep_state,
                   "leave state_<index>.safetensors of a finished run where it is");
  add_outside_flag(command, settings.run.models);
  add_threads_option(command, settings.threads);
  add_number(command, "--memory", settings.memory, above(0),
             "bytes that runs side by side may take beside the data; default: what machine and "
             "container have left");
  add_device_options(command, settings.device);
}

}  // namespace sweepnet::app
