// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Adam and its kin: AdamW, Adamax, Nadam.

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/describe/fields.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::rules {

/// beta^t in the arithmetic of the weights, as Keras takes it: in float, 1 - 0.999^1 is off by
/// 1e-5.
template <class T> [[nodiscard]] T power(T beta, std::uint64_t t) {
  return std::pow(beta, static_cast<T>(t));
}

/// Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015; AMSGrad: Reddi et al.,
/// "On the Convergence of Adam and Beyond", ICLR 2018.
struct adam {
  static constexpr std::string_view name = "adam";
  static constexpr double default_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;

  using slot_counts = std::integer_sequence<int, 2, 3>;  // plain, amsgrad
  [[nodiscard]] int slots() const { return amsgrad ? 3 : 2; }
  [[nodiscard]] double initial_slot(int) const { return 0; }

  template <class T> struct step { T alpha, one_minus_beta_1, one_minus_beta_2, epsilon; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t t, double rate) const {
    const T alpha = T(rate) * std::sqrt(1 - power(T(beta_2), t)) / (1 - power(T(beta_1), t));
    return {alpha, T(1 - beta_1), T(1 - beta_2), T(epsilon)};
  }
};

/// Adam with decoupled weight decay: Loshchilov and Hutter, ICLR 2019.
struct adamw : adam {
  static constexpr std::string_view name = "adamw";
  static constexpr double default_weight_decay = 0.004;
};

struct adamax {
  static constexpr std::string_view name = "adamax";
  static constexpr double default_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  using slot_counts = std::integer_sequence<int, 2>;
  [[nodiscard]] int slots() const { return 2; }
  [[nodiscard]] double initial_slot(int) const { return 0; }

  template <class T> struct step { T alpha, one_minus_beta_1, beta_2, epsilon; };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t t, double rate) const {
    return {T(rate) / (1 - power(T(beta_1), t)), T(1 - beta_1), T(beta_2), T(epsilon)};
  }
};

struct adamax_keras2 : adamax {
  static constexpr std::string_view name = "adamax_keras2";
  static constexpr double default_rate = 0.002;
};

/// P_t, the product of mu_1 to mu_t, carried from step to step so that the next takes one factor.
/// It begins anew for an earlier t, and gives the same bits wherever it begins.
class momentum_product {
 public:
  /// `mu(i)`, in (0, 1), must be the same in all calls.
  template <class Mu> [[nodiscard]] double up_to(std::uint64_t t, const Mu& mu) {
    if (t < steps_) *this = {};
    while (steps_ < t && product_ > negligible) product_ *= mu(++steps_);
    return product_;
  }

 private:
  static constexpr double negligible = 0x1p-54;  // 1 - P is 1 in double from here on

  std::uint64_t steps_ = 0;
  double product_ = 1;
};

/// Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016.
struct nadam {
  static constexpr std::string_view name = "nadam";
  static constexpr double default_rate = 0.001;
  static constexpr double schedule_decay = 1;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  using slot_counts = std::integer_sequence<int, 2>;
  [[nodiscard]] int slots() const { return 2; }
  [[nodiscard]] double initial_slot(int) const { return 0; }

  template <class T> struct step {
    T gradient_share, momentum_share, one_minus_beta_1, one_minus_beta_2, variance_correction;
    T epsilon;
  };
  template <class T> [[nodiscard]] step<T> at(std::uint64_t t, double rate) const {
    momentum_product fresh;
    return at<T>(t, rate, fresh);
  }
  template <class T>
  [[nodiscard]] step<T> at(std::uint64_t t, double rate, momentum_product& carried) const {
    return at<T>(t, rate, carried, schedule_decay);
  }

 protected:
  template <class T>
  [[nodiscard]] step<T> at(std::uint64_t t, double rate, momentum_product& carried,
                           double decay) const {
    // mu_t = b1 (1 - 0.96^(decay t) / 2)
    const auto mu = [&](std::uint64_t i) {
      return beta_1 * (1 - 0.5 * std::pow(0.96, decay * static_cast<double>(i)));
    };
    const double product = carried.up_to(t, mu);
    const T variance_correction = 1 / (1 - power(T(beta_2), t));
    return {T(rate * (1 - mu(t)) / (1 - product)),
            T(rate * mu(t + 1) / (1 - product * mu(t + 1))),
            1 - T(beta_1),
            1 - T(beta_2),
            variance_correction,
            T(epsilon)};
  }
};

struct nadam_keras2 : nadam {
  static constexpr std::string_view name = "nadam_keras2";
  static constexpr double default_rate = 0.002;
  double schedule_decay = 0.004;

  template <class T> [[nodiscard]] step<T> at(std::uint64_t t, double rate) const {
    momentum_product fresh;
    return at<T>(t, rate, fresh);
  }
  template <class T>
  [[nodiscard]] step<T> at(std::uint64_t t, double rate, momentum_product& carried) const {
    return nadam::at<T>(t, rate, carried, schedule_decay);
  }
};

}  // namespace sweepnet::rules
SWEEPNET_END_EXACT;

namespace sweepnet {

template <>
inline constexpr auto fields<rules::adam> =
    std::tuple(field("beta_1", &rules::adam::beta_1, in_range(0, 1), "decay of the mean"),
               field("beta_2", &rules::adam::beta_2, in_range(0, 1), "decay of the mean square"),
               field("epsilon", &rules::adam::epsilon, at_least(0), "added to the root"),
               field("amsgrad", &rules::adam::amsgrad, "divide by the largest mean square so far"));

template <> inline constexpr auto fields<rules::adamw> = fields<rules::adam>;

template <>
inline constexpr auto fields<rules::adamax> = std::tuple(
    field("beta_1", &rules::adamax::beta_1, in_range(0, 1), "decay of the mean"),
    field("beta_2", &rules::adamax::beta_2, in_range(0, 1), "decay of the largest magnitude"),
    field("epsilon", &rules::adamax::epsilon, at_least(0), "added to the magnitude"));

template <> inline constexpr auto fields<rules::adamax_keras2> = fields<rules::adamax>;

template <>
inline constexpr auto fields<rules::nadam> =
    std::tuple(field("beta_1", &rules::nadam::beta_1, in_range(0, 1), "decay of the mean"),
               field("beta_2", &rules::nadam::beta_2, in_range(0, 1), "decay of the mean square"),
               field("epsilon", &rules::nadam::epsilon, at_least(0), "added to the root"));

template <>
inline constexpr auto fields<rules::nadam_keras2> = std::tuple_cat(
    fields<rules::nadam>, std::tuple(field("schedule_decay", &rules::nadam_keras2::schedule_decay,
                                           at_least(0), "growth of the momentum")));

}  // namespace sweepnet
