// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An optimizer's step on a flat buffer, one weight after the other.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/optimizer_rules.hpp"
#include "sweepnet/network/optimizer_step.hpp"

namespace testing {

namespace detail {

template <int Slots, class Function>
void update(const Function& function, float decay, std::vector<float>& w,
            const std::vector<float>& g, std::vector<std::vector<float>>& slots) {
  const auto slot = [&](int k) {
    return k < Slots ? slots[static_cast<std::size_t>(k)].data() : nullptr;
  };
  sweepnet::apply_step<Slots>(function, decay, w.data(), g.data(), slot(0), slot(1), slot(2),
                              std::ssize(w));
}

template <class Function, int... Slots>
void update_by(int count, std::integer_sequence<int, Slots...>, const Function& function,
               float decay, std::vector<float>& w, const std::vector<float>& g,
               std::vector<std::vector<float>>& slots) {
  ((count == Slots ? update<Slots>(function, decay, w, g, slots) : void()), ...);
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
        detail::update_by(rule.slots(), typename Rule::slot_counts{}, step.as<Rule>(), step.decay,
                          w, g, slots);
      },
      o.rule);
}

}  // namespace testing
