// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// `sweepnet train SWEEP`: trains this job's paramset, keeps the best model, writes the result.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/job.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/paramset_callbacks.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/output/progress.hpp"
#include "sweepnet/output/result.hpp"
#include "sweepnet/output/summary.hpp"
#include "sweepnet/sweep/encode.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet::app {

struct train_settings {
  std::string sweep;
  std::vector<std::string> assignments;
  index_settings index;
  array_policy array;
  data_request data;
  std::string output = ".";
  int threads = 0;
  int verbose = 1;
  bool csv_log = false;
  double time_budget = 0;  ///< seconds; 0: none
};

namespace detail {

using clock = std::chrono::steady_clock;

inline double seconds_since(clock::time_point start) {
  return std::chrono::duration<double>(clock::now() - start).count();
}

/// "[3/8] " in an array job, "[3/8 attempt 2] " when it was tried before, else nothing.
inline std::string line_prefix(const std::optional<job_index>& job, std::size_t index,
                               std::size_t size) {
  if (!job || job->variable == "--index") return "";
  const std::int64_t attempt = job->attempt.value_or(0);
  const std::string tried = attempt > 1 ? fmt::format(" attempt {}", attempt) : "";
  return fmt::format("[{}/{}{}] ", index, size, tried);
}

inline std::string prefixed(const std::string& text, const std::string& prefix) {
  std::string result;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
    result += prefix + text.substr(start, end - start);
    start = end;
  }
  return result;
}

inline progress_style style_of(int verbose, bool terminal) {
  if (verbose == 0) return progress_style::none;
  return verbose == 1 && terminal ? progress_style::bar : progress_style::lines;
}

/// A callback from a function of the epoch's record.
template <class Call> struct after_epoch {
  Call call;
  explicit after_epoch(Call call_) : call(std::move(call_)) {}
  template <class Executor>
  void on_epoch_end(training_context<Executor>&, const epoch_record& record) const {
    call(record);
  }
};

/// What all paramsets of one job share.
template <class P> struct job_inputs {
  const sweep<P>& paramsets;
  const std::optional<job_index>& job;
  const dataset& data;
  double load_seconds;
  clock::time_point start;
};

/// The model as it stands at its best epoch.
inline trained_model best_model(const model_spec& model, const training_options& options,
                                const cpu_executor& executor, const run_result& run,
                                const epoch_record& best, metric monitor) {
  trained_model trained{.model = model,
                        .parameters = executor.best_parameters(),
                        .loss = options.loss,
                        .optimizer = options.optimizer};
  trained.metadata = {
      {"version", version},
      {"index", run.index},
      {"paramset", run.paramset},
      {"data", run.data},
      {"best", {{"epoch", best.epoch}, {std::string(name_of(monitor)), *best.value_of(monitor)}}}};
  return trained;
}

/// The last lines of a run.
inline std::string closing_lines(const run_result& run, metric monitor) {
  return fmt::format(
      "{}Best epoch {} of {}: {} {:.4f}, model {}\n"
      "Seconds: load {:.2f}, train {:.2f}, validate {:.2f}, total {:.2f}; {}, {} thread{}\n",
      run.training.stop_reason.empty() ? "" : run.training.stop_reason + "\n", run.best->epoch,
      run.training.history.size(), name_of(monitor), *run.best->value_of(monitor), run.model_path,
      run.load_seconds, run.training.train_seconds(), run.training.validate_seconds(),
      run.total_seconds, run.device, run.threads, run.threads == 1 ? "" : "s");
}

/// One paramset, from network to files.
template <trainable_paramset P>
void train_one(const context& world, const train_settings& settings, const job_inputs<P>& inputs,
               std::size_t index) {
  const P& p = inputs.paramsets.paramsets[index];
  const dataset& data = inputs.data;
  const training_options options = training_options_of(p);
  const model_spec model = build_model(p, data.inputs(), data.classes);
  const std::filesystem::path directory(settings.output);
  const std::filesystem::path model_path = model_path_of(p, index, directory);
  cpu_executor executor(model, options, data, {.threads = settings.threads});

  run_result run;
  run.index = static_cast<std::int64_t>(index);
  run.sweep_size = static_cast<std::int64_t>(inputs.paramsets.size());
  run.job = inputs.job;
  run.paramset = encode(p);
  run.data = data.name;
  run.load_seconds = inputs.load_seconds;
  run.device = executor.device();
  run.threads = executor.threads();
  run.seed = options.seed;

  const std::string prefix = line_prefix(inputs.job, index, inputs.paramsets.size());
  const auto say = [&](const std::string& text) {
    if (settings.verbose > 0) world.out << prefixed(text, prefix) << std::flush;
  };
  say(fmt::format("paramset {}: {}\n", index, dump(run.paramset)));
  say(summarize(model));

  const progress_style style = style_of(settings.verbose, world.terminal);
  progress_printer progress(world.out, style, prefix);
  model_checkpoint checkpoint = checkpoint_of(p);
  checkpoint.save = [&](const epoch_record& record) {
    write_model(model_path, best_model(model, options, executor, run, record, checkpoint.monitor));
  };
  std::optional<epoch_record> best_before;
  const after_epoch tell_checkpoint([&](const epoch_record& record) {
    if (style == progress_style::bar) {
      say(checkpoint_line(record, checkpoint.monitor, best_before, checkpoint.improved,
                          model_path.string()) +
          "\n");
    }
    best_before = checkpoint.best;
  });
  std::string csv;
  optional_callback<csv_logger> log;
  if (settings.csv_log) {
    log.callback = csv_logger{.write = [&](std::string_view line) {
      csv += line;
      storage::write_atomic(directory / fmt::format("log_{}.csv", index), csv);
    }};
  }
  optional_callback<time_budget> budget;
  if (settings.time_budget > 0) budget.callback = time_budget{.seconds = settings.time_budget};

  run.training = train(executor, options, data, progress, checkpoint, tell_checkpoint, log,
                       early_stopping_of(p), reduce_lr_of(p), terminate_on_nan_of(p), budget);
  run.best = checkpoint.best;
  run.model_path = run.best ? model_path.string() : "";
  run.total_seconds = seconds_since(inputs.start);
  const std::filesystem::path result_path = directory / fmt::format("result_{}.json", index);
  storage::write_atomic(result_path, dump(encode_result(run), 2) + "\n");
  if (!run.best) {
    throw data_error(
        fmt::format("paramset {}: no epoch gave a finite loss, so there is no model; see {}", index,
                    result_path.string()));
  }
  say(closing_lines(run, checkpoint.monitor));
}

}  // namespace detail

template <trainable_paramset P>
void run_train(const context& world, const train_settings& settings) {
  const auto start = detail::clock::now();
  sweep<P> sweep = load_sweep<P>(settings.sweep);
  for (P& p : sweep.paramsets) {
    for (const std::string& assignment : settings.assignments) assign(p, assignment);
  }
  check_model_paths(sweep);

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

  const auto load_start = detail::clock::now();
  const dataset data = load_dataset(settings.data, make_catalog(world.environment, world.embedded));
  const double load_seconds = detail::seconds_since(load_start);
  for (const std::size_t index : indices) {
    (void)checked_model(sweep, index, data.inputs(), data.classes);
  }
  for (const std::size_t index : indices) {
    detail::train_one<P>(world, settings, {sweep, job, data, load_seconds, start}, index);
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
  CLI::Option* output = command->add_option("--output", settings->output,
                                            "directory of models and results; default .");
  or_variable(*output->type_name("DIR"), settings->output, world, "SWEEPNET_OUTPUT");
  command->add_flag("--csv-log", settings->csv_log,
                    "write log_<index>.csv, a line per epoch, as Keras' CSVLogger does");
  add_number(*command, "--time-budget", settings->time_budget, above(0),
             "stop after the epoch in which N seconds have passed");
  add_threads_option(*command, settings->threads);
  add_number(*command, "--verbose", settings->verbose, closed_range(0, 2),
             "0: errors only; 1: a bar per epoch on a terminal, else a line; 2: a line per epoch");
  command->footer("Keys of a paramset:\n" + describe_fields<P>());
  command->callback([settings, &world] { run_train<P>(world, *settings); });
}

}  // namespace sweepnet::app
