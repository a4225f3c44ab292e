// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One paramset's run, from network to files: begun, resumed, or found finished.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/device.hpp"
#include "sweepnet/app/job.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/run_begin.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/network/summary.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/paramset_callbacks.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/saving.hpp"
#include "sweepnet/storage/store.hpp"
#include "sweepnet/training/progress.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet::app {

namespace detail {

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
  stopwatch watch;  ///< since the job began
};

/// The last lines of an attempt.
inline std::string closing_lines(const run_result& run, const run_files& files, metric monitor) {
  std::string text;
  if (run.stopped) {
    text = fmt::format(
        "the time budget of {} s is spent: a larger --time-budget, or none, goes on from {}\n",
        run.stopped->budget, files.state.shown());
  } else if (!run.training.stop_reason.empty()) {
    text = run.training.stop_reason + "\n";
  }
  if (run.best) {
    text += fmt::format("Best epoch {} of {}: {} {:.4f}, model {}\n", run.best->epoch,
                        run.training.history.size(), name_of(monitor), *run.best->value_of(monitor),
                        run.model_path);
  }
  return text + fmt::format(
                    "Seconds: load {:.2f}, train {:.2f}, validate {:.2f}, total {:.2f}; {}, {} "
                    "thread{}\n",
                    run.load_seconds, run.training.train_seconds(), run.training.validate_seconds(),
                    run.total_seconds, run.device, run.threads, run.threads == 1 ? "" : "s");
}

/// One paramset's run: what stays the same through all of it.
template <class P> struct run_setting {
  const context& world;
  const run_settings& settings;
  const job_inputs<P>& inputs;
  const interruption& stop;
  std::size_t index;
  std::string prefix;
  run_identity identity;
  run_files files;

  [[nodiscard]] const P& paramset() const { return inputs.paramsets.paramsets[index]; }
  void say(const std::string& text) const {
    if (settings.verbose > 0) world.out << prefixed(printable(text, "\n"), prefix) << std::flush;
  }
  void note(const std::string& text) const {
    world.err << prefixed(printable(text, "\n"), prefix) << std::flush;
  }
};

/// Tells what is about to be trained, and from where.
template <class P>
void announce(const run_setting<P>& at, const model_spec& model, const run_result& run,
              const std::optional<saved_run>& saved) {
  at.say(fmt::format("paramset {}: {}\n", at.index, dump(at.identity.paramset)));
  at.say(summarize(model));
  if (const std::string& reason = at.inputs.device.reason; !reason.empty()) {
    at.say(fmt::format("Training on the CPU: {}\n", reason));
  }
  if (!saved) return;
  at.say(fmt::format("Resuming after epoch {} and {} rows of the next, from {}\n",
                     saved->state.history.size(), saved->state.progress.rows,
                     at.files.state.shown()));
  if (saved->device != run.device) {
    at.world.err << fmt::format(
        "note: the run was begun on {}, this is {}: results agree to rounding only\n",
        printable(saved->device), run.device);
  }
}

/// Trains from where `begin` says, keeping model, state and log. Fills in what came of it.
template <class P>
void train_and_save(const run_setting<P>& at, const beginning& begin, any_executor& executor,
                    const model_spec& model, run_fence& fence, run_result& run) {
  const run_settings& settings = at.settings;
  const run_files& files = at.files;
  const auto tell = [&at](const std::string& text) { at.note(text); };
  storage::background_writer writer(
      [&at](const std::string& failure) { at.note("note: " + failure + "; the run goes on\n"); });
  const progress_style style = style_of(settings.verbose, at.world.terminal);
  progress_printer progress(at.world.out, style, at.prefix);
  model_checkpoint checkpoint = checkpoint_of(at.paramset());
  const after_epoch tell_checkpoint([&](const epoch_record& record) {
    if (style == progress_style::bar) {
      at.say(checkpoint_line(record, checkpoint.monitor, checkpoint.best_before,
                             checkpoint.improved, files.model.shown()) +
             "\n");
    }
  });
  saving_budget saving(writer);
  model_saver keep_model{.checkpoint = checkpoint,
                         .writer = writer,
                         .budget = saving,
                         .fence = fence,
                         .place = files.model,
                         .digest = run.model_digest,
                         .model = model,
                         .identity = at.identity,
                         .index = run.index};
  log_saver keep_log{.writer = writer, .budget = saving, .fence = fence, .place = files.log};
  optional_callback<csv_logger> log;
  if (settings.csv_log) {
    log.callback = csv_logger{.write = [&](std::string_view line) { keep_log.add(line); }};
  }
  optional_callback<time_budget> budget;
  if (settings.time_budget > 0) {
    budget.callback = time_budget{.seconds = std::max(0.0, settings.time_budget - begin.seconds)};
  }
  run_saver keep_state({.place = files.state, .every = settings.save_every, .tell = tell},
                       keep_model, run.device, at.stop);

  const P& p = at.paramset();
  const stopwatch watch;
  const auto go = [&](auto&&... callbacks) {
    if (!begin.saved) return train(executor, callbacks...);
    try {
      return resume(begin.saved->state, executor, callbacks...);
    } catch (const std::invalid_argument& e) {
      throw unusable_run(files.state.shown() + ": " + e.what());
    }
  };
  run.training = go(progress, checkpoint, tell_checkpoint, keep_model, log, early_stopping_of(p),
                    reduce_lr_of(p), terminate_on_nan_of(p), budget, keep_state);
  keep_log.finish();
  writer.flush();

  if (!run.training.leave_reason.empty()) {
    run.stopped =
        budget_stop{.budget = settings.time_budget, .seconds = begin.seconds + watch.seconds()};
  }
  run.best = checkpoint.best;
  if (run.best) {
    run.model_path = files.model.shown();
  } else if (!run.stopped) {
    run.error = no_model_reason;
  }
}

/// One paramset, from network to files.
template <class P> void train_paramset(const run_setting<P>& at) {
  const P& p = at.paramset();
  const dataset& data = at.inputs.data;
  const training_options options = training_options_of(p);
  const model_spec model = build_model(p, data.inputs(), data.classes);

  clear_for_run(at.files, at.settings);
  run_fence fence(at.files, at.identity);
  const std::optional<beginning> begin =
      begin_run(at.files, at.index, at.identity, at.settings, fence,
                [&](const std::string& text) { at.say(text); });
  if (!begin) return;
  if (const std::string signal = at.stop.signal(); !signal.empty()) {
    throw interrupted_error(fmt::format("{} came before paramset {} was begun", signal, at.index));
  }
  any_executor executor =
      make_executor(at.world, at.inputs.device, model, options, data, at.settings.threads);
  run_result run{.index = static_cast<std::int64_t>(at.index),
                 .sweep_size = static_cast<std::int64_t>(at.inputs.paramsets.size()),
                 .job = at.inputs.job,
                 .identity = at.identity,
                 .load_seconds = at.inputs.load_seconds,
                 .device = executor.device(),
                 .precision = at.inputs.device.precision(),
                 .threads = at.inputs.device.gpu ? 1 : usable_threads(at.settings.threads),
                 .seed = options.seed};
  announce(at, model, run, begin->saved);
  train_and_save(at, *begin, executor, model, fence, run);

  run.total_seconds = at.inputs.watch.seconds();
  fence.write_result(dump(encode_result(run), 2) + "\n");
  if (!at.settings.keep_state && !run.stopped) storage::remove(at.files.state);
  if (!run.error.empty()) fail_without_model(at.index, at.files);
  at.say(closing_lines(run, at.files, checkpoint_of(p).monitor));
}

/// The same, where other attempts may be at it, and files may lie in the way.
template <trainable_paramset P>
void train_one(const context& world, const run_settings& settings, const job_inputs<P>& inputs,
               const interruption& stop, std::size_t index) {
  const P& p = inputs.paramsets.paramsets[index];
  const run_setting<P> at{.world = world,
                          .settings = settings,
                          .inputs = inputs,
                          .stop = stop,
                          .index = index,
                          .prefix = line_prefix(inputs.job, index, inputs.paramsets.size()),
                          .identity = {.paramset = public_paramset(p),
                                       .data = inputs.data.name,
                                       .data_digest = inputs.data_digest},
                          .files = files_of(p, index, settings)};
  try {
    train_paramset(at);
  } catch (const finished_elsewhere& e) {
    at.say(fmt::format("another attempt has finished this run: its result {} is kept\n", e.what()));
    if (!read_result(at.files.result).has_model()) fail_without_model(index, at.files);
  } catch (const unusable_run& e) {
    throw data_error(std::string(e.what()) + "; --start-over discards it");
  }
}

}  // namespace detail

}  // namespace sweepnet::app
