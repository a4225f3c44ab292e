// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lion.

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/describe/fields.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::rules {

/// Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023.
struct lion {
  static constexpr std::string_view name = "lion";
  static constexpr double default_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.99;

  using slot_counts = std::integer_sequence<int, 1>;
  [[nodiscard]] int slots() const { return 1; }
  [[nodiscard]] double initial_slot(int) const { return 0; }

  template <class T> struct step { T rate, beta_1, one_minus_beta_1, beta_2, one_minus_beta_2; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t, double rate) const {
    return {T(rate), T(beta_1), T(1 - beta_1), T(beta_2), T(1 - beta_2)};
  }
};

}  // namespace sweepnet::rules
SWEEPNET_END_EXACT;

namespace sweepnet {

template <>
inline constexpr auto fields<rules::lion> = std::tuple(
    field("beta_1", &rules::lion::beta_1, in_range(0, 1), "share of the mean in the direction"),
    field("beta_2", &rules::lion::beta_2, in_range(0, 1), "decay of the mean"));

}  // namespace sweepnet
