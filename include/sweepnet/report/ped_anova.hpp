// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which hyperparameters decide whether a run is among the best: PED-ANOVA, as Optuna 5 computes it
// by default. Source: Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying
// Hyperparameter Importance in Arbitrary Subspaces", IJCAI 2023; where some runs have no value of a
// parameter, as in Optuna's evaluator.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/report/parameter.hpp"

namespace sweepnet::report {

namespace detail {

/// The values of a parameter on a grid.
struct gridded_parameter {
  std::size_t cells = 0;
  bool is_category = false;
  std::vector<std::optional<std::size_t>> cell{};  ///< of each run, if it has a value
};

}  // namespace detail

/// Made once, for any choice of the runs that the parameters have values of.
class ped_anova {
 public:
  explicit ped_anova(const std::vector<parameter>& parameters);

  /// The importance of each parameter, not divided by their sum, for the tenth of `runs`
  /// (positions, which may come more than once) with the least of `losses`, which belong to them:
  ///   (n_top / n)^2 (share of the top that has a value)^2 / (share of all that has one) D
  ///   D = sum_cells p (p_top / p - 1)^2
  /// of densities p on a grid of at most 50 cells, each a mixture of normal kernels (of choices, as
  /// in parzen.hpp) and a prior one. 0 where nothing is told.
  [[nodiscard]] std::vector<double> operator()(std::span<const std::size_t> runs,
                                               std::span<const double> losses) const;

 private:
  std::vector<detail::gridded_parameter> grids_{};
};

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/ped_anova.inl"
#endif
