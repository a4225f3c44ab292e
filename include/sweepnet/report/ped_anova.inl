// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/ped_anova.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/sweep/quantiles.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::report {

namespace detail {

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

}  // namespace detail

SWEEPNET_INLINE ped_anova::ped_anova(const std::vector<parameter>& parameters) {
  for (const parameter& p : parameters) grids_.push_back(detail::gridded(p));
}

SWEEPNET_INLINE std::vector<double> ped_anova::operator()(std::span<const std::size_t> runs,
                                                          std::span<const double> losses) const {
  std::vector<double> importances(grids_.size());
  if (runs.empty()) return importances;
  const std::vector<bool> is_top = detail::top_tenth(losses);
  for (std::size_t p = 0; p < grids_.size(); ++p) {
    importances[p] = detail::importance_of(grids_[p], runs, is_top);
  }
  return importances;
}

}  // namespace sweepnet::report
SWEEPNET_END_EXACT;
