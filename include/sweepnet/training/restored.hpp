// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a saved state says must hold together before a run goes on from it: the place in the epoch,
// the history, and what each callback remembers of the history. A state that its file's digest
// vouches for passes; one that was made otherwise may not.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/training/archive.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

namespace detail {

inline void require_restored(bool holds, const std::string& what) {
  if (!holds) throw argument_error(what);
}

/// Bit by bit, NaN for NaN.
inline bool same_numbers(const epoch_record& a, const epoch_record& b) {
  return std::ranges::equal(pack(a), pack(b), {}, std::bit_cast<std::uint64_t, double>,
                            std::bit_cast<std::uint64_t, double>);
}

/// Throws unless a callback's record, if it has one, is the history's own of that epoch.
inline void check_remembered(const std::optional<epoch_record>& record,
                             const training_history& history) {
  if (!record) return;
  const std::string epoch = std::to_string(record->epoch);
  require_restored(record->epoch >= 1 && record->epoch <= std::ssize(history),
                   "the saved best epoch is " + epoch + " of " + std::to_string(history.size()));
  require_restored(same_numbers(*record, history[static_cast<std::size_t>(record->epoch - 1)]),
                   "the saved best epoch " + epoch + " is another than the history's");
}

/// Throws unless a callback's best value, if it has one, is the metric's in some epoch.
inline void check_remembered(const std::optional<double>& best, metric monitor,
                             const training_history& history) {
  bool found = !best;
  for (const epoch_record& record : history) found = found || record.value_of(monitor) == best;
  require_restored(
      found, "the saved best " + std::string(name_of(monitor)) + " is of no epoch in the history");
}

inline void check_count(std::int64_t count, const training_history& history) {
  require_restored(count >= 0 && count <= std::ssize(history),
                   "a callback has counted " + std::to_string(count) + " epochs of " +
                       std::to_string(history.size()));
}

}  // namespace detail

/// Throws argument_error unless the saved position is one of this data set's epochs, and the
/// history one of runs on it that learn the task.
inline void check_restored(const run_state& saved, const dataset& data, task t) {
  using detail::require_restored;
  const bool has_validation = data.validation.rows() > 0;
  for (std::size_t i = 0; i < saved.history.size(); ++i) {
    require_restored(saved.history[i].epoch == static_cast<std::int64_t>(i) + 1,
                     "the saved history does not count its epochs from 1");
    require_restored(saved.history[i].task == t,
                     "the saved history is of a " + std::string(name_of(saved.history[i].task)) +
                         " task, the executor's is " + std::string(name_of(t)));
    require_restored(saved.history[i].validation.has_value() == has_validation,
                     has_validation ? "the saved history lacks the validation rows' metrics"
                                    : "the saved history has metrics of validation rows");
  }
  const pass_progress& progress = saved.progress;
  require_restored(progress.rows >= 0 && progress.rows <= data.train.rows(),
                   "the saved position is " + std::to_string(progress.rows) +
                       " rows into an epoch of " + std::to_string(data.train.rows()));
  require_restored(progress.sums.correct >= 0 && progress.sums.correct <= progress.rows,
                   "the saved position has " + std::to_string(progress.sums.correct) + " of " +
                       std::to_string(progress.rows) + " rows right");
  const double factor = saved.executor.rate_factor;
  require_restored(std::isfinite(factor) && factor >= 0,
                   "the saved factor of the learning rate is " + std::to_string(factor));
}

}  // namespace sweepnet
