// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A density over points of a search space, by kernels at those that were seen: Parzen's estimator
// as tree-structured Parzen estimators (TPE) have it.
// Source: Optuna 5.0.0's _ParzenEstimator, for one objective: multivariate, with a prior kernel of
// weight 1, and sigmas kept from being too small. Watanabe, arXiv 2304.11127, explains each part.

#include <cstddef>
#include <functional>
#include <vector>

namespace sweepnet {

/// A point's place along each axis: a number, or a position among choices.
using coordinates = std::vector<double>;

/// One axis: numbers between bounds, or choices.
struct parzen_axis {
  double low = 0;       ///< of numbers; both bounds belong to them
  double high = 1;      ///< likewise
  double step = 0;      ///< from one number to the next; 0: all numbers between the bounds
  bool is_log = false;  ///< whether kernels are normal in the logarithm
  std::vector<double> choices{};  ///< how likely each choice is to begin with; none: numbers
};

/// A mixture of kernels, one at each point that was seen and one for what was known before. A
/// kernel is a product over the axes:
///   of numbers:  a normal distribution cut off at the bounds, mu the point's; of stepped numbers
///                its mass over half a step to both sides;
///   of choices:  the point's own with weight 1, all of them together with weight K / (n + 1)
/// of n points and K choices.
class parzen_estimator {
 public:
  /// `seen` in the order in which they were: the older ones of more than 25 weigh less.
  parzen_estimator(std::vector<parzen_axis> axes, const std::vector<coordinates>& seen);

  /// ln of the density at a point: of its mass along stepped axes and choices.
  [[nodiscard]] double log_density(const coordinates& point) const;

  /// A point drawn from it: `kernel` in (0, 1) decides which kernel it is from, u(axis) in (0, 1)
  /// where along the axis it lies.
  [[nodiscard]] coordinates draw(double kernel,
                                 const std::function<double(std::size_t axis)>& u) const;

 private:
  /// What an axis adds to each kernel, the prior one last.
  struct kernels {
    double low = 0;   ///< where normal distributions are cut off: bounds, in the logarithm of
    double high = 1;  ///< logarithmic axes, half a step further out of stepped ones
    std::vector<double> mu{};
    std::vector<double> sigma{};
    std::vector<double> log_scale{};  ///< ln(mass between low and high), + ln sigma if not stepped
    std::vector<std::size_t> chosen{};  ///< position among the choices; K of the prior
  };

  [[nodiscard]] static kernels of_numbers(const parzen_axis& axis, std::vector<double> at);
  [[nodiscard]] double share_of_choice(std::size_t axis, std::size_t kernel,
                                       std::size_t choice) const;
  void add_log_densities(std::size_t axis, double x, std::vector<double>& sums) const;
  [[nodiscard]] double number_of(std::size_t axis, std::size_t kernel, double u) const;

  std::vector<parzen_axis> axes_;
  std::vector<kernels> kernels_;  ///< of each axis
  std::vector<double> weights_;   ///< of each kernel; their sum is 1
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/parzen.inl"
#endif
