// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an optimizer has of its rule, and its checks.

#include "sweepnet/network/optimizer.hpp"

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/own_object.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace detail {

template <class Rule> double default_rate_of(const Rule& r) {
  if constexpr (named_alternative<Rule>) {
    return Rule::default_rate;
  } else {
    return r.object->default_rate();
  }
}

template <class Rule> double default_weight_decay_of(const Rule&) {
  if constexpr (requires { Rule::default_weight_decay; }) return Rule::default_weight_decay;
  return 0;
}

}  // namespace detail

SWEEPNET_INLINE double optimizer::rate_at(std::uint64_t step) const {
  const double rate =
      learning_rate
          ? learning_rate->at(step)
          : visit_alternative([](const auto& r) { return detail::default_rate_of(r); }, rule);
  return rate / (1 + decay * static_cast<double>(step));
}

SWEEPNET_INLINE std::string optimizer::name() const {
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

SWEEPNET_INLINE double optimizer::decoupled_decay() const {
  return weight_decay.value_or(
      visit_alternative([](const auto& r) { return detail::default_weight_decay_of(r); }, rule));
}

SWEEPNET_INLINE void optimizer::validate() const {
  const int ways = clipnorm.has_value() + clipvalue.has_value() + global_clipnorm.has_value();
  if (is_keras2() && global_clipnorm) {
    throw argument_error("Keras 2 calls global_clipnorm clipnorm");
  }
  if (!is_keras2() && ways > 1) {
    throw argument_error("only one of clipnorm, clipvalue and global_clipnorm may be given");
  }
}

SWEEPNET_INLINE void rules::custom::validate() const {
  detail::require_own(object, "optimizer", has_alternative<optimizer>);
  const int count = object->slots();
  if (count < 0 || count > custom_optimizer::most_slots) {
    throw argument_error("the optimizer '" + object->name() + "' may keep 0 to " +
                         std::to_string(custom_optimizer::most_slots) + " slots, got " +
                         std::to_string(count));
  }
}

SWEEPNET_INLINE std::vector<float> initial_slot_values(const optimizer& o) {
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

SWEEPNET_INLINE std::vector<std::vector<float>> initial_slots(const optimizer& o,
                                                              std::int64_t size) {
  std::vector<std::vector<float>> slots;
  for (const float value : initial_slot_values(o)) {
    slots.emplace_back(static_cast<std::size_t>(size), value);
  }
  return slots;
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
