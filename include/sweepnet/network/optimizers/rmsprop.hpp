// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// RMSprop, with Keras 3's and Keras 2's place of the epsilon.

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/describe/fields.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::rules {

struct rmsprop {
  static constexpr std::string_view name = "rmsprop";
  static constexpr double default_rate = 0.001;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;

  using slot_counts = std::integer_sequence<int, 1, 2, 3>;  // plain, momentum, centered
  [[nodiscard]] int slots() const { return centered ? 3 : momentum > 0 ? 2 : 1; }
  [[nodiscard]] double initial_slot(int) const { return 0; }
  [[nodiscard]] bool rests() const { return slots() == 1 && static_cast<float>(epsilon) > 0; }

  template <class T> struct step { T rate, rho, one_minus_rho, mu, epsilon; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t, double rate) const {
    return {T(rate), T(rho), T(1 - rho), T(momentum), T(epsilon)};
  }
};

struct rmsprop_keras2 {
  static constexpr std::string_view name = "rmsprop_keras2";
  static constexpr double default_rate = 0.001;
  double rho = 0.9;
  double epsilon = 1e-7;

  using slot_counts = std::integer_sequence<int, 1>;
  [[nodiscard]] int slots() const { return 1; }
  [[nodiscard]] double initial_slot(int) const { return 0; }
  [[nodiscard]] bool rests() const { return static_cast<float>(epsilon) > 0; }

  template <class T> struct step { T rate, rho, one_minus_rho, epsilon; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t, double rate) const {
    return {T(rate), T(rho), 1 - T(rho), T(epsilon)};
  }
};

}  // namespace sweepnet::rules
SWEEPNET_END_EXACT;

namespace sweepnet {

template <>
inline constexpr auto fields<rules::rmsprop> = std::tuple(
    field("rho", &rules::rmsprop::rho, in_range(0, 1), "decay of the mean square"),
    field("momentum", &rules::rmsprop::momentum, in_range(0, 1), "share of the last update kept"),
    field("epsilon", &rules::rmsprop::epsilon, at_least(0), "added inside the root"),
    field("centered", &rules::rmsprop::centered, "divide by the variance, not the mean square"));

template <>
inline constexpr auto fields<rules::rmsprop_keras2> = std::tuple(
    field("rho", &rules::rmsprop_keras2::rho, in_range(0, 1), "decay of the mean square"),
    field("epsilon", &rules::rmsprop_keras2::epsilon, at_least(0), "added outside the root"));

}  // namespace sweepnet
