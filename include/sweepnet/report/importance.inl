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
#include "sweepnet/sweep/early_termination.hpp"
#include "sweepnet/sweep/quantiles.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::report {

namespace detail {

/// The values of a parameter on a grid.
struct gridded_parameter {
  std::size_t cells = 0;
  bool is_category = false;
  std::vector<std::optional<std::size_t>> cell{};  ///< of each run, if it has a value
};

inline gridded_parameter gridded(const parameter& p) {
  gridded_parameter grid{.is_category = p.type == parameter_type::category};
  if (grid.is_category) {
    grid.cells = p.choices.size();
    for (const auto& value : p.values) {
      grid.cell.push_back(value ? std::optional(static_cast<std::size_t>(*value)) : std::nullopt);
    }
    return grid;
  }
  constexpr double most_cells = 50;
  double cells = most_cells;
  if (p.type == parameter_type::integer) {
    const double span = p.high - p.low;
    cells = std::min(p.is_log ? std::ceil(std::log(span + 1) / std::log(2.0)) + 1 : span + 1,
                     most_cells);
  }
  const auto scaled = [&](double x) { return p.is_log ? std::log(x) : x; };
  const double low = scaled(p.low);
  const double step = (scaled(p.high) - low) / (cells - 1);
  grid.cells = static_cast<std::size_t>(cells);
  for (const auto& value : p.values) {
    grid.cell.emplace_back();
    if (!value) continue;
    // What lies in the middle between two goes to the lower.
    const double at = std::ceil((scaled(*value) - low) / step - 0.5);
    // Where the range is beyond doubles, that is no number.
    grid.cell.back() = at > 0 ? static_cast<std::size_t>(std::min(at, cells - 1)) : 0;
  }
  return grid;
}

/// Values of a grid that are there, and how often each.
struct weighed_cells {
  std::vector<std::size_t> at{};
  std::vector<double> weights{};
  double sum = 0;
};

inline weighed_cells weighed(const std::vector<std::size_t>& counts) {
  weighed_cells cells;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) continue;
    cells.at.push_back(c);
    cells.weights.push_back(static_cast<double>(counts[c]));
    cells.sum += static_cast<double>(counts[c]);
  }
  return cells;
}

/// Scott's rule by the smaller of deviation and quartiles' distance, but at least so much that 90%
/// of a kernel's mass lie within its cell:
///   sigma = 1.059 min(IQR / 1.34, sd) n^-0.2
inline double bandwidth(const weighed_cells& cells) {
  const double n = cells.sum;
  double mean = 0;
  for (std::size_t i = 0; i < cells.at.size(); ++i) {
    mean += static_cast<double>(cells.at[i]) * cells.weights[i];
  }
  mean /= n;
  double squares = 0;
  for (std::size_t i = 0; i < cells.at.size(); ++i) {
    const double off = static_cast<double>(cells.at[i]) - mean;
    squares += off * off * cells.weights[i];
  }
  const double deviation = std::sqrt(squares / std::max(1.0, n - 1));
  const auto first_beyond = [&](double share, bool or_at) {
    double below = 0;
    for (std::size_t i = 0; i < cells.at.size(); ++i) {
      below += cells.weights[i];
      if (below > share || (or_at && below == share)) return i;
    }
    return cells.at.size() - 1;
  };
  const std::size_t first = first_beyond(std::floor(n / 4), true);
  const std::size_t third = first_beyond(std::floor(n * 3 / 4), false);
  const double quartiles =
      static_cast<double>(cells.at[third]) - static_cast<double>(cells.at[first]);
  const double sigma = 1.059 * std::min(quartiles / 1.34, deviation) * std::pow(n, -0.2);
  return std::max(sigma, 0.5 / 1.64);
}

/// The share of a normal distribution between two places, both in sigmas from its middle.
inline double normal_mass(double from, double to) {
  return from > 0 ? normal_share(-from) - normal_share(-to) : normal_share(to) - normal_share(from);
}

/// The density of numbers in each of a grid's cells.
inline std::vector<double> density_of_numbers(const weighed_cells& cells, std::size_t size) {
  std::vector<double> density(size);
  const double last = static_cast<double>(size) - 1;
  const auto add = [&](double mu, double sigma, double weight) {
    const double scale = weight / normal_mass((-0.5 - mu) / sigma, (last + 0.5 - mu) / sigma);
    for (std::size_t c = 0; c < size; ++c) {
      const double off = static_cast<double>(c) - mu;
      density[c] += scale * normal_mass((off - 0.5) / sigma, (off + 0.5) / sigma);
    }
  };
  const double sigma = bandwidth(cells);
  for (std::size_t i = 0; i < cells.at.size(); ++i) {
    add(static_cast<double>(cells.at[i]), sigma, cells.weights[i] / (cells.sum + 1));
  }
  add(last / 2, last + 1, 1 / (cells.sum + 1));
  return density;
}

/// The probability of each choice:
///   kernel k: (1 / n + [own]) / (K / n + 1), of K choices and n kernels
inline std::vector<double> density_of_choices(const weighed_cells& cells, std::size_t size) {
  const double choices = static_cast<double>(size);
  const double all = 1 / (static_cast<double>(cells.at.size()) + 1);
  const double row = choices * all + 1;
  const double sum = cells.sum + 1;
  std::vector<double> density(size, 1 / choices / sum + cells.sum / sum * all / row);
  for (std::size_t i = 0; i < cells.at.size(); ++i) {
    density[cells.at[i]] += cells.weights[i] / sum / row;
  }
  return density;
}

inline std::vector<double> density_of(const gridded_parameter& grid,
                                      const std::vector<std::size_t>& counts) {
  const weighed_cells cells = weighed(counts);
  std::vector<double> density = grid.is_category ? density_of_choices(cells, grid.cells)
                                                 : density_of_numbers(cells, grid.cells);
  for (double& each : density) each += 1e-12;
  return density;
}

/// Whether each run is among the tenth of least losses; all that are as good as its last one are.
inline std::vector<bool> top_tenth(std::span<const double> losses) {
  std::vector<double> sorted(losses.begin(), losses.end());
  const double count = std::ceil(0.1 * static_cast<double>(sorted.size()));
  const auto cut = sorted.begin() + static_cast<std::ptrdiff_t>(count) - 1;
  std::ranges::nth_element(sorted, cut);
  std::vector<bool> is_top;
  for (const double loss : losses) is_top.push_back(loss <= *cut);
  return is_top;
}

inline double importance_of(const gridded_parameter& grid, std::span<const std::size_t> runs,
                            const std::vector<bool>& is_top) {
  std::vector<std::size_t> counts(grid.cells);
  std::vector<std::size_t> top_counts(grid.cells);
  double all = 0;
  double top = 0;
  double all_with = 0;
  double top_with = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    ++all;
    top += is_top[i] ? 1 : 0;
    const auto& cell = grid.cell[runs[i]];
    if (!cell) continue;
    ++all_with;
    ++counts[*cell];
    if (!is_top[i]) continue;
    ++top_with;
    ++top_counts[*cell];
  }
  if (all_with < 2 || top_with == 0) return 0;
  const std::vector<double> p = density_of(grid, counts);
  const std::vector<double> p_top = density_of(grid, top_counts);
  double divergence = 0;
  for (std::size_t c = 0; c < grid.cells; ++c) {
    const double off = p_top[c] / p[c] - 1;
    divergence += p[c] * (off * off);
  }
  const double share_of_top = top_with / top;
  const double share_of_all = all_with / all;
  return share_of_top * share_of_top / share_of_all * divergence * (top / all) * (top / all);
}

inline std::vector<double> importances_on(const std::vector<gridded_parameter>& grids,
                                          std::span<const std::size_t> runs,
                                          std::span<const double> losses) {
  const std::vector<bool> is_top = top_tenth(losses);
  std::vector<double> importances;
  for (const gridded_parameter& grid : grids) {
    importances.push_back(importance_of(grid, runs, is_top));
  }
  return importances;
}

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

SWEEPNET_INLINE std::vector<double> ped_anova(const std::vector<parameter>& parameters,
                                              std::span<const std::size_t> runs,
                                              std::span<const double> losses) {
  std::vector<detail::gridded_parameter> grids;
  for (const parameter& p : parameters) grids.push_back(detail::gridded(p));
  return runs.empty() ? std::vector<double>(parameters.size())
                      : detail::importances_on(grids, runs, losses);
}

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
  std::vector<detail::gridded_parameter> grids;
  for (std::size_t p = 0; p < report.parameters.size(); ++p) {
    const auto& values = report.parameters[p].values;
    if (std::ranges::none_of(judged.runs, [&](std::size_t i) { return values[i].has_value(); })) {
      continue;
    }
    told.push_back({.parameter = p});
    grids.push_back(detail::gridded(report.parameters[p]));
  }
  if (told.empty()) return {};

  std::vector<double> shares = detail::importances_on(grids, judged.runs, judged.losses);
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
    std::vector<double> drawn_shares = detail::importances_on(grids, drawn.runs, drawn.losses);
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
