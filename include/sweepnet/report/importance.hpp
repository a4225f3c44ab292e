// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which hyperparameters decide whether a run is among the best: PED-ANOVA, as Optuna 5 computes it
// by default. Source: Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying
// Hyperparameter Importance in Arbitrary Subspaces", IJCAI 2023; where some runs have no value of a
// parameter, as in its evaluator.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/report/sweep_report.hpp"

namespace sweepnet::report {

struct importance {
  std::size_t parameter = 0;            ///< its position in the report
  double share = 0;                     ///< of all parameters' importances
  double low = 0;                       ///< 95% of the samples' shares lie from here ...
  double high = 0;                      ///< ... to here
  std::optional<double> correlation{};  ///< Spearman's, of numbers with the metric's value
};

struct importance_options {
  std::size_t least_runs = 20;  ///< of fewer that are done nothing is told
  std::size_t samples = 200;    ///< of as many runs, drawn with replacement
  std::uint64_t seed = 0;       ///< of the draws
};

/// The parameters of which the runs that are done with a finite value have any, most important
/// first; none of too few runs.
[[nodiscard]] std::vector<importance> importances_of(const sweep_report& report,
                                                     const importance_options& options = {});

/// The importance of each parameter, not divided by their sum, for the tenth of `runs` (positions,
/// which may come more than once) with the least of `losses`, which belong to them:
///   (n_top / n)^2 sum_r (share_r of the top)^2 / (share_r of all) D_r
///   D = sum_cells p (p_top / p - 1)^2
/// over the runs r that have a value, of densities p on a grid of at most 50 cells, each a mixture
/// of normal kernels (of choices, as in parzen.hpp) and a prior one. 0 where nothing is told.
[[nodiscard]] std::vector<double> ped_anova(const std::vector<parameter>& parameters,
                                            std::span<const std::size_t> runs,
                                            std::span<const double> losses);

/// Spearman's rank correlation, ties in the middle of their ranks; nothing where either is
/// constant.
[[nodiscard]] std::optional<double> rank_correlation(std::span<const double> x,
                                                     std::span<const double> y);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/importance.inl"
#endif
