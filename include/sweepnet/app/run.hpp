// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One paramset's run, from network to files: begun, resumed, or found finished.

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/device.hpp"
#include "sweepnet/app/interruption.hpp"
#include "sweepnet/app/job.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/paramset_callbacks.hpp"
#include "sweepnet/app/saving.hpp"
#include "sweepnet/output/finished_run.hpp"
#include "sweepnet/output/progress.hpp"
#include "sweepnet/output/result.hpp"
#include "sweepnet/output/run_identity.hpp"
#include "sweepnet/output/run_state_file.hpp"
#include "sweepnet/output/summary.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/sweep/encode.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet::app {

struct run_settings {
  std::string output = ".";
  int threads = 0;
  device_settings device;
  int verbose = 1;
  bool csv_log = false;
  double time_budget = 0;  ///< seconds; 0: none
  double save_every = 60;  ///< seconds between saves within an epoch; 0: after epochs only
  double stop_within = interruption::usual_seconds;  ///< after a signal, if servers are ill
  bool keep_state = false;  ///< leave the state of a finished run where it is
  bool start_over = false;  ///< discard the state and the result that are there
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
  const chosen_device& device;
  std::string data_digest;
  double load_seconds;
  clock::time_point start;
};

/// The files of one run.
struct run_files {
  std::string model;
  std::string state;
  std::string result;
  std::string log;
};

template <class P> run_files files_of(const P& p, std::size_t index, const std::string& output) {
  return {.model = model_path_of(p, index, output),
          .state = storage::join_location(output, fmt::format("state_{}.safetensors", index)),
          .result = storage::join_location(output, fmt::format("result_{}.json", index)),
          .log = storage::join_location(output, fmt::format("log_{}.csv", index))};
}

/// The paramset as files and messages show it: without the signature of a presigned model_path.
template <class P> json public_paramset(const P& p) {
  json paramset = encode(p);
  if (const auto path = paramset.find("model_path"); path != paramset.end() && path->is_string()) {
    *path = storage::without_query(path->get<std::string>());
  }
  return paramset;
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

[[noreturn]] inline void fail_without_model(std::size_t index, const run_files& files) {
  throw data_error(
      fmt::format("paramset {}: no epoch gave a finite loss, so there is no model; see {}", index,
                  files.result));
}

/// Makes way for a run: nothing if it is finished (`say` tells), else the state to go on from, or
/// an empty one to begin with.
template <class Say>
std::optional<std::optional<saved_run>> find_earlier_run(const run_files& files, std::size_t index,
                                                         const run_identity& identity,
                                                         const run_settings& settings,
                                                         const Say& say) {
  for (const auto& file : {files.model, files.state, files.result, files.log}) {
    if (!storage::is_remote(file)) storage::remove_abandoned(file);
  }
  if (settings.start_over) {
    storage::remove(files.result);
    storage::remove(files.state);
  }
  const finished_run before = find_finished_run(files.result, files.model, identity);
  if (before.state == finished_run::kind::complete) {
    if (!settings.keep_state) storage::remove(files.state);
    if (!before.has_model) fail_without_model(index, files);
    say(fmt::format("paramset {} is finished: {}; --start-over trains it again\n", index,
                    files.result));
    return std::nullopt;
  }
  if (before.state == finished_run::kind::incomplete) {
    say(fmt::format("paramset {} was finished, but {}: training it again\n", index, before.reason));
  }
  std::optional<saved_run> saved;
  if (storage::exists(files.state)) {
    saved = read_run_state(storage::read(files.state), files.state, identity);
  }
  return saved;
}

/// Keeps the result of another attempt that finished the same run meanwhile.
template <class Say>
void write_result(const run_result& run, const run_files& files, const Say& say) {
  const std::string text = dump(encode_result(run), 2) + "\n";
  if (storage::write_new(files.result, text)) return;
  const finished_run other = find_finished_run(files.result, files.model, run.identity);
  if (other.state == finished_run::kind::complete) {
    say(fmt::format("another attempt has finished this run: its result {} is kept\n",
                    files.result));
  } else {
    storage::write(files.result, text);
  }
}

/// One paramset, from network to files.
template <trainable_paramset P>
void train_one(const context& world, const run_settings& settings, const job_inputs<P>& inputs,
               const interruption& stop, std::size_t index) {
  const P& p = inputs.paramsets.paramsets[index];
  const dataset& data = inputs.data;
  const training_options options = training_options_of(p);
  const model_spec model = build_model(p, data.inputs(), data.classes);
  const run_files files = files_of(p, index, settings.output);
  const run_identity identity{
      .paramset = public_paramset(p), .data = data.name, .data_digest = inputs.data_digest};

  const std::string prefix = line_prefix(inputs.job, index, inputs.paramsets.size());
  const auto say = [&](const std::string& text) {
    if (settings.verbose > 0) world.out << prefixed(text, prefix) << std::flush;
  };
  const auto earlier = find_earlier_run(files, index, identity, settings, say);
  if (!earlier) return;
  const std::optional<saved_run>& saved = *earlier;
  if (const std::string signal = stop.signal(); !signal.empty()) {
    throw interrupted_error(fmt::format("{} came before paramset {} was begun", signal, index));
  }
  any_executor executor =
      make_executor(world, inputs.device, model, options, data, settings.threads);

  run_result run{.index = static_cast<std::int64_t>(index),
                 .sweep_size = static_cast<std::int64_t>(inputs.paramsets.size()),
                 .job = inputs.job,
                 .identity = identity,
                 .load_seconds = inputs.load_seconds,
                 .device = executor.device(),
                 .precision = inputs.device.precision(),
                 .threads = inputs.device.gpu ? 1 : usable_threads(settings.threads),
                 .seed = options.seed};
  say(fmt::format("paramset {}: {}\n", index, dump(identity.paramset)));
  say(summarize(model));
  if (const std::string& reason = inputs.device.reason; !reason.empty()) {
    say(fmt::format("Training on the CPU: {}\n", reason));
  }
  if (saved) {
    say(fmt::format("Resuming after epoch {} and {} rows of the next, from {}\n",
                    saved->state.history.size(), saved->state.progress.rows, files.state));
    if (saved->device != run.device) {
      world.err << fmt::format(
          "note: the run was begun on {}, this is {}: results agree to rounding only\n",
          saved->device, run.device);
    }
  }

  std::string model_digest;  // before its writer, which may outlive the rest
  const auto tell = [&](const std::string& text) {
    world.err << prefixed(text, prefix) << std::flush;
  };
  storage::background_writer writer(
      [&](const std::string& failure) { tell("note: " + failure + "; the run goes on\n"); });
  const progress_style style = style_of(settings.verbose, world.terminal);
  progress_printer progress(world.out, style, prefix);
  model_checkpoint checkpoint = checkpoint_of(p);
  const after_epoch tell_checkpoint([&](const epoch_record& record) {
    if (style == progress_style::bar) {
      say(checkpoint_line(record, checkpoint.monitor, checkpoint.best_before, checkpoint.improved,
                          storage::without_query(files.model)) +
          "\n");
    }
  });
  saving_budget saving(writer);
  model_saver keep_model{.checkpoint = checkpoint,
                         .writer = writer,
                         .budget = saving,
                         .path = files.model,
                         .digest = model_digest,
                         .model = model,
                         .identity = identity,
                         .index = run.index};
  log_saver csv{.writer = writer, .budget = saving, .path = files.log};
  optional_callback<csv_logger> log;
  if (settings.csv_log) {
    log.callback = csv_logger{.write = [&](std::string_view lines) { csv.add(lines); }};
  }
  optional_callback<time_budget> budget;
  if (settings.time_budget > 0) budget.callback = time_budget{.seconds = settings.time_budget};
  run_saver keep_state({.path = files.state, .every = settings.save_every, .tell = tell}, writer,
                       saving, keep_model, identity, run.device, stop);

  const auto go = [&](auto&&... callbacks) {
    if (!saved) return train(executor, callbacks...);
    try {
      return resume(saved->state, executor, callbacks...);
    } catch (const std::invalid_argument& e) {
      throw data_error(files.state + ": " + e.what());
    }
  };
  run.training = go(progress, checkpoint, tell_checkpoint, keep_model, log, early_stopping_of(p),
                    reduce_lr_of(p), terminate_on_nan_of(p), budget, keep_state);
  csv.catch_up();
  writer.flush();

  run.best = checkpoint.best;
  if (run.best) {
    run.model_path = storage::without_query(files.model);
    run.model_digest = model_digest;
  }
  run.total_seconds = seconds_since(inputs.start);
  write_result(run, files, say);
  if (!settings.keep_state) storage::remove(files.state);
  if (!run.best) fail_without_model(index, files);
  say(closing_lines(run, checkpoint.monitor));
}

}  // namespace detail

}  // namespace sweepnet::app
