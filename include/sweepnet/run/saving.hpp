// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Callbacks that keep a run on disk while it trains: its best model, its state and its log.

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/interruption.hpp"
#include "sweepnet/run/last_save.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/storage/background_writer.hpp"
#include "sweepnet/training/callbacks.hpp"

namespace sweepnet::app {

/// Keeps what saving takes of a run's time under 1%: where epochs are so short that saving after
/// each is no trifle, some go unsaved.
class saving_budget {
 public:
  explicit saving_budget(const storage::background_writer& writer) : writer_(&writer) {}

  [[nodiscard]] bool allows() const {
    constexpr double largest_share = 0.01;
    return copying_ + writer_->processor_seconds() <= largest_share * began_.seconds();
  }
  /// Runs f, which takes its time from training.
  template <class F> void spend(const F& f) {
    const stopwatch watch;
    f();
    copying_ += watch.seconds();
  }

 private:
  const storage::background_writer* writer_;
  stopwatch began_;
  double copying_ = 0;  ///< seconds
};

/// Writes the model when `checkpoint` finds a better one, so give it behind that one; where the
/// budget says no, with a later epoch or at the end. A resumed run begins with the model that its
/// state holds, and one whose file somebody removed ends with it.
struct model_saver {
  const model_checkpoint& checkpoint;
  storage::background_writer& writer;
  saving_budget& budget;
  run_fence& fence;
  storage::location place;
  std::string& digest;  ///< of the file's bytes; good once the writer has flushed
  const model_spec& model;
  const run_identity& identity;
  std::int64_t index;
  bool behind = false;  ///< whether the file lacks the best model

  template <class Executor> void on_train_begin(training_context<Executor>& context) {
    behind = checkpoint.best.has_value();
    catch_up(context);
  }
  template <class Executor>
  void on_epoch_end(training_context<Executor>& context, const epoch_record&) {
    behind = behind || checkpoint.improved;
    if (budget.allows()) catch_up(context);
  }
  template <class Executor> void on_train_end(training_context<Executor>& context) {
    catch_up(context);
    writer.flush();
    if (checkpoint.best && !fence.holds_model()) {
      budget.spend([&] { save(context, &run_fence::write_last_model); });
    }
  }

  /// Writes the best model if the file lacks it.
  template <class Executor> void catch_up(const training_context<Executor>& context) {
    if (behind) budget.spend([&] { save(context, &run_fence::write_model); });
    behind = false;
  }

 private:
  using write_function = void (run_fence::*)(std::string_view);

  template <class Executor>
  void save(const training_context<Executor>& context, write_function write) {
    const epoch_record& best = *checkpoint.best;
    const auto epochs = std::min(best.epoch, std::ssize(context.history));
    auto trained = std::make_shared<trained_model>();
    trained->model = model;
    trained->parameters = context.executor.best_parameters();
    trained->loss = context.options.loss;
    trained->optimizer = context.options.optimizer;
    trained->metadata = identity.encoded();
    trained->metadata["index"] = index;
    trained->metadata["best"] = {
        {"epoch", best.epoch},
        {std::string(name_of(checkpoint.monitor)), *best.value_of(checkpoint.monitor)}};
    trained->metadata["history"] =
        encode_history({context.history.begin(), context.history.begin() + epochs});
    writer.submit_task(place.shown(),
                       [trained, write, to = place.shown(), &into = fence, &written = digest] {
                         const std::string bytes = encode_model_file(to, *trained);
                         written = digest_of(bytes);
                         (into.*write)(bytes);
                       });
  }
};

/// Keeps the run's log as the lines so far, which the budget may hold up until the end.
struct log_saver {
  storage::background_writer& writer;
  saving_budget& budget;
  run_fence& fence;
  storage::location place;
  std::string text{};
  bool behind = false;  ///< whether the file lacks lines

  void add(std::string_view line) {
    text += line;
    behind = true;
    if (budget.allows()) catch_up();
  }
  void catch_up() {
    if (behind) write(&run_fence::write_log);
  }
  /// At the end, whatever others have written meanwhile.
  void finish() {
    if (!text.empty()) write(&run_fence::write_last_log);
  }

 private:
  void write(void (run_fence::*how)(std::string_view)) {
    budget.spend([&] {
      writer.submit_task(place.shown(), [lines = text, how, &into = fence] { (into.*how)(lines); });
    });
    behind = false;
  }
};

/// Saves the run's state after each epoch that the budget allows, every so many seconds, and when
/// the process is asked to stop; then it throws interrupted_error. Give it last: it saves what the
/// others remember.
class run_saver {
 public:
  struct options {
    storage::location place;
    double every = 0;  ///< seconds between saves within an epoch; 0: after epochs only
    std::function<void(const std::string&)> tell{};  ///< hears what a stop waits for
  };

  run_saver(options saving, model_saver& model, std::string device, const interruption& stop)
      : options_(std::move(saving)), model_(&model), device_(std::move(device)), stop_(&stop) {}

  template <class Executor>
  void on_step(training_context<Executor>& context, const pass_progress& progress) {
    leave_if_asked(context, progress.rows);
    if (options_.every > 0 && saved_.seconds() >= options_.every) save(context);
  }
  template <class Executor>
  void on_validation_step(training_context<Executor>& context, const pass_progress&) {
    leave_if_asked(context, context.training_rows);
  }
  template <class Executor>
  void on_epoch_end(training_context<Executor>& context, const epoch_record& record) {
    const bool last =
        context.stop || !context.leave_reason.empty() || record.epoch == context.options.epochs;
    if (last || model_->budget.allows()) save(context);
  }

 private:
  template <class Executor> void save(const training_context<Executor>& context) {
    model_->budget.spend([&] {
      model_->writer.submit_task(
          options_.place.shown(),
          [state = std::make_shared<const run_state>(context.capture()),
           identity = model_->identity, device = device_,
           &into = model_->fence] { into.write_state(write_run_state(*state, identity, device)); });
    });
    saved_.restart();
  }

  template <class Executor>
  void leave_if_asked(const training_context<Executor>& context, std::int64_t rows) {
    if (stop_->signal().empty()) return;
    leave(
        {.stop = *stop_,
         .writer = model_->writer,
         .state = options_.place.shown(),
         .at = fmt::format("in epoch {}, after {} of {} rows", context.history.size() + 1, rows,
                           context.training_rows),
         .tell = options_.tell},
        [&] { save(context); }, [&] { model_->catch_up(context); });
  }

  options options_;
  model_saver* model_;
  std::string device_;
  const interruption* stop_;
  stopwatch saved_;
};

}  // namespace sweepnet::app
