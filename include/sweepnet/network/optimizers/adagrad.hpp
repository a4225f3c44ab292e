// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Adagrad and Adadelta.

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/describe/fields.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::rules {

/// Duchi et al., "Adaptive Subgradient Methods", JMLR 2011.
struct adagrad {
  static constexpr std::string_view name = "adagrad";
  static constexpr double default_rate = 0.001;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;

  using slot_counts = std::integer_sequence<int, 1>;
  [[nodiscard]] int slots() const { return 1; }
  [[nodiscard]] double initial_slot(int) const { return initial_accumulator_value; }
  [[nodiscard]] bool rests() const { return static_cast<float>(epsilon) > 0; }

  template <class T> struct step { T rate, epsilon; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t, double rate) const {
    return {T(rate), T(epsilon)};
  }
};

struct adagrad_keras2 {
  static constexpr std::string_view name = "adagrad_keras2";
  static constexpr double default_rate = 0.01;
  double epsilon = 1e-7;

  using slot_counts = std::integer_sequence<int, 1>;
  [[nodiscard]] int slots() const { return 1; }
  [[nodiscard]] double initial_slot(int) const { return 0; }
  [[nodiscard]] bool rests() const { return static_cast<float>(epsilon) > 0; }

  template <class T> struct step { T rate, epsilon; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t, double rate) const {
    return {T(rate), T(epsilon)};
  }
};

/// Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.
struct adadelta {
  static constexpr std::string_view name = "adadelta";
  static constexpr double default_rate = 0.001;
  double rho = 0.95;
  double epsilon = 1e-7;

  using slot_counts = std::integer_sequence<int, 2>;
  [[nodiscard]] int slots() const { return 2; }
  [[nodiscard]] double initial_slot(int) const { return 0; }
  [[nodiscard]] bool rests() const { return static_cast<float>(epsilon) > 0; }

  template <class T> struct step { T rate, rho, one_minus_rho, epsilon; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t, double rate) const {
    return {T(rate), T(rho), T(1 - rho), T(epsilon)};
  }
};

struct adadelta_keras2 : adadelta {
  static constexpr std::string_view name = "adadelta_keras2";
  static constexpr double default_rate = 1;
};

}  // namespace sweepnet::rules
SWEEPNET_END_EXACT;

namespace sweepnet {

template <>
inline constexpr auto fields<rules::adagrad> =
    std::tuple(field("initial_accumulator_value", &rules::adagrad::initial_accumulator_value,
                     at_least(0), "the sum of squares before step 1"),
               field("epsilon", &rules::adagrad::epsilon, at_least(0), "added inside the root"));

template <>
inline constexpr auto fields<rules::adagrad_keras2> = std::tuple(
    field("epsilon", &rules::adagrad_keras2::epsilon, at_least(0), "added outside the root"));

template <>
inline constexpr auto fields<rules::adadelta> =
    std::tuple(field("rho", &rules::adadelta::rho, in_range(0, 1), "decay of both mean squares"),
               field("epsilon", &rules::adadelta::epsilon, above(0), "added inside both roots"));

template <> inline constexpr auto fields<rules::adadelta_keras2> = fields<rules::adadelta>;

}  // namespace sweepnet
