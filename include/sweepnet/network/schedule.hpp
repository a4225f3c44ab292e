// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Learning-rate schedules, by Keras' names and options: a rate for each optimizer step from 0.
// Source: keras/src/optimizers/schedules/learning_rate_schedule.py (3.15).

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <numbers>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/fields.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace schedules {

struct constant {
  static constexpr std::string_view name = "constant";
  double value = 0.001;
  static constexpr double constant::*scalar_member = &constant::value;

  [[nodiscard]] double at(std::uint64_t) const { return value; }
};

struct exponential_decay {
  static constexpr std::string_view name = "exponential_decay";
  double initial_learning_rate = 0.001;
  double decay_steps = 1000;
  double decay_rate = 0.96;
  bool staircase = false;

  /// initial decay_rate^(step / decay_steps); the exponent is rounded down if `staircase`.
  [[nodiscard]] double at(std::uint64_t step) const {
    const double exponent = static_cast<double>(step) / decay_steps;
    return initial_learning_rate *
           std::pow(decay_rate, staircase ? std::floor(exponent) : exponent);
  }
};

struct cosine_decay {
  static constexpr std::string_view name = "cosine_decay";
  double initial_learning_rate = 0.001;
  double decay_steps = 1000;
  double alpha = 0;
  std::optional<double> warmup_target{};
  double warmup_steps = 0;

  /// Linear from initial to warmup_target over warmup_steps, if there is a target; then
  /// start ((1 - alpha) (1 + cos(pi t)) / 2 + alpha), with t the share of decay_steps done.
  [[nodiscard]] double at(std::uint64_t step) const {
    const double now = static_cast<double>(step);
    const double warmup = warmup_target ? warmup_steps : 0;
    if (now < warmup) {
      return initial_learning_rate + (*warmup_target - initial_learning_rate) * now / warmup;
    }
    const double start = warmup_target.value_or(initial_learning_rate);
    const double t = std::min(now - warmup, decay_steps) / decay_steps;
    return start * ((1 - alpha) * 0.5 * (1 + std::cos(std::numbers::pi * t)) + alpha);
  }
};

struct piecewise_constant_decay {
  static constexpr std::string_view name = "piecewise_constant_decay";
  std::vector<std::int64_t> boundaries{};  ///< steps, ascending
  std::vector<double> values{};            ///< one more than boundaries

  /// values[k], with k the number of boundaries below `step`.
  [[nodiscard]] double at(std::uint64_t step) const {
    const auto passed = std::ranges::lower_bound(boundaries, static_cast<std::int64_t>(step));
    return values[static_cast<std::size_t>(passed - boundaries.begin())];
  }

  void validate() const {
    if (values.size() != boundaries.size() + 1) {
      throw argument_error("piecewise_constant_decay needs one value more than boundaries");
    }
    if (std::ranges::adjacent_find(boundaries, std::ranges::greater_equal{}) != boundaries.end()) {
      throw argument_error("piecewise_constant_decay needs ascending boundaries");
    }
  }
};

}  // namespace schedules

/// A learning rate: a number, or a schedule over the optimizer's steps.
struct learning_rate_schedule {
  using formula_variant =
      std::variant<schedules::constant, schedules::exponential_decay, schedules::cosine_decay,
                   schedules::piecewise_constant_decay>;
  formula_variant formula{};

  learning_rate_schedule() = default;
  /// `.learning_rate = 0.01`
  learning_rate_schedule(double rate)  // NOLINT(google-explicit-constructor)
      : formula(schedules::constant{rate}) {}
  /// `.learning_rate = schedules::cosine_decay{...}`: from one of the schedules above.
  template <class F>
  requires(!std::same_as<F, learning_rate_schedule> && std::constructible_from<formula_variant, F>)
      learning_rate_schedule(F f)
      : formula(std::move(f)) {}  // NOLINT(google-explicit-constructor)

  /// The rate of a step, counted from 0.
  [[nodiscard]] double at(std::uint64_t step) const {
    return visit_alternative([step](const auto& schedule) { return schedule.at(step); }, formula);
  }
};

template <>
inline constexpr auto choice_member<learning_rate_schedule> = &learning_rate_schedule::formula;
template <> inline constexpr auto fields<learning_rate_schedule> = std::tuple();

template <>
inline constexpr auto fields<schedules::constant> =
    std::tuple(field("value", &schedules::constant::value, at_least(0), "the rate"));

template <>
inline constexpr auto fields<schedules::exponential_decay> = std::tuple(
    field("initial_learning_rate", &schedules::exponential_decay::initial_learning_rate,
          at_least(0), "rate at step 0"),
    field("decay_steps", &schedules::exponential_decay::decay_steps, above(0),
          "steps per factor of decay_rate"),
    field("decay_rate", &schedules::exponential_decay::decay_rate, above(0), "the factor"),
    field("staircase", &schedules::exponential_decay::staircase, "decay at whole intervals only"));

template <>
inline constexpr auto fields<schedules::cosine_decay> = std::tuple(
    field("initial_learning_rate", &schedules::cosine_decay::initial_learning_rate, at_least(0),
          "rate at step 0"),
    field("decay_steps", &schedules::cosine_decay::decay_steps, above(0), "steps of the cosine"),
    field("alpha", &schedules::cosine_decay::alpha, at_least(0),
          "last rate as a share of the start"),
    field("warmup_target", &schedules::cosine_decay::warmup_target, at_least(0),
          "rate after the warm-up"),
    field("warmup_steps", &schedules::cosine_decay::warmup_steps, at_least(0),
          "steps of the warm-up"));

template <>
inline constexpr auto fields<schedules::piecewise_constant_decay> =
    std::tuple(field("boundaries", &schedules::piecewise_constant_decay::boundaries, at_least(0),
                     "steps after which the next value holds"),
               field("values", &schedules::piecewise_constant_decay::values, at_least(0),
                     "rates, one more than boundaries"));

}  // namespace sweepnet
SWEEPNET_END_EXACT;
