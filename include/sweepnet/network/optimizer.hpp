// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An optimizer: its rule with its options, a learning rate, and what is done to the gradients
// before it. The rules are in optimizer_rules.hpp.

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/visit.hpp"
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
  [[nodiscard]] double rate_at(std::uint64_t step) const {
    const double rate =
        learning_rate ? learning_rate->at(step)
                      : visit_alternative([](const auto& r) { return default_rate_of(r); }, rule);
    return rate / (1 + decay * static_cast<double>(step));
  }

  /// The rule's name, without its options.
  [[nodiscard]] std::string name() const {
    return visit_alternative(
        []<class Rule>(const Rule& r) {
          if constexpr (named_alternative<Rule>) {
            return std::string(Rule::name);
          } else {
            return r.name();
          }
        },
        rule);
  }

  /// Share of each weight, times the rate, that is taken off before the update.
  [[nodiscard]] double decoupled_decay() const {
    return weight_decay.value_or(
        visit_alternative([](const auto& r) { return default_weight_decay(r); }, rule));
  }

  /// Whether the rule is Keras 2's, whose `clipnorm` is the norm of all gradients together.
  [[nodiscard]] bool is_keras2() const { return name().ends_with("_keras2"); }

  /// Keras 3 takes one way of clipping; Keras 2 takes clipnorm, clipvalue, or both in this order.
  void validate() const {
    const int ways = clipnorm.has_value() + clipvalue.has_value() + global_clipnorm.has_value();
    if (is_keras2() && global_clipnorm) {
      throw argument_error("Keras 2 calls global_clipnorm clipnorm");
    }
    if (!is_keras2() && ways > 1) {
      throw argument_error("only one of clipnorm, clipvalue and global_clipnorm may be given");
    }
  }

 private:
  template <class Rule> static double default_rate_of(const Rule& r) {
    if constexpr (named_alternative<Rule>) {
      return Rule::default_rate;
    } else {
      return r.object->default_rate();
    }
  }
  template <class Rule> static double default_weight_decay(const Rule&) {
    if constexpr (requires { Rule::default_weight_decay; }) return Rule::default_weight_decay;
    return 0;
  }
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

inline void rules::custom::validate() const {
  if (object == nullptr) throw argument_error("optimizer must be an object, got a null pointer");
  if (object->name().empty() || has_alternative<optimizer>(object->name())) {
    throw argument_error("an own optimizer must have a name of its own, got '" + object->name() +
                         "'" + (object->name().empty() ? "" : ", which is a built-in one's"));
  }
  const int count = object->slots();
  if (count < 0 || count > custom_optimizer::most_slots) {
    throw argument_error("the optimizer '" + object->name() + "' may keep 0 to " +
                         std::to_string(custom_optimizer::most_slots) + " slots, got " +
                         std::to_string(count));
  }
}

/// What each slot of a weight starts from.
[[nodiscard]] inline std::vector<float> initial_slot_values(const optimizer& o) {
  return visit_alternative(
      [](const auto& rule) {
        std::vector<float> values;
        for (int k = 0; k < rule.slots(); ++k) {
          values.push_back(static_cast<float>(rule.initial_slot(k)));
        }
        return values;
      },
      o.rule);
}

/// The slots of `size` weights before step 1, (slots x size).
[[nodiscard]] inline std::vector<std::vector<float>> initial_slots(const optimizer& o,
                                                                   std::int64_t size) {
  std::vector<std::vector<float>> slots;
  for (const float value : initial_slot_values(o)) {
    slots.emplace_back(static_cast<std::size_t>(size), value);
  }
  return slots;
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
