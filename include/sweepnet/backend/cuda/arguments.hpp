// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Activations and optimizer rules as plain bytes that a kernel can take, and how a kernel gets the
// formula back: std::variant does not exist on the GPU, so one switch over its alternatives does.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/optimizer_rules.hpp"
#include "sweepnet/network/optimizer_step.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::cuda {

/// An activation by its place in the variant, with its only option.
struct activation_argument {
  int index = 0;
  double option = 0;
};

/// An optimizer's rule by its place in the variant, with the slots it keeps for each weight.
struct rule_argument {
  int index = 0;
  int slots = 0;
};

namespace detail {

using activation_variant = alternatives_of<activation>;
using rule_variant = alternatives_of<optimizer>;

/// All but the last, which is a program's own and the host's alone.
inline constexpr std::size_t device_activations = std::variant_size_v<activation_variant> - 1;
static_assert(std::same_as<std::variant_alternative_t<device_activations, activation_variant>,
                           activations::custom>);

template <class F> SWEEPNET_HOST_DEVICE F activation_of(double option) {
  if constexpr (std::is_empty_v<F>) {
    return F{};
  } else {
    static_assert(sizeof(F) == sizeof(double), "one option is passed");
    return F{option};
  }
}

/// Calls visit with the alternative of that index. The comparisons end with the one that holds, so
/// that a compiler makes one switch of them.
template <class Visit, std::size_t... I>
SWEEPNET_HOST_DEVICE void visit_argument(const activation_argument& a, const Visit& visit,
                                         std::index_sequence<I...>) {
  (void)((a.index == static_cast<int>(I) &&
          (visit(activation_of<std::variant_alternative_t<I, activation_variant>>(a.option)),
           true)) ||
         ...);
}

inline constexpr std::size_t device_rules = std::variant_size_v<rule_variant> - 1;
static_assert(std::same_as<std::variant_alternative_t<device_rules, rule_variant>, rules::custom>);

template <class Rule, class Visit, int... Slots>
SWEEPNET_HOST_DEVICE void visit_slots(int slots, const optimizer_step& step, const Visit& visit,
                                      std::integer_sequence<int, Slots...>) {
  const auto numbers = step.as<typename Rule::template step<float>>();
  (void)((slots == Slots && (visit(numbers, std::integral_constant<int, Slots>{}), true)) || ...);
}

template <class Visit, std::size_t... I>
SWEEPNET_HOST_DEVICE void visit_argument(const rule_argument& rule, const optimizer_step& step,
                                         const Visit& visit, std::index_sequence<I...>) {
  (void)((rule.index == static_cast<int>(I) &&
          (visit_slots<std::variant_alternative_t<I, rule_variant>>(
               rule.slots, step, visit,
               typename std::variant_alternative_t<I, rule_variant>::slot_counts{}),
           true)) ||
         ...);
}

}  // namespace detail

/// Throws argument_error for a program's own activation.
[[nodiscard]] inline activation_argument argument_of(const activation& a) {
  return visit_alternative(
      [&]<class F>(const F& f) {
        activation_argument argument{.index = static_cast<int>(a.function.index())};
        if constexpr (std::same_as<F, activations::custom>) {
          throw argument_error("a GPU computes built-in activations alone, got '" + f.name() +
                               "': train on the CPU");
        } else if constexpr (!std::is_empty_v<F>) {
          std::memcpy(&argument.option, &f, sizeof argument.option);
        }
        return argument;
      },
      a.function);
}

/// Throws argument_error for a program's own rule.
[[nodiscard]] inline rule_argument argument_of(const optimizer_rule& rule) {
  if (const auto* own = std::get_if<rules::custom>(&rule)) {
    throw argument_error("a GPU takes built-in optimizers alone, got '" + own->name() +
                         "': train on the CPU");
  }
  return {.index = static_cast<int>(rule.index()),
          .slots = visit_alternative([](const auto& r) { return r.slots(); }, rule)};
}

/// Throws argument_error for a program's own loss, and for those that are not of classes.
[[nodiscard]] inline categorical_crossentropy argument_of(const loss_function& loss) {
  if (const auto* own = std::get_if<losses::custom>(&loss.function)) {
    throw argument_error("a GPU takes built-in losses alone, got '" + own->name() +
                         "': train on the CPU");
  }
  if (const auto* known = std::get_if<categorical_crossentropy>(&loss.function)) return *known;
  throw argument_error("a GPU takes the loss 'categorical_crossentropy' alone, got '" +
                       name_of(loss) + "': train on the CPU");
}

/// The model. Throws argument_error if it or the options are malformed, or have a program's own
/// activation, loss or optimizer.
[[nodiscard]] inline const model_spec& checked_for_device(const model_spec& model,
                                                          const training_options& options) {
  model.validate();
  options.validate();
  (void)argument_of(options.optimizer.rule);
  (void)argument_of(options.loss);
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const auto* d = std::get_if<dense>(&model.layers[i]);
    try {
      if (d != nullptr) (void)argument_of(d->activate);
    } catch (const argument_error& e) {
      throw argument_error("model: layer " + std::to_string(i) + ": " + e.what());
    }
  }
  return model;
}

/// The same, and throws argument_error for rows that have weights.
[[nodiscard]] inline const model_spec& checked_for_device(const model_spec& model,
                                                          const training_options& options,
                                                          const dataset& data) {
  if (!data.train.weights.empty() || !data.validation.weights.empty()) {
    throw argument_error("a GPU knows no weights of rows: train on the CPU");
  }
  return checked_for_device(model, options);
}

/// Calls visit(f) with the activation's function object. Call it outside loops over elements.
template <class Visit>
SWEEPNET_HOST_DEVICE void visit_activation(const activation_argument& a, const Visit& visit) {
  detail::visit_argument(a, visit, std::make_index_sequence<detail::device_activations>{});
}

/// As softmax does.
[[nodiscard]] SWEEPNET_HOST_DEVICE inline bool needs_whole_rows(const activation_argument& a) {
  bool result = false;
  visit_activation(a, [&]<class F>(const F&) { result = !elementwise_activation<F>; });
  return result;
}

/// Calls visit(step, slots) with the rule's step and its std::integral_constant number of slots.
template <class Visit>
SWEEPNET_HOST_DEVICE void visit_step(const rule_argument& rule, const optimizer_step& step,
                                     const Visit& visit) {
  detail::visit_argument(rule, step, visit, std::make_index_sequence<detail::device_rules>{});
}

/// All weights with what the optimizer keeps for them. Slot k of weight i is slots[k * size + i].
struct weight_update {
  static constexpr std::int64_t nowhere = -1;

  rule_argument rule;
  float* weights;
  float* slots;
  std::int64_t size;

  /// Updates the weights at these places, which differ, each by its gradient; none where the place
  /// is `nowhere`. All are read before any is written, so that they wait for memory together.
  template <std::size_t Count>
  SWEEPNET_HOST_DEVICE void operator()(const std::int64_t (&places)[Count],
                                       const float (&gradients)[Count],
                                       const optimizer_step& step) const {
    visit_step(rule, step, [&](const auto& numbers, auto slot_count) {
      constexpr int kept = decltype(slot_count)::value;
      float w[Count] = {};
      float s[3][Count] = {};
      for (std::size_t n = 0; n < Count; ++n) {
        if (places[n] == nowhere) continue;
        w[n] = weights[places[n]];
        for (int k = 0; k < kept; ++k) s[k][n] = slots[k * size + places[n]];
      }
      apply_step<kept>(numbers, step.decay, w, gradients, s[0], s[1], s[2], Count);
      for (std::size_t n = 0; n < Count; ++n) {
        if (places[n] == nowhere) continue;
        weights[places[n]] = w[n];
        for (int k = 0; k < kept; ++k) slots[k * size + places[n]] = s[k][n];
      }
    });
  }
};

}  // namespace sweepnet::cuda
