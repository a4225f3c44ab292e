// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tuple>

#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"

namespace testing {

/// All that two epochs leave behind.
inline auto after_two_epochs(sweepnet::cpu_executor&& executor) {
  train_epoch(executor, epoch_order(executor.data(), 1));
  const double loss = train_epoch(executor, epoch_order(executor.data(), 2)).loss;
  const sweepnet::executor_state state = executor.export_state();
  return std::tuple(state.parameters, state.optimizer_slots, loss, executor.evaluate().loss);
}

/// A run taken up from the state after its first epoch, with another number of threads, ends in the
/// bits of one that was not left. Returns that state.
inline sweepnet::executor_state check_goes_on(const sweepnet::model_spec& model,
                                              const sweepnet::training_options& options,
                                              const sweepnet::dataset& data) {
  sweepnet::cpu_executor straight(model, options, data, {.threads = 1});
  train_epoch(straight, epoch_order(data, 1));
  const sweepnet::executor_state middle = straight.export_state();
  train_epoch(straight, epoch_order(data, 2));
  sweepnet::cpu_executor resumed(model, options, data, {.threads = 2});
  resumed.import_state(middle);
  train_epoch(resumed, epoch_order(data, 2));
  CHECK(resumed.export_state().parameters == straight.export_state().parameters);
  CHECK(resumed.export_state().optimizer_slots == straight.export_state().optimizer_slots);
  return middle;
}

}  // namespace testing
