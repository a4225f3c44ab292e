// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An optimizer: its rule with its options, a learning rate, and what is done to the gradients
// before it. The rules are in optimizer_rules.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/network/optimizer_rules.hpp"
#include "sweepnet/network/schedule.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// As written in a sweep: `rmsprop`, or {name: adam, learning_rate: 0.01, beta_1: 0.8}. In a
/// program the rule may be its own: {.rule = std::make_shared<mine>()}, see custom_optimizer.
struct optimizer {
  optimizer_rule rule{};
  std::optional<learning_rate_schedule> learning_rate{};  ///< unset: the rule's default
  double decay = 0;                      ///< Keras 2: rate / (1 + decay * steps done)
  std::optional<double> weight_decay{};  ///< unset: the rule's default
  /// Largest L2 norm of each tensor's gradient (Keras 2: of all together).
  std::optional<double> clipnorm{};
  std::optional<double> clipvalue{};        ///< largest magnitude of each gradient element
  std::optional<double> global_clipnorm{};  ///< largest L2 norm of all gradients together

  /// The rate of a step, counted from 0, before any factor that a callback applies.
  [[nodiscard]] double rate_at(std::uint64_t step) const;

  /// The rule's name, without its options.
  [[nodiscard]] std::string name() const;

  /// Share of each weight, times the rate, that is taken off before the update.
  [[nodiscard]] double decoupled_decay() const;

  /// Whether the rule is Keras 2's, whose `clipnorm` is the norm of all gradients together.
  [[nodiscard]] bool is_keras2() const { return name().ends_with("_keras2"); }

  /// Keras 3 takes one way of clipping; Keras 2 takes clipnorm, clipvalue, or both in this order.
  void validate() const;
};

template <> inline constexpr auto choice_member<optimizer> = &optimizer::rule;
template <>
inline constexpr auto fields<optimizer> = std::tuple(
    field("learning_rate", &optimizer::learning_rate, "rate or schedule; default: the rule's"),
    field("decay", &optimizer::decay, at_least(0), "Keras 2's decay of the rate per step"),
    field("weight_decay", &optimizer::weight_decay, at_least(0), "decoupled weight decay"),
    field("clipnorm", &optimizer::clipnorm, above(0), "largest norm of one tensor's gradient"),
    field("clipvalue", &optimizer::clipvalue, above(0), "largest gradient element"),
    field("global_clipnorm", &optimizer::global_clipnorm, above(0),
          "largest norm of all gradients together"));

/// What each slot of a weight starts from.
[[nodiscard]] std::vector<float> initial_slot_values(const optimizer& o);

/// The slots of `size` weights before step 1, (slots x size).
[[nodiscard]] std::vector<std::vector<float>> initial_slots(const optimizer& o, std::int64_t size);

}  // namespace sweepnet
SWEEPNET_END_EXACT;

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/network/optimizer.inl"
#endif
