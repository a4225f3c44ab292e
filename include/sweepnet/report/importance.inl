// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/importance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/report/ped_anova.hpp"
#include "sweepnet/sweep/early_termination.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::report {

namespace detail {

/// Each divided by their sum; equal shares where that is 0.
inline void normalise(std::vector<double>& importances) {
  const double sum = std::accumulate(importances.begin(), importances.end(), 0.0);
  const double equal = 1 / static_cast<double>(importances.size());
  for (double& each : importances) each = sum > 0 ? each / sum : equal;
}

/// Ranks from 1; equals have the middle one of theirs.
inline std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) {
      ranks[order[i]] = static_cast<double>(first + end + 1) / 2;
    }
    first = end;
  }
  return ranks;
}

/// The value below which a share of the sorted values lies, between neighbours by a straight line.
inline double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - std::floor(at)) * (sorted[above] - sorted[below]);
}

/// The runs that are done with a finite value, and their values as losses.
struct judged_runs {
  std::vector<std::size_t> runs{};
  std::vector<double> losses{};
};

inline judged_runs judged_of(const sweep_report& report) {
  judged_runs judged;
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    if (report.runs[i].phase != run_phase::done) continue;
    const std::optional<double> value = report.value_of(report.runs[i]);
    if (!value) continue;
    judged.runs.push_back(i);
    judged.losses.push_back(sweepnet::detail::loss_sign(report.monitor) * *value);
  }
  return judged;
}

inline std::optional<double> correlation_of(const parameter& p, const judged_runs& judged,
                                            double sign) {
  if (p.type == parameter_type::category) return std::nullopt;
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t i = 0; i < judged.runs.size(); ++i) {
    const auto& value = p.values[judged.runs[i]];
    if (!value) continue;
    x.push_back(*value);
    y.push_back(sign * judged.losses[i]);
  }
  return rank_correlation(x, y);
}

}  // namespace detail

SWEEPNET_INLINE std::optional<double> rank_correlation(std::span<const double> x,
                                                       std::span<const double> y) {
  const std::vector<double> a = detail::ranks_of(x);
  const std::vector<double> b = detail::ranks_of(y);
  const double mean = (static_cast<double>(a.size()) + 1) / 2;
  double products = 0;
  double squares_a = 0;
  double squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += (a[i] - mean) * (b[i] - mean);
    squares_a += (a[i] - mean) * (a[i] - mean);
    squares_b += (b[i] - mean) * (b[i] - mean);
  }
  if (squares_a == 0 || squares_b == 0) return std::nullopt;
  return products / std::sqrt(squares_a * squares_b);
}

SWEEPNET_INLINE std::vector<importance> importances_of(const sweep_report& report,
                                                       const importance_options& options) {
  const detail::judged_runs judged = detail::judged_of(report);
  if (judged.runs.size() < options.least_runs) return {};
  std::vector<importance> told;
  std::vector<parameter> parameters;
  for (std::size_t p = 0; p < report.parameters.size(); ++p) {
    const auto& values = report.parameters[p].values;
    if (std::ranges::none_of(judged.runs, [&](std::size_t i) { return values[i].has_value(); })) {
      continue;
    }
    told.push_back({.parameter = p});
    parameters.push_back(report.parameters[p]);
  }
  if (told.empty()) return {};

  const ped_anova importance_on(parameters);
  std::vector<double> shares = importance_on(judged.runs, judged.losses);
  detail::normalise(shares);
  std::vector<std::vector<double>> samples(told.size());
  const auto count = static_cast<std::uint32_t>(judged.runs.size());
  for (std::size_t sample = 0; sample < options.samples; ++sample) {
    detail::judged_runs drawn;
    for (std::uint32_t i = 0; i < count; ++i) {
      const random_block block = random_at(options.seed, sample, i);
      const std::uint32_t at = bounded(block.word[0], block.word[1], count);
      drawn.runs.push_back(judged.runs[at]);
      drawn.losses.push_back(judged.losses[at]);
    }
    std::vector<double> drawn_shares = importance_on(drawn.runs, drawn.losses);
    detail::normalise(drawn_shares);
    for (std::size_t k = 0; k < told.size(); ++k) samples[k].push_back(drawn_shares[k]);
  }
  const double sign = sweepnet::detail::loss_sign(report.monitor);
  for (std::size_t k = 0; k < told.size(); ++k) {
    told[k].share = shares[k];
    told[k].correlation =
        detail::correlation_of(report.parameters[told[k].parameter], judged, sign);
    if (samples[k].empty()) continue;
    std::ranges::sort(samples[k]);
    told[k].low = detail::quantile(samples[k], 0.025);
    told[k].high = detail::quantile(samples[k], 0.975);
  }
  std::ranges::stable_sort(told, std::ranges::greater{}, &importance::share);
  return told;
}

}  // namespace sweepnet::report
SWEEPNET_END_EXACT;
