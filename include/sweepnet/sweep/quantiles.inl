// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/quantiles.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace detail {

/// c[0] + c[1] x + c[2] x^2 + ...
inline double polynomial(const std::array<double, 8>& c, double x) {
  double sum = 0;
  for (std::size_t i = c.size(); i-- > 0;) sum = sum * x + c[i];
  return sum;
}

/// ln Phi(x) for x below 0; far out by the series of DLMF 7.12.1:
///   Phi(x) = phi(x) / -x (1 - 1/x^2 + 1 3/x^4 - 1 3 5/x^6 + ...)
inline double log_normal_tail(double x) {
  if (x > -20) return std::log(std::erfc(-x / std::numbers::sqrt2) / 2);
  double sum = 1;
  double term = 1;
  for (int k = 1; std::abs(term) > std::numeric_limits<double>::epsilon(); k += 2) {
    term *= -k / (x * x);
    sum += term;
  }
  return -x * x / 2 - std::log(2 * std::numbers::pi) / 2 - std::log(-x) + std::log(sum);
}

/// The fraction of DLMF 8.17.22 by Lentz's rule, which is quick for x below (a + 1) / (a + b + 2).
inline double beta_fraction(double x, double a, double b) {
  constexpr double tiny = 1e-300;
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  const auto away_from_0 = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1;
  double d = 1 / away_from_0(1 - (a + b) * x / (a + 1));
  double h = d;
  for (int m = 1; m < 10'000; ++m) {
    // d_2m = m (b - m) x / ((a + 2m - 1)(a + 2m))
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_0(1 + even * d);
    c = away_from_0(1 + even / c);
    h *= c * d;
    // d_2m+1 = -(a + m)(a + b + m) x / ((a + 2m)(a + 2m + 1))
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_0(1 + odd * d);
    c = away_from_0(1 + odd / c);
    h *= c * d;
    if (std::abs(c * d - 1) < epsilon) break;
  }
  return h;
}

/// ln B(a, b)
inline double log_beta(double a, double b) {
  return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
}

/// The share of the beta distribution below x, and that above it, each with all of its digits.
struct beta_tails {
  double below;
  double above;
};

inline beta_tails tails_at(double x, double a, double b) {
  if (x <= 0) return {0, 1};
  if (x >= 1) return {1, 0};
  // x^a (1 - x)^b / B(a, b)
  const double factor = std::exp(a * std::log(x) + b * std::log1p(-x) - log_beta(a, b));
  if (x < (a + 1) / (a + b + 2)) {
    const double below = factor * beta_fraction(x, a, b) / a;
    return {below, 1 - below};
  }
  const double above = factor * beta_fraction(1 - x, b, a) / b;
  return {1 - above, above};
}

/// The x up to 1/2 or so that divides the beta distribution into these shares: Newton's steps in
/// ln x, within the bounds that bisection keeps, for the smaller of both.
inline double divide_beta(const beta_tails& wanted, double a, double b) {
  double low = -745;  // ln of the least double
  double high = 0;
  double t = std::log(a / (a + b));
  for (int step = 0; step < 200; ++step) {
    const double x = std::exp(t);
    const beta_tails tails = tails_at(x, a, b);
    const double miss =
        wanted.below <= wanted.above ? tails.below - wanted.below : wanted.above - tails.above;
    (miss > 0 ? high : low) = t;
    // d share / d ln x = x^a (1 - x)^(b - 1) / B(a, b)
    const double slope = std::exp(a * t + (b - 1) * std::log1p(-x) - log_beta(a, b));
    double next = t - miss / slope;
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (std::abs(next - t) <= 1e-15 * std::max(1.0, std::abs(t))) return std::exp(next);
    t = next;
  }
  return std::exp(t);
}

}  // namespace detail

SWEEPNET_INLINE double normal_quantile(double u) {
  using detail::polynomial;
  constexpr std::array<double, 8> a{3.3871328727963666080e0,  1.3314166789178437745e+2,
                                    1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                    4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                    3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr std::array<double, 8> b{1.0,
                                    4.2313330701600911252e+1,
                                    6.8718700749205790830e+2,
                                    5.3941960214247511077e+3,
                                    2.1213794301586595867e+4,
                                    3.9307895800092710610e+4,
                                    2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
  constexpr std::array<double, 8> c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                    5.76949722146069140550e0,  3.64784832476320460504e0,
                                    1.27045825245236838258e0,  2.41780725177450611770e-1,
                                    2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array<double, 8> d{1.0,
                                    2.05319162663775882187e0,
                                    1.67638483018380384940e0,
                                    6.89767334985100004550e-1,
                                    1.48103976427480074590e-1,
                                    1.51986665636164571966e-2,
                                    5.47593808499534494600e-4,
                                    1.05075007164441684324e-9};
  constexpr std::array<double, 8> e{6.65790464350110377720e0,  5.46378491116411436990e0,
                                    1.78482653991729133580e0,  2.96560571828504891230e-1,
                                    2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                    2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array<double, 8> f{1.0,
                                    5.99832206555887937690e-1,
                                    1.36929880922735805310e-1,
                                    1.48753612908506148525e-2,
                                    7.86869131145613259100e-4,
                                    1.84631831751005468180e-5,
                                    1.42151175831644588870e-7,
                                    2.04426310338993978564e-15};
  const double q = u - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return polynomial(a, r) * q / polynomial(b, r);
  }
  const double r = std::sqrt(-std::log(q <= 0 ? u : 1 - u));
  const double x = r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                          : polynomial(e, r - 5) / polynomial(f, r - 5);
  return q < 0 ? -x : x;
}

SWEEPNET_INLINE double normal_share(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

SWEEPNET_INLINE double log_normal_share(double a, double b) {
  if (a > 0) return log_normal_share(-b, -a);
  if (b > 0) {
    // (erf(b / sqrt 2) + erf(-a / sqrt 2)) / 2: nothing cancels
    return std::log((std::erf(b / std::numbers::sqrt2) + std::erf(-a / std::numbers::sqrt2)) / 2);
  }
  // ln Phi(b) + ln(1 - Phi(a) / Phi(b))
  const double upper = detail::log_normal_tail(b);
  return upper + std::log1p(-std::exp(detail::log_normal_tail(a) - upper));
}

SWEEPNET_INLINE double beta_share(double x, double a, double b) {
  return detail::tails_at(x, a, b).below;
}

SWEEPNET_INLINE double beta_quantile(double u, double a, double b) {
  // From the side on which x is small, so that its digits are not lost: I_x(a, b) = 1 - I_1-x(b, a)
  if (beta_share(0.5, a, b) < u) return 1 - detail::divide_beta({1 - u, u}, b, a);
  return detail::divide_beta({u, 1 - u}, a, b);
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
