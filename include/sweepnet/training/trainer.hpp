// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The epoch loop: shuffle, train, validate, tell the callbacks.

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <type_traits>

#include "sweepnet/training/callback.hpp"
#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/run_state.hpp"

namespace sweepnet {

struct training_result {
  training_history history;
  std::string stop_reason;   ///< empty if every epoch was trained, or the run was left
  std::string leave_reason;  ///< not empty: the run was left after an epoch, and can go on

  [[nodiscard]] double train_seconds() const { return total(&epoch_record::train_seconds); }
  [[nodiscard]] double validate_seconds() const { return total(&epoch_record::validate_seconds); }

 private:
  [[nodiscard]] double total(double epoch_record::*seconds) const {
    double sum = 0;
    for (const epoch_record& record : history) sum += record.*seconds;
    return sum;
  }
};

/// Trains by the executor's options, on its data, until a callback stops or leaves it. Epoch e
/// visits the rows in shuffled_order(seed, e). Throws argument_error, before anything is
/// trained, if a callback watches a validation metric and there are no validation rows, or if two
/// of those with a state share a name.
training_result train(executor& executor, std::span<callback* const> callbacks);

/// Goes on from `saved`, which a training_context of the same run captured, and ends in the same
/// bytes as a run that was never left. The result's seconds are those from here on. Throws also
/// argument_error if the state fits neither the executor nor the callbacks, or not
/// itself.
training_result resume(const run_state& saved, executor& executor,
                       std::span<callback* const> callbacks);
/// The same, which frees the state's memory before it trains.
training_result resume(run_state&& saved, executor& executor, std::span<callback* const> callbacks);

/// What training takes for a callback: an object of a class that is derived from it.
template <class C>
concept callback_object = std::convertible_to < std::remove_reference_t<C>
*, callback* > ;

/// The same with callbacks by name: train(executor, checkpoint, progress).
template <callback_object... C> training_result train(executor& executor, C&&... callbacks) {
  const std::array<callback*, sizeof...(callbacks)> all{&callbacks...};
  return train(executor, std::span<callback* const>(all));
}
template <callback_object... C>
training_result resume(const run_state& saved, executor& executor, C&&... callbacks) {
  const std::array<callback*, sizeof...(callbacks)> all{&callbacks...};
  return resume(saved, executor, std::span<callback* const>(all));
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/training/trainer.inl"
#endif
