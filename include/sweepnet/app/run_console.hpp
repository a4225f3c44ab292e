// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `train` prints of a run.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/app/context.hpp"
#include "sweepnet/app/options.hpp"
#include "sweepnet/app/sweep_console.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/network/summary.hpp"
#include "sweepnet/report/tensorboard_log.hpp"
#include "sweepnet/run/begin.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/run.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/progress.hpp"

namespace sweepnet::app {

/// How much is printed: 0 errors only; 1 a bar per epoch on a terminal, else a line; 2 lines.
struct console_settings {
  int verbose = 1;
  double time_budget = 0;                 ///< as in run_options
  std::string cpu_reason{};               ///< why the CPU trains, where nobody asked for it
  std::vector<std::string> data_notes{};  ///< as in dataset
  std::optional<storage::location> tensorboard{};  ///< where events go; unset: nowhere
};

namespace detail {

/// "[3/8] " in an array job, "[3/8 attempt 2] " when it was tried before, else nothing.
inline std::string line_prefix(const std::optional<job_index>& job, std::size_t index,
                               std::size_t size) {
  if (!job || job->variable == index_flags.index) return "";
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

/// The last lines of an attempt.
inline std::string closing_lines(const run_result& run, const run_spec& spec) {
  std::string text;
  if (const auto* budget = std::get_if<budget_stop>(&run.stopped)) {
    text = fmt::format(
        "the time budget of {} s is spent: a larger --time-budget, or none, goes on from {}\n",
        budget->budget, spec.files.state.shown());
  } else if (const auto* early = std::get_if<early_stop>(&run.stopped)) {
    text = text_of_stop(*early) + "\n";
  } else if (!run.training.stop_reason.empty()) {
    text = run.training.stop_reason + "\n";
  }
  if (run.best) {
    const metric monitor = spec.callbacks.monitor;
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

}  // namespace detail

/// Prints one run, every line behind the prefix that tells it from others of its array.
class run_console final : public run_observer {
 public:
  run_console(const context& world, const console_settings& settings, std::string prefix)
      : world_(&world),
        settings_(settings),
        prefix_(std::move(prefix)),
        style_(style_of(settings.verbose, world.terminal)),
        progress_(world.out, style_, prefix_, world.columns) {}

  void on_begin(const run_spec& spec, const begun_run& begun, const executor& executor) override {
    say(fmt::format("paramset {}: {}\n", spec.index, dump(spec.identity.paramset)));
    say(summarize(spec.model));
    for (const std::string& note : settings_.data_notes) say(text_of_note(note));
    if (!settings_.cpu_reason.empty()) {
      say(fmt::format("Training on the CPU: {}\n", settings_.cpu_reason));
    }
    if (!begun.saved) return;
    say(fmt::format("Resuming after epoch {} and {} rows of the next, from {}\n",
                    begun.saved->state.history.size(), begun.saved->state.progress.rows,
                    spec.files.state.shown()));
    world_->err << note_of_other_device(begun, executor);
  }

  std::vector<callback*> callbacks(const run_spec& spec, const model_checkpoint& best) override {
    std::vector<callback*> told{&progress_};
    if (style_ == progress_style::bar) {
      told.push_back(&checkpoints_.emplace(*this, best, spec.files.model.shown()));
    }
    if (settings_.tensorboard) {
      told.push_back(&events_.emplace(report::tensorboard_log_options{
          .directory = *settings_.tensorboard,
          .index = spec.index,
          .paramset = spec.identity.paramset,
          .trouble = [this](const std::string& text) { on_trouble(text); }}));
    }
    return told;
  }

  void on_trouble(const std::string& text) override {
    progress_.erase_bar();
    world_->err << detail::prefixed(printable(text, "\n"), prefix_) << std::flush;
  }

  /// Prints how the run ended. Throws data_error if it has no model and never will.
  void tell(const run_spec& spec, const run_outcome& outcome) const {
    const std::string result = spec.files.result.shown();
    if (outcome.ending == run_ending::finished_elsewhere) {
      say(fmt::format("another attempt has finished this run: its result {} is kept\n", result));
    }
    if (!outcome.has_model) {
      throw data_error(fmt::format("paramset {}: {}, so there is no model; see {}", spec.index,
                                   no_model_reason, result));
    }
    if (outcome.ending == run_ending::already_done) {
      say(fmt::format("paramset {} is finished: {}; --start-over trains it again\n", spec.index,
                      result));
    } else if (outcome.ending == run_ending::budget_spent) {
      say(
          fmt::format("paramset {} has used its time budget: {:.3g} of {:.3g} s, see {}; a larger "
                      "--time-budget, or none, goes on\n",
                      spec.index, outcome.seconds, settings_.time_budget, result));
    } else if (outcome.ending == run_ending::stopped) {
      say(
          fmt::format("paramset {} was stopped by comparison with others, see {}; "
                      "--continue-stopped goes on\n",
                      spec.index, result));
    } else if (outcome.result) {
      say(detail::closing_lines(*outcome.result, spec));
    }
  }

 private:
  /// Prints Keras' line on each checkpoint.
  class checkpoint_printer final : public callback {
   public:
    checkpoint_printer(const run_console& console, const model_checkpoint& checkpoint,
                       std::string model)
        : console_(&console), checkpoint_(&checkpoint), model_(std::move(model)) {}
    void on_epoch_end(training_context&, const epoch_record& record) override {
      console_->say(checkpoint_line(record, checkpoint_->monitor(), checkpoint_->best_before(),
                                    checkpoint_->improved(), model_) +
                    "\n");
    }

   private:
    const run_console* console_;
    const model_checkpoint* checkpoint_;
    std::string model_;
  };

  static progress_style style_of(int verbose, bool terminal) {
    if (verbose == 0) return progress_style::none;
    return verbose == 1 && terminal ? progress_style::bar : progress_style::lines;
  }

  void say(const std::string& text) const {
    if (settings_.verbose == 0) return;
    world_->out << detail::prefixed(printable(text, "\n"), prefix_) << std::flush;
  }

  const context* world_;
  console_settings settings_;
  std::string prefix_;
  progress_style style_;
  progress_printer progress_;
  std::optional<checkpoint_printer> checkpoints_{};
  std::optional<report::tensorboard_log> events_{};
};

}  // namespace sweepnet::app
