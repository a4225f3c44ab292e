// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Stochastic gradient descent, with momentum.

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/describe/fields.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::rules {

struct sgd {
  static constexpr std::string_view name = "sgd";
  static constexpr double default_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;

  using slot_counts = std::integer_sequence<int, 0, 1>;  // plain, momentum
  [[nodiscard]] int slots() const { return momentum > 0 ? 1 : 0; }
  [[nodiscard]] double initial_slot(int) const { return 0; }
  [[nodiscard]] bool rests() const { return slots() == 0; }

  template <class T> struct step {
    T rate, mu;
    bool nesterov;
  };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t, double rate) const {
    return {T(rate), T(momentum), nesterov};
  }
};

}  // namespace sweepnet::rules
SWEEPNET_END_EXACT;

namespace sweepnet {

template <>
inline constexpr auto fields<rules::sgd> = std::tuple(
    field("momentum", &rules::sgd::momentum, in_range(0, 1), "share of the last update kept"),
    field("nesterov", &rules::sgd::nesterov, "look ahead along the momentum"));

}  // namespace sweepnet
