// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An optimizer's step on a flat buffer, one weight after the other.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/optimizer_rules.hpp"
#include "sweepnet/network/optimizer_step.hpp"

namespace testing {

namespace detail {

template <class Step, int... Slots>
void update(const Step& step, int count, std::integer_sequence<int, Slots...>, float decay,
            std::vector<float>& w, const std::vector<float>& g,
            std::vector<std::vector<float>>& slots) {
  const auto slot = [&](std::size_t k) { return k < slots.size() ? slots[k].data() : nullptr; };
  const auto apply = [&]<int N>(std::integral_constant<int, N>) {
    sweepnet::apply_step<N>(step, decay, w.data(), g.data(), slot(0), slot(1), slot(2),
                            std::ssize(w));
  };
  ((count == Slots ? apply(std::integral_constant<int, Slots>{}) : void()), ...);
}

}  // namespace detail

/// Step t (from 1) at learning rate `rate` on w by g, whose elements it clips first.
inline void reference_update(const sweepnet::optimizer& o, std::uint64_t t, double rate,
                             sweepnet::step_cache& cache, std::vector<float>& w,
                             std::vector<float> g, std::vector<std::vector<float>>& slots) {
  if (o.clipvalue) {
    const auto limit = static_cast<float>(*o.clipvalue);
    for (float& x : g) x = std::clamp(x, -limit, limit);
  }
  const sweepnet::optimizer_step step = step_of(o, t, rate, cache);
  visit_alternative(
      [&]<class Rule>(const Rule& rule) {
        const auto numbers = step.as<typename Rule::template step<float>>();
        if constexpr (std::same_as<Rule, sweepnet::rules::custom>) {
          const auto slot = [&](std::size_t k) {
            return k < slots.size() ? slots[k].data() : nullptr;
          };
          sweepnet::apply_step(numbers, step.decay, w.data(), g.data(), slot(0), slot(1), slot(2),
                               std::ssize(w));
        } else {
          detail::update(numbers, rule.slots(), typename Rule::slot_counts{}, step.decay, w, g,
                         slots);
        }
      },
      o.rule);
}

}  // namespace testing
