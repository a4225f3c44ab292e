// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// result_<index>.json: what one run did and what came of it.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/trainer.hpp"

namespace sweepnet {

/// How a run's time budget ended it.
struct budget_stop {
  double budget = 0;   ///< seconds that it had
  double seconds = 0;  ///< that it took, with those of the attempts that it went on from
};

/// How a run was ended that another command may take up; nothing: it was not.
using run_stop = std::variant<std::monostate, budget_stop, early_stop>;

struct run_result {
  std::int64_t index = 0;
  std::int64_t sweep_size = 1;
  std::optional<job_index> job{};
  run_identity identity{};
  std::string model_path{};    ///< empty if no epoch was good enough to save
  std::string model_digest{};  ///< of the model file
  training_result training{};
  run_stop stopped{};   ///< its state goes on
  std::string error{};  ///< why there is no model and never will be
  std::optional<epoch_record> best{};
  double began = 0;             ///< this attempt, in seconds of UNIX time
  std::optional<int> worker{};  ///< of a sweep in one process: which of its threads trained it
  double load_seconds = 0;
  double total_seconds = 0;
  std::string device{};
  std::string precision = "fp32";  ///< of the products
  int threads = 1;
  std::uint64_t seed = 0;
  /// Of a table: how much an output differs at most, over the validation rows, between the model in
  /// memory and its file, which takes raw numbers.
  std::optional<double> folding_difference{};

  [[nodiscard]] bool goes_on() const { return stopped.index() != 0; }
};

/// Why a rule stopped a run, as its result tells it: {by, metric, band, value, threshold}, and of
/// hyperband the bracket. Without a threshold the run waits to be compared; null stands for what is
/// not finite.
[[nodiscard]] ordered_json encode_stop(const early_stop& stop);

/// Each metric as a column, one value an epoch.
[[nodiscard]] ordered_json encode_history(const training_history& history);

/// What each epoch took.
[[nodiscard]] ordered_json encode_epoch_seconds(const training_history& history);

[[nodiscard]] ordered_json encode_result(const run_result& r);

/// The history in a result. Throws data_error naming `source` where there is none.
[[nodiscard]] training_history decode_history(const ordered_json& result,
                                              const std::string& source);

/// The record of a result's best epoch in its history, if it has one.
[[nodiscard]] std::optional<epoch_record> best_of_result(const ordered_json& result,
                                                         const training_history& history);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/result.inl"
#endif
