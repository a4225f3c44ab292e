// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Follow the regularised leader.

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/describe/fields.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::rules {

/// McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013.
struct ftrl {
  static constexpr std::string_view name = "ftrl";
  static constexpr double default_rate = 0.001;
  double learning_rate_power = -0.5;
  double initial_accumulator_value = 0.1;
  double l1_regularization_strength = 0;
  double l2_regularization_strength = 0;
  double l2_shrinkage_regularization_strength = 0;
  double beta = 0;

  using slot_counts = std::integer_sequence<int, 2>;
  [[nodiscard]] int slots() const { return 2; }
  [[nodiscard]] double initial_slot(int k) const { return k == 0 ? initial_accumulator_value : 0; }

  template <class T> struct step { T rate, power, l1, l2, shrinkage; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t, double rate) const {
    return {T(rate), T(learning_rate_power), T(l1_regularization_strength),
            T(l2_regularization_strength + beta / (2 * rate)),
            T(l2_shrinkage_regularization_strength)};
  }
};

}  // namespace sweepnet::rules
SWEEPNET_END_EXACT;

namespace sweepnet {

template <>
inline constexpr auto fields<rules::ftrl> = std::tuple(
    field("learning_rate_power", &rules::ftrl::learning_rate_power, closed_range(-1, 0),
          "power of the sum of squares"),
    field("initial_accumulator_value", &rules::ftrl::initial_accumulator_value, above(0),
          "the sum of squares before step 1"),
    field("l1_regularization_strength", &rules::ftrl::l1_regularization_strength, at_least(0),
          "pull to exact zeros"),
    field("l2_regularization_strength", &rules::ftrl::l2_regularization_strength, at_least(0),
          "pull towards zero"),
    field("l2_shrinkage_regularization_strength",
          &rules::ftrl::l2_shrinkage_regularization_strength, at_least(0), "pull by gradient only"),
    field("beta", &rules::ftrl::beta, at_least(0), "further L2 pull, beta / (2 rate)"));

}  // namespace sweepnet
