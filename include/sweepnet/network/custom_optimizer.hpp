// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An optimizer's rule of a program's own: an update of arrays behind a small class, for the CPU.
//
// GPUs refuse it by name, and so do files that cannot hold it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "sweepnet/core/exact_math.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// Derive from it, and make an optimizer of your class: `.optimizer = {.rule =
/// std::make_shared<mine>()}`. Clipping, weight decay, schedules and penalties work with it.
///
/// Each weight stands alone: what becomes of it depends on itself, its gradient and its slots, so
/// that neither the runs that a step is cut into nor the number of threads change a bit. Several
/// threads call one object at the same time. What it remembers from step to step lies in the slots
/// alone: they are saved, and a resumed run goes on from them. What update() throws leaves the call
/// that trains, after which the weights are good for nothing.
class custom_optimizer {
 public:
  static constexpr int most_slots = 3;

  virtual ~custom_optimizer() = default;

  /// What messages call it, and files that name it. No built-in rule may have the same name, in any
  /// letter case.
  [[nodiscard]] virtual std::string name() const = 0;

  /// The learning rate where optimizer::learning_rate is unset.
  [[nodiscard]] virtual double default_rate() const { return 0.001; }

  /// How many values it keeps for each weight between steps: from 0 to most_slots, always the same.
  [[nodiscard]] virtual int slots() const { return 0; }

  /// What slot k of every weight is before the first step.
  [[nodiscard]] virtual double initial_slot(int /*k*/) const { return 0; }

  /// Step `step`, from 1, at learning rate `rate` on a run of weights, in place. `gradients` and
  /// each of the slots() spans of `slots` are as long as `weights`, from 1 up. Padding may be among
  /// them: weights and gradients of 0, whose values are never used.
  virtual void update(std::span<float> weights, std::span<const float> gradients,
                      std::span<const std::span<float>> slots, std::uint64_t step,
                      double rate) const = 0;
};

namespace rules {

/// A program's own rule, among the others, which optimizer_rule shares.
struct custom {
  using object_type = custom_optimizer;
  const custom_optimizer* object = nullptr;

  [[nodiscard]] std::string name() const { return object ? object->name() : "a null pointer"; }
  [[nodiscard]] int slots() const { return object->slots(); }
  [[nodiscard]] double initial_slot(int k) const { return object->initial_slot(k); }
  /// Throws argument_error for a null pointer, a name that is empty or that of another rule, and a
  /// number of slots that is not in [0, most_slots].
  void validate() const;

  template <class T> struct step {
    const custom_optimizer* object;
    std::uint64_t t;
    double rate;
  };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t t, double rate) const {
    return {object, t, rate};
  }
};

}  // namespace rules

/// See apply_step() in optimizer_rules.hpp: the same by a program's own rule, of whose slots those
/// that it does not keep are null.
inline void apply_step(const rules::custom::step<float>& step, float decay, float* w,
                       const float* g, float* s0, float* s1, float* s2, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) w[i] -= w[i] * decay;
  const auto n = static_cast<std::size_t>(count);
  const auto span_of = [&](float* s) {
    return s != nullptr ? std::span(s, n) : std::span<float>{};
  };
  const std::array<std::span<float>, 3> slots{span_of(s0), span_of(s1), span_of(s2)};
  const auto kept = static_cast<std::size_t>(step.object->slots());
  step.object->update({w, n}, {g, n}, std::span(slots).first(kept), step.t, step.rate);
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
