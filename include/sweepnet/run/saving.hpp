// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Callbacks that keep a run on disk while it trains: its best model, its state and its log.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/embed/table_model.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/run/fence.hpp"
#include "sweepnet/run/last_save.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/state_file.hpp"
#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/storage/background_writer.hpp"
#include "sweepnet/training/callbacks.hpp"

namespace sweepnet {

/// Keeps what saving takes of a run's time under 1%: where epochs are so short that saving after
/// each is no trifle, some go unsaved.
class saving_budget {
 public:
  /// A run may save from the beginning on, or once it has taken `first` seconds.
  explicit saving_budget(const storage::background_writer& writer, double first = 0)
      : writer_(&writer), first_(first) {}

  [[nodiscard]] bool allows() const {
    constexpr double largest_share = 0.01;
    const double seconds = began_.seconds();
    return seconds >= first_ && copying_ + writer_->processor_seconds() <= largest_share * seconds;
  }
  /// Runs f, which takes its time from training.
  template <class F> void spend(const F& f) {
    const stopwatch watch;
    f();
    copying_ += watch.seconds();
  }

 private:
  const storage::background_writer* writer_;
  double first_;
  stopwatch began_;
  double copying_ = 0;  ///< seconds
};

/// What the savers of one run share.
struct run_saving {
  const run_spec& spec;
  run_fence& fence;
  storage::background_writer& writer;
  saving_budget& budget;
};

/// Writes the model when `checkpoint` finds a better one, so give it behind that one; where the
/// budget says no, with a later epoch or at the end. A resumed run begins with the model that its
/// state holds, and one whose file somebody removed ends with it.
class model_saver final : public callback {
 public:
  /// `digest` is set to that of the file's bytes; it is good once the writer has flushed.
  model_saver(const run_saving& saving, const model_checkpoint& checkpoint, std::string& digest)
      : saving_(saving), checkpoint_(&checkpoint), digest_(&digest) {}

  void on_train_begin(training_context& context) override {
    behind_ = checkpoint_->best().has_value();
    catch_up(context);
  }
  void on_epoch_end(training_context& context, const epoch_record&) override {
    behind_ = behind_ || checkpoint_->improved();
    if (saving_.budget.allows()) catch_up(context);
  }
  void on_train_end(training_context& context) override {
    catch_up(context);
    saving_.writer.flush();
    if (checkpoint_->best() && !saving_.fence.holds_model()) {
      saving_.budget.spend([&] { save(context, &run_fence::write_last_model); });
    }
  }

  /// Writes the best model if the file lacks it.
  void catch_up(const training_context& context) {
    if (behind_) saving_.budget.spend([&] { save(context, &run_fence::write_model); });
    behind_ = false;
  }

 private:
  void save(const training_context& context, void (run_fence::*write)(std::string_view)) {
    const std::string place = saving_.spec.files.model.shown();
    saving_.writer.submit_task(
        place, [about = about_best(context), best = context.executor.shared_best(), place, write,
                schema = saving_.spec.schema, &fence = saving_.fence, &digest = *digest_] {
          const std::string bytes = encode_with(*best, place, *about, schema.get());
          digest = digest_of(bytes);
          (fence.*write)(bytes);
        });
  }

  static std::string encode_with(const std::vector<float>& parameters, const std::string& place,
                                 trained_model trained, const table_schema* schema) {
    trained.parameters = parameters;
    if (schema != nullptr) trained = with_schema(std::move(trained), *schema);
    return encode_model_file(place, trained);
  }

  /// The best model without its parameters, which the executor shares.
  [[nodiscard]] std::shared_ptr<const trained_model> about_best(
      const training_context& context) const {
    const epoch_record& best = *checkpoint_->best();
    const metric monitor = checkpoint_->monitor();
    const auto epochs = std::min(best.epoch, std::ssize(context.history));
    auto trained = std::make_shared<trained_model>();
    trained->model = saving_.spec.model;
    trained->loss = context.options.loss;
    trained->optimizer = context.options.optimizer;
    ordered_json metadata = saving_.spec.identity.encoded();
    metadata["index"] = saving_.spec.index;
    metadata["best"] = {{"epoch", best.epoch},
                        {std::string(name_of(monitor)), *best.value_of(monitor)}};
    metadata["history"] =
        encode_history({context.history.begin(), context.history.begin() + epochs});
    trained->metadata = dump(metadata);
    return trained;
  }

  run_saving saving_;
  const model_checkpoint* checkpoint_;
  std::string* digest_;
  bool behind_ = false;  // whether the file lacks the best model
};

/// Keeps the run's log as the lines so far, which the budget may hold up until the end.
class log_saver final : public callback {
 public:
  explicit log_saver(const run_saving& saving) : saving_(saving) {}

  void on_train_begin(training_context& context) override { logger_.on_train_begin(context); }
  void on_epoch_end(training_context& context, const epoch_record& record) override {
    logger_.on_epoch_end(context, record);
    if (saving_.budget.allows()) write(&run_fence::write_log);
  }
  /// The last time, whatever others have written meanwhile.
  void on_train_end(training_context&) override {
    if (!text_.empty()) write(&run_fence::write_last_log);
  }

 private:
  void write(void (run_fence::*how)(std::string_view)) {
    saving_.budget.spend([&] {
      saving_.writer.submit_task(
          saving_.spec.files.log.shown(),
          [lines = text_, how, &fence = saving_.fence] { (fence.*how)(lines); });
    });
  }

  run_saving saving_;
  std::string text_{};
  csv_logger logger_{[this](std::string_view line) { text_ += line; }};
};

/// Saves the run's state after each epoch that the budget allows, every so many seconds, and when
/// the process is asked to stop; then it throws interrupted_error. Give it last: it saves what the
/// others remember.
class state_saver final : public callback {
 public:
  /// What is saved when a run has come to its end.
  enum class at_end {
    always,      ///< so that nothing is lost if model or result cannot be written then
    where_cheap  ///< only what the budget allows, or what the run is to go on from
  };
  struct occasions {
    double every = 0;  ///< seconds within an epoch; 0: never
    at_end last = at_end::always;
    const stop_request* stop = nullptr;  ///< null: nobody asks
  };

  /// `tell` hears what a stop waits for.
  state_saver(const run_saving& saving, model_saver& model, const occasions& when,
              std::function<void(const std::string&)> tell)
      : saving_(saving), model_(&model), when_(when), tell_(std::move(tell)) {}

  void on_step(training_context& context, const pass_progress& progress) override {
    leave_if_asked(context, progress.rows);
    if (when_.every > 0 && saved_.seconds() >= when_.every) save(context);
  }
  void on_validation_step(training_context& context, const pass_progress&) override {
    leave_if_asked(context, context.training_rows);
  }
  void on_epoch_end(training_context& context, const epoch_record& record) override {
    const bool complete = context.stop || record.epoch == context.options.epochs;
    const bool last = complete ? when_.last == at_end::always : !context.leave_reason.empty();
    if (last || saving_.budget.allows()) save(context);
  }

 private:
  void save(const training_context& context) {
    saving_.budget.spend([&] {
      saving_.writer.submit_task(
          saving_.spec.files.state.shown(),
          [state = std::make_shared<const run_state>(context.capture_but_weights()),
           parameters = context.executor.shared_parameters(), best = context.executor.shared_best(),
           identity = saving_.spec.identity, device = context.executor.device(),
           &fence = saving_.fence] {
            state_weights weights{.parameters = *parameters};
            if (best) weights.best = *best;
            encode_run_state(
                *state, weights, identity, device,
                [&fence](std::span<const std::string_view> pieces) { fence.write_state(pieces); });
          });
    });
    saved_.restart();
  }

  void leave_if_asked(const training_context& context, std::int64_t rows) {
    if (when_.stop == nullptr || when_.stop->asked_by().empty()) return;
    leave(
        {.stop = *when_.stop,
         .writer = saving_.writer,
         .state = saving_.spec.files.state.shown(),
         .at = fmt::format("in epoch {}, after {} of {} rows", context.history.size() + 1, rows,
                           context.training_rows),
         .tell = tell_},
        [&] { save(context); }, [&] { model_->catch_up(context); });
  }

  run_saving saving_;
  model_saver* model_;
  occasions when_;
  std::function<void(const std::string&)> tell_;
  stopwatch saved_;
};

}  // namespace sweepnet
