// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Importances of a sweep's hyperparameters, with bars that say how sure they are, and correlations.

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

/// Spearman's rank correlation, ties in the middle of their ranks; nothing where either is
/// constant.
[[nodiscard]] std::optional<double> rank_correlation(std::span<const double> x,
                                                     std::span<const double> y);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/importance.inl"
#endif
