// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The rules of early termination as pure functions: at which epochs runs are compared, and which of
// them are stopped there. Here smaller is better throughout; NaN stands for what is not finite, and
// is worse than all else.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/sweep/early_termination.hpp"

namespace sweepnet {

/// The bands up to an epoch, ascending: int(min_iter eta^i), or int(max_iter / eta^i), i = 1..s.
[[nodiscard]] std::vector<std::int64_t> bands_of(const early_terminations::wandb_hyperband& rule,
                                                 std::int64_t longest);

/// r_k = min_epochs eta^k, rounded half up, below max_epochs: multiplied, so that no logarithm
/// loses the last one.
[[nodiscard]] std::vector<std::int64_t> halving_rungs(std::int64_t min_epochs, double eta,
                                                      std::int64_t max_epochs);

/// Of n runs, ceil(n / eta) go on.
[[nodiscard]] std::size_t survivors_of(std::size_t runs, double eta);

/// A bracket of hyperband: runs `first` to `last` - 1.
struct hyperband_bracket {
  std::int64_t number = 0;  ///< s: how often it is halved
  std::size_t first = 0;
  std::size_t last = 0;
  std::vector<std::int64_t> rungs{};

  [[nodiscard]] std::size_t size() const { return last - first; }
};

/// With S the largest s for which min_epochs eta^s <= max_epochs, bracket s = S..0 has
///   n_s = ceil((S + 1) / (s + 1) eta^s) runs, compared at floor(max_epochs / eta^s) eta^k, k < s
/// or its share of that where the sweep has other than sum n_s runs.
/// Source: Li et al., "Hyperband", JMLR 2018.
[[nodiscard]] std::vector<hyperband_bracket> brackets_of(const early_terminations::hyperband& rule,
                                                         std::int64_t max_epochs, std::size_t runs);

/// A run as a rule sees it.
struct compared_run {
  std::span<const double> losses{};  ///< of its epochs so far
  bool running = true;               ///< false: it is over, or was stopped
};

/// A run that a rule stops.
struct judgement {
  std::size_t run = 0;  ///< its position
  std::int64_t band = 0;
  double loss = 0;                    ///< that it had
  std::optional<double> threshold{};  ///< that it should have had
};

/// Runs, as W&B's stop_runs() names them, that are at their largest band worse than
///   sorted(V)[int(1/eta |V|)],  V: what all runs had at that band
/// Whose last value there is NaN is stopped, too.
[[nodiscard]] std::vector<judgement> judge_by_bands(const early_terminations::wandb_hyperband& rule,
                                                    std::span<const compared_run> runs);

/// Those that are not among the best `keep` by their loss at the rung, of equal ones the first;
/// what is over is compared by its last one. Nothing that is NaN is kept.
[[nodiscard]] std::vector<judgement> judge_by_rank(std::span<const compared_run> runs,
                                                   std::int64_t rung, std::size_t keep);

/// Those whose best loss up to the epoch is worse than the median, over all others that reached it,
/// of their means up to it.
[[nodiscard]] std::vector<judgement> judge_by_median(const early_terminations::median& rule,
                                                     std::span<const compared_run> runs,
                                                     std::int64_t epoch);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/sweep/stopping_rules.inl"
#endif
