// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every executor checks and keeps beside its weights.

#include "sweepnet/training/executor.hpp"

#include <cmath>
#include <cstddef>
#include <iterator>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/checks.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

SWEEPNET_INLINE void executor::train_epoch(std::span<const std::uint32_t> order,
                                           pass_progress& progress, const step_observer& observe) {
  detail::require_order(order, progress, data_->train.rows());
  do_train_epoch(order, progress, observe);
}

SWEEPNET_INLINE metrics executor::evaluate(const step_observer& observe) {
  return data_->validation.rows() > 0 ? do_evaluate(observe) : metrics{};
}

SWEEPNET_INLINE void executor::use_threads(int threads) {
  if (threads < 1 || threads > 4096) {
    throw argument_error(fmt::format("threads must be in [1, 4096], got {}", threads));
  }
  do_use_threads(threads);
}

SWEEPNET_INLINE executor_state executor::export_state() const {
  executor_state state = export_but_weights();
  state.parameters = parameters();
  state.best_parameters = best_parameters();
  return state;
}

SWEEPNET_INLINE executor_state executor::export_but_weights() const {
  return {.optimizer_slots = export_slots(), .step = step_, .rate_factor = rate_factor_};
}

SWEEPNET_INLINE void executor::import_state(const executor_state& state) {
  const std::int64_t size = parameter_layout(model_).size;
  const int slots =
      visit_alternative([](const auto& rule) { return rule.slots(); }, options_.optimizer.rule);
  const auto require = [](std::int64_t expected, const char* of_what, std::int64_t found) {
    if (found == expected) return;
    throw argument_error(
        fmt::format("the state belongs to another model or optimizer: expected {} {}, got {}",
                    expected, of_what, found));
  };
  require(size, "parameters", std::ssize(state.parameters));
  if (state.best_parameters) require(size, "best parameters", std::ssize(*state.best_parameters));
  require(slots, "optimizer slots", std::ssize(state.optimizer_slots));
  for (const std::vector<float>& slot : state.optimizer_slots) {
    require(size, "values in a slot", std::ssize(slot));
  }
  import_weights(state);
  step_ = state.step;
  rate_factor_ = state.rate_factor;
}

SWEEPNET_INLINE void executor::scale_learning_rate(double factor) {
  if (!std::isfinite(factor) || factor < 0) {
    throw argument_error(fmt::format(
        "the learning rate's factor must be finite and at least 0, got {}", plain_nan(factor)));
  }
  rate_factor_ *= factor;
}

SWEEPNET_INLINE executor::executor(const model_spec& model, const training_options& options,
                                   const valid_dataset& data)
    : model_(model),
      options_(options),
      data_(&data.data()),
      task_(detail::require_trainable(model, options, *data_)) {}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
