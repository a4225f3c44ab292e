// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/parzen.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/quantiles.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

namespace detail {

/// How much each of n points weighs, the prior's 1 behind them, so that their sum is 1: the last 25
/// as much as the prior, those before them 1/n to 1 from the oldest on.
inline std::vector<double> weights_of_kernels(std::size_t n) {
  constexpr std::size_t recent = 25;
  std::vector<double> weights(n + 1, 1.0);
  if (n > recent) {
    const std::size_t old = n - recent;
    const double first = 1 / static_cast<double>(n);
    for (std::size_t i = 0; i < old; ++i) {
      const double way = old > 1 ? static_cast<double>(i) / static_cast<double>(old - 1) : 0;
      weights[i] = first + (1 - first) * way;
    }
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// The distance of each to its farther neighbour, where the bounds are neighbours, too, but the
/// first and the last of two and more have only the one within.
inline std::vector<double> distances_to_neighbours(const std::vector<double>& at, double low,
                                                   double high) {
  const std::size_t n = at.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return at[i]; });
  std::vector<double> distances(n);
  for (std::size_t place = 0; place < n; ++place) {
    const double here = at[order[place]];
    const bool is_first = place == 0;
    const bool is_last = place + 1 == n;
    const double below = here - (is_first ? low : at[order[place - 1]]);
    const double above = (is_last ? high : at[order[place + 1]]) - here;
    double& distance = distances[order[place]];
    if (n > 1 && is_first) {
      distance = above;
    } else if (n > 1 && is_last) {
      distance = below;
    } else {
      distance = std::max(below, above);
    }
  }
  return distances;
}

/// The smallest k with u < p_0 + ... + p_k, or the last.
template <class Share> std::size_t position_at(double u, std::size_t count, const Share& share) {
  double sum = 0;
  for (std::size_t k = 0; k + 1 < count; ++k) {
    sum += share(k);
    if (u < sum) return k;
  }
  return count - 1;
}

}  // namespace detail

SWEEPNET_INLINE parzen_estimator::parzen_estimator(std::vector<parzen_axis> axes,
                                                   const std::vector<coordinates>& seen)
    : axes_(std::move(axes)), weights_(detail::weights_of_kernels(seen.size())) {
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const parzen_axis& axis = axes_[a];
    if (axis.choices.empty()) {
      std::vector<double> at;
      for (const coordinates& point : seen) at.push_back(point[a]);
      kernels_.push_back(of_numbers(axis, std::move(at)));
    } else {
      kernels of_axis;
      for (const coordinates& point : seen) {
        of_axis.chosen.push_back(static_cast<std::size_t>(point[a]));
      }
      of_axis.chosen.push_back(axis.choices.size());
      kernels_.push_back(std::move(of_axis));
    }
  }
}

SWEEPNET_INLINE parzen_estimator::kernels parzen_estimator::of_numbers(const parzen_axis& axis,
                                                                       std::vector<double> at) {
  kernels made;
  made.low = axis.low - axis.step / 2;
  made.high = axis.high + axis.step / 2;
  if (axis.is_log) {
    made.low = std::log(made.low);
    made.high = std::log(made.high);
    for (double& x : at) x = std::log(x);
  }
  const double range = made.high - made.low;
  made.sigma = detail::distances_to_neighbours(at, made.low, made.high);
  const double least = range / std::min(100.0, static_cast<double>(at.size()) + 2);
  for (double& sigma : made.sigma) sigma = std::clamp(sigma, least, range);
  made.mu = std::move(at);
  made.mu.push_back((made.low + made.high) / 2);
  made.sigma.push_back(range);
  for (std::size_t i = 0; i < made.mu.size(); ++i) {
    const double mu = made.mu[i];
    const double sigma = made.sigma[i];
    made.log_scale.push_back(
        log_normal_share((made.low - mu) / sigma, (made.high - mu) / sigma) +
        (axis.step > 0 ? 0 : std::log(sigma) + std::log(2 * std::numbers::pi) / 2));
  }
  return made;
}

/// (K p_k / (n + 1) + [k is the kernel's own]) / (K / (n + 1) + 1), of the prior p_k.
SWEEPNET_INLINE double parzen_estimator::share_of_choice(std::size_t axis, std::size_t kernel,
                                                         std::size_t choice) const {
  const std::vector<double>& prior = axes_[axis].choices;
  const std::size_t chosen = kernels_[axis].chosen[kernel];
  if (chosen == prior.size()) return prior[choice];
  const double all = static_cast<double>(prior.size()) / static_cast<double>(weights_.size());
  return (all * prior[choice] + (chosen == choice ? 1 : 0)) / (all + 1);
}

SWEEPNET_INLINE void parzen_estimator::add_log_densities(std::size_t axis, double x,
                                                         std::vector<double>& sums) const {
  const parzen_axis& a = axes_[axis];
  const kernels& of_axis = kernels_[axis];
  if (!a.choices.empty()) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += std::log(share_of_choice(axis, i, static_cast<std::size_t>(x)));
    }
    return;
  }
  const auto scaled = [&](double number) { return a.is_log ? std::log(number) : number; };
  if (a.step > 0) {
    const double left = scaled(x - a.step / 2);
    const double right = scaled(x + a.step / 2);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const double mu = of_axis.mu[i];
      const double sigma = of_axis.sigma[i];
      sums[i] += log_normal_share((left - mu) / sigma, (right - mu) / sigma) - of_axis.log_scale[i];
    }
    return;
  }
  const double at = scaled(x);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double z = (at - of_axis.mu[i]) / of_axis.sigma[i];
    sums[i] += -z * z / 2 - of_axis.log_scale[i];
  }
}

SWEEPNET_INLINE double parzen_estimator::log_density(const coordinates& point) const {
  std::vector<double> sums(weights_.size());
  for (std::size_t a = 0; a < axes_.size(); ++a) add_log_densities(a, point[a], sums);
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += std::log(weights_[i]);
  // ln sum_i exp(s_i) = max + ln sum_i exp(s_i - max)
  const double most = std::ranges::max(sums);
  if (std::isinf(most)) return most;
  double total = 0;
  for (const double sum : sums) total += std::exp(sum - most);
  return std::log(total) + most;
}

/// The number below which the share u of the kernel lies, rounded to a step. With alpha and beta
/// the bounds in sigmas from mu:
///   x = mu + sigma Phi^-1(Phi(alpha) + u (Phi(beta) - Phi(alpha)))
SWEEPNET_INLINE double parzen_estimator::number_of(std::size_t axis, std::size_t kernel,
                                                   double u) const {
  const parzen_axis& a = axes_[axis];
  const kernels& of_axis = kernels_[axis];
  const double mu = of_axis.mu[kernel];
  const double sigma = of_axis.sigma[kernel];
  const double alpha = (of_axis.low - mu) / sigma;
  const double beta = (of_axis.high - mu) / sigma;
  const double below = normal_share(alpha);
  const double above = normal_share(-beta);
  const double within = 1 - below - above;
  // from the side on which the share is small, so that its digits are not lost
  const double share = below + u * within;
  const double z =
      share <= 0.5 ? normal_quantile(share) : -normal_quantile(above + (1 - u) * within);
  double x = mu + sigma * std::clamp(z, alpha, beta);
  if (a.is_log) x = std::exp(x);
  if (a.step > 0) x = a.low + std::rint((x - a.low) / a.step) * a.step;
  return std::clamp(x, a.low, a.high);
}

SWEEPNET_INLINE coordinates
parzen_estimator::draw(double kernel, const std::function<double(std::size_t axis)>& u) const {
  const std::size_t from =
      detail::position_at(kernel, weights_.size(), [&](std::size_t i) { return weights_[i]; });
  coordinates drawn;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const std::size_t choices = axes_[a].choices.size();
    drawn.push_back(
        choices == 0 ? number_of(a, from, u(a))
                     : static_cast<double>(detail::position_at(u(a), choices, [&](std::size_t k) {
                         return share_of_choice(a, from, k);
                       })));
  }
  return drawn;
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
