// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tree-structured Parzen estimators: where to look next, from what came of earlier points. The
// points are split into good ones and others, each side gives a density, and of some candidates
// drawn from that of the good ones the one is chosen at which it exceeds the other most.
// Source: Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011, with the
// rules of Optuna 5.0.0's TPESampler, multivariate and with running points among the others.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sweepnet/describe/parsed_node.hpp"
#include "sweepnet/sweep/parzen.hpp"
#include "sweepnet/sweep/search_space.hpp"

namespace sweepnet {

/// What came of a point.
struct point_value {
  double value = 0;                             ///< to be small; infinity: worse than any number
  std::optional<std::int64_t> stopped_after{};  ///< epochs, where it was stopped before its end
};

/// The numbers of points, each side in order.
struct split_points {
  std::vector<std::size_t> below{};  ///< the good ones
  std::vector<std::size_t> above{};  ///< the others, and those that are not over
};

/// Splits `points` points, of which the first so many are over as `told`. With n of them the best
/// min(ceil(0.1 n), 25) are good: first those that came to their end by value, of equal ones the
/// earlier first, then those that were stopped, by epochs and value.
[[nodiscard]] split_points split_by_value(const std::vector<point_value>& told, std::size_t points);

/// The points of these numbers, in their order.
[[nodiscard]] std::vector<coordinates> points_at(const std::vector<coordinates>& points,
                                                 const std::vector<std::size_t>& numbers);

/// The position of the candidate at which ln(below) - ln(above) is largest, of equal ones the
/// first.
[[nodiscard]] std::size_t best_candidate(const parzen_estimator& below,
                                         const parzen_estimator& above,
                                         const std::vector<coordinates>& candidates);

/// Where points of a space lie for TPE: an axis for each parameter that varies.
///   values, with or without probabilities: choices, as likely to begin with as they are drawn;
///   int_uniform, uniform, q_uniform: numbers; those of log_uniform and its kin in the logarithm;
///   normal, log_normal, beta, and what is rounded of them: u in (0, 1), which each is drawn by, so
///   that what is likely to begin with is the distribution itself.
class tpe_space {
 public:
  explicit tpe_space(const search_space& space);

  [[nodiscard]] const std::vector<parzen_axis>& axes() const { return axes_; }

  /// The coordinates of a point that is drawn.
  [[nodiscard]] coordinates drawn(std::size_t point) const;

  /// Those of the point that comes behind `seen`, of which `told` are over. No point of a finite
  /// space comes twice before all have come. Each draw is Philox of the parameter's name, the point
  /// and the candidate.
  [[nodiscard]] coordinates proposal(const std::vector<coordinates>& seen,
                                     const std::vector<point_value>& told) const;

  /// The values of all parameters there.
  [[nodiscard]] std::vector<shared_node> values_at(const coordinates& at) const;

 private:
  /// How a parameter's values are told from a coordinate.
  enum class axis_kind { choice, number, share };
  struct varying {
    std::size_t parameter = 0;
    axis_kind kind = axis_kind::number;
    std::vector<double> position_of_value{};  ///< of each listed one among those that differ
  };

  void add_choices(std::size_t parameter);
  void add_numbers(std::size_t parameter);
  [[nodiscard]] coordinates coordinates_of(const std::vector<detail::place_of_value>& places) const;
  [[nodiscard]] std::vector<coordinates> candidates_of(const std::vector<coordinates>& seen,
                                                       const parzen_estimator& below) const;

  const search_space* space_;
  std::vector<parzen_axis> axes_{};
  std::vector<varying> varying_{};  ///< of each axis
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/tpe.inl"
#endif
