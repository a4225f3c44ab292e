// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a random variable has the share u of its values below it, and which share lies where: the
// normal and the beta distribution.

namespace sweepnet {

/// Of the standard normal distribution, for u in (0, 1); relative error below 1e-15.
/// Source: Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied
/// Statistics 37 (1988).
[[nodiscard]] double normal_quantile(double u);

/// Phi(x), the share of the standard normal distribution below x.
[[nodiscard]] double normal_share(double x);

/// ln(Phi(b) - Phi(a)), for a below b: with all of its digits in both tails, as far as doubles go.
[[nodiscard]] double log_normal_share(double a, double b);

/// I_x(a, b), the share of the beta distribution below x in [0, 1], for a and b above 0.
/// Source: the continued fraction of DLMF 8.17.22.
[[nodiscard]] double beta_share(double x, double a, double b);

/// The x in [0, 1] at which beta_share(x, a, b) is u, for u in (0, 1).
[[nodiscard]] double beta_quantile(double u, double a, double b);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/quantiles.inl"
#endif
