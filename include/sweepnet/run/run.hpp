// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One run from paramset to files: begun, resumed, or found finished. What a command line does with
// one paramset, a program of one's own can do by train_run().

#include <optional>
#include <string>
#include <vector>

#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/run/begin.hpp"
#include "sweepnet/run/leg.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/run/spec.hpp"
#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/executor.hpp"

namespace sweepnet {

/// What a program hears of a run: nothing, unless it overrides these.
class run_observer {
 public:
  virtual ~run_observer() = default;

  /// Training is about to begin, or to go on.
  virtual void on_begin(const run_spec&, const begun_run&, const executor&) {}
  /// Callbacks to be told of training; `best` knows which epoch is best. They must live on while
  /// the run does.
  virtual std::vector<callback*> callbacks(const run_spec&, const model_checkpoint& /*best*/) {
    return {};
  }
  /// What went wrong without ending the run, or what a stop waits for: a sentence and its newline.
  virtual void on_trouble(const std::string&) {}
};

/// What a result tells of the job that its run belongs to.
struct job_record {
  std::optional<job_index> job{};
  double load_seconds = 0;      ///< that the data took
  stopwatch started{};          ///< runs from the job's begin
  std::optional<int> worker{};  ///< as in run_result
};

/// How a call of train_run() ended.
enum class run_ending {
  trained,             ///< to its end, or until it was stopped on its way
  already_done,        ///< there was nothing to do
  budget_spent,        ///< there was nothing to do within the time budget
  stopped,             ///< there was nothing to do: early termination has stopped it
  finished_elsewhere,  ///< another attempt has finished the run meanwhile: its result is kept
};

struct run_outcome {
  run_ending ending = run_ending::trained;
  bool has_model = true;               ///< false: no epoch gave a finite loss, and none ever will
  std::optional<run_result> result{};  ///< of a run that was trained
  double seconds = 0;                  ///< that a run of a spent budget has taken
};

/// How a run keeps its files where it is one of many in a process. Alone, it saves in the
/// background, and looks for what killed processes left of it.
struct run_company {
  bool is_tidy = false;  ///< somebody has looked: nothing that killed processes left lies about
  /// It saves in its own time, and so little of it that one that is trained in no time keeps no
  /// state.
  bool saves_at_once = false;
  std::optional<leg_of_run> leg{};  ///< unset: it trains to its end, if nobody has stopped it
};

inline constexpr const char* no_model_reason = "no epoch gave a finite loss";

/// Bytes that saving takes while training goes on: weights and slots as they were, and the model
/// file.
[[nodiscard]] double memory_to_save(const run_spec& spec);

/// Trains one run on `data` to its files, or finds that there is nothing left to do. Goes on where
/// an earlier attempt was stopped, and ends in the same bytes. Throws unusable_run where files of
/// another run lie in the way, or damaged ones; interrupted_error, with the run saved, once `stop`
/// (which may be null) is asked; an error of storage where a file cannot be written.
run_outcome train_run(const run_spec& spec, const dataset& data,
                      const executor_factory& make_executor, const run_options& options,
                      run_observer& observer, const job_record& record = {},
                      const stop_request* stop = nullptr, const run_company& company = {});

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/run.inl"
#endif
