// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A run as its files tell it to a report: where it is, what it was trained with, how far it came.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/flat_paramset.hpp"
#include "sweepnet/run/condition.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::report {

/// By which rule a run was stopped, or at which epoch it waits to be compared.
struct told_stop {
  std::string by{};
  std::string compared{};  ///< the metric
  std::int64_t band = 0;   ///< the epoch
  std::optional<double> value{};
  std::optional<double> threshold{};
  bool judged = false;  ///< false: it waits
};

struct reported_run {
  std::size_t index = 0;
  run_phase phase = run_phase::missing;
  std::size_t sweep_size = 0;  ///< 0: untold
  std::string data{};
  std::string data_digest{};
  std::string version{};
  std::string precision{};
  flat_paramset paramset{};
  training_history history{};   ///< with the seconds of its epochs where they are told
  std::int64_t best_epoch = 0;  ///< as its result has it, 0: none
  std::optional<told_stop> stopped{};
  std::string error{};
  std::optional<double> seconds{};  ///< of all its attempts' training, loading included
  std::optional<double> began{};    ///< its last attempt, in seconds of UNIX time
  std::optional<std::int64_t> worker{};
  std::string model_digest{};                ///< of its best model's file; empty: it has none
  std::optional<storage::location> model{};  ///< where it lies, if that is with the run's files

  /// The metric by which its best epoch is told, as its paramset says; val_accuracy if that does
  /// not.
  [[nodiscard]] metric monitor() const;
  [[nodiscard]] sweepnet::task task() const { return task_of_history(history); }
  /// The record of its best epoch: that of its result, or of an unfinished run the best so far.
  [[nodiscard]] std::optional<epoch_record> best() const;
};

/// The run that a result tells. Throws data_error, naming `source`, where its history is no table,
/// or its index is another.
[[nodiscard]] reported_run run_of_result(const ordered_json& result, std::size_t index,
                                         const std::string& source);

/// The run that a state tells. Throws data_error naming `source` unless `bytes` are a whole one.
[[nodiscard]] reported_run run_of_state_bytes(std::string_view bytes, std::size_t index,
                                              const std::string& source);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/reported_run.inl"
#endif
