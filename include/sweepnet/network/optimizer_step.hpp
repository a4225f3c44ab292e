// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One optimizer step as a value: computed once, on the host, and applied by whichever backend.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/host_device.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/network/optimizer.hpp"
#include "sweepnet/network/optimizer_rules.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

/// What one optimizer's steps hand on to the next to save time. It is never a part of the result: a
/// new one gives the same bits.
struct step_cache {
  rules::momentum_product momentum;
};

/// The numbers of a rule's step (see optimizer_rules.hpp) as plain bytes, and the share of each
/// weight that is taken off before it.
struct optimizer_step {
  static constexpr std::size_t capacity = 32;
  alignas(8) unsigned char bytes[capacity] = {};
  float decay = 0;

  /// The numbers; Step must be the `step<float>` of the rule that made it.
  template <class Step> [[nodiscard]] SWEEPNET_HOST_DEVICE Step as() const {
    static_assert(std::is_trivially_copyable_v<Step> && sizeof(Step) <= capacity);
    Step numbers;
    memcpy(static_cast<void*>(&numbers), bytes, sizeof numbers);
    return numbers;
  }
};

/// Step t (from 1) at learning rate `rate`. `cache` is that of the optimizer's steps.
[[nodiscard]] inline optimizer_step step_of(const optimizer& o, std::uint64_t t, double rate,
                                            step_cache& cache) {
  optimizer_step step{.decay = static_cast<float>(o.decoupled_decay() * rate)};
  const auto keep = [&](const auto& numbers) { std::memcpy(step.bytes, &numbers, sizeof numbers); };
  visit_alternative(
      [&](const auto& rule) {
        if constexpr (requires { rule.template at<float>(t, rate, cache.momentum); }) {
          keep(rule.template at<float>(t, rate, cache.momentum));
        } else {
          keep(rule.template at<float>(t, rate));
        }
      },
      o.rule);
  return step;
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
