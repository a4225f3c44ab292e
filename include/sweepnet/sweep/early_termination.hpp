// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a sweep compares its runs on their way and stops those that will not win: the rules as a
// sweep file's early_terminate gives them, plain values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

namespace early_terminations {

/// Each run is trained to its end.
struct none {
  static constexpr std::string_view name = "none";
};

/// W&B's: at each band (an epoch) a run is stopped whose value is worse than 1/eta of those that
/// all runs had there. Source: hyperband_stopping.py of the package sweeps 0.3.0.
struct wandb_hyperband {
  static constexpr std::string_view name = "hyperband";
  std::optional<std::int64_t> min_iter{};  ///< bands: min_iter eta^i
  std::optional<std::int64_t> max_iter{};  ///< or with s: max_iter / eta^i, i from 1 to s
  std::optional<std::int64_t> s{};
  double eta = 3;
  bool strict = true;  ///< false: the best value up to the band is what counts
};

/// All runs train for min_epochs, the best 1/eta of them eta times as long, and so on.
struct successive_halving {
  static constexpr std::string_view name = "successive_halving";
  std::int64_t min_epochs = 1;
  std::optional<std::int64_t> max_epochs{};  ///< rungs lie below it; unset: the longest run's
  double eta = 3;
};

/// Brackets of successive halving, from many runs that begin with few epochs to few runs that begin
/// with all.
struct hyperband {
  static constexpr std::string_view name = "hyperband";
  std::int64_t min_epochs = 1;
  std::optional<std::int64_t> max_epochs{};
  double eta = 3;
};

/// All runs train for `epochs`, the best `keep` of them to their end.
struct i_epoch {
  static constexpr std::string_view name = "i_epoch";
  std::int64_t epochs = 1;
  std::int64_t keep = 1;
};

/// At each epoch a run is stopped whose best value is worse than the median of the others' means.
/// Source: Golovin et al., "Google Vizier", KDD 2017.
struct median {
  static constexpr std::string_view name = "median";
  std::int64_t min_epochs = 1;
  std::int64_t min_runs = 3;  ///< others that must have come so far
};

/// Successive halving by so many workers that wait for nobody: each takes on the best run that is
/// among the first 1/eta of its rung, or begins another one. Which worker is free when is told by
/// what epochs cost, not by a clock.
/// Source: Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020.
struct asha {
  static constexpr std::string_view name = "asha";
  std::int64_t min_epochs = 1;
  std::optional<std::int64_t> max_epochs{};
  double eta = 3;
  std::int64_t parallel = 4;
};

}  // namespace early_terminations

using early_termination =
    std::variant<early_terminations::none, early_terminations::wandb_hyperband,
                 early_terminations::successive_halving, early_terminations::hyperband,
                 early_terminations::i_epoch, early_terminations::median, early_terminations::asha>;

inline constexpr interval reduction_factor = at_least(1.1);

template <>
inline constexpr auto fields<early_terminations::wandb_hyperband> = std::tuple(
    field("min_iter", &early_terminations::wandb_hyperband::min_iter, at_least(1), "first band"),
    field("max_iter", &early_terminations::wandb_hyperband::max_iter, at_least(1),
          "the bands' bound"),
    field("s", &early_terminations::wandb_hyperband::s, at_least(1), "bands below max_iter"),
    field("eta", &early_terminations::wandb_hyperband::eta, above(1), "between bands"),
    field("strict", &early_terminations::wandb_hyperband::strict, "what counts at a band"));

template <>
inline constexpr auto fields<early_terminations::successive_halving> = std::tuple(
    field("min_epochs", &early_terminations::successive_halving::min_epochs, at_least(1),
          "first rung"),
    field("max_epochs", &early_terminations::successive_halving::max_epochs, at_least(2),
          "the rungs' bound"),
    field("eta", &early_terminations::successive_halving::eta, reduction_factor, "between rungs"));

template <>
inline constexpr auto fields<early_terminations::hyperband> = std::tuple(
    field("min_epochs", &early_terminations::hyperband::min_epochs, at_least(1), "first rung"),
    field("max_epochs", &early_terminations::hyperband::max_epochs, at_least(2),
          "the rungs' bound"),
    field("eta", &early_terminations::hyperband::eta, reduction_factor, "between rungs"));

template <>
inline constexpr auto fields<early_terminations::i_epoch> =
    std::tuple(field("epochs", &early_terminations::i_epoch::epochs, at_least(1), "of all runs"),
               field("keep", &early_terminations::i_epoch::keep, at_least(1), "runs that go on"));

template <>
inline constexpr auto fields<early_terminations::median> = std::tuple(
    field("min_epochs", &early_terminations::median::min_epochs, at_least(1), "of all runs"),
    field("min_runs", &early_terminations::median::min_runs, at_least(1), "to compare with"));

template <>
inline constexpr auto fields<early_terminations::asha> = std::tuple(
    field("min_epochs", &early_terminations::asha::min_epochs, at_least(1), "first rung"),
    field("max_epochs", &early_terminations::asha::max_epochs, at_least(2), "the rungs' bound"),
    field("eta", &early_terminations::asha::eta, reduction_factor, "between rungs"),
    field("parallel", &early_terminations::asha::parallel, closed_range(1, 1 << 20),
          "virtual workers"));

namespace detail {

/// What makes of a metric's values such as are to be small: 1 or -1.
[[nodiscard]] inline double loss_sign(metric compared) {
  return larger_is_better(compared, monitor_mode::automatic) ? -1 : 1;
}

}  // namespace detail

/// How a sweep searches among its runs.
struct search_rules {
  early_termination early{};
  metric compared = metric::val_accuracy;  ///< of an epoch; what is not finite is worst
  /// No more runs are begun once one has this value of the metric, or a better one.
  std::optional<double> target{};
  std::size_t at_once = 8;  ///< runs that are begun together where a target may end that
  bool learns = false;      ///< what runs give decides what later ones are

  /// Whether runs are compared, so that some are stopped, or not begun.
  [[nodiscard]] bool compares() const {
    return !std::holds_alternative<early_terminations::none>(early) || target;
  }
  /// Whether what runs give decides on nothing.
  [[nodiscard]] bool is_plain() const { return !compares() && !learns; }
};

/// "successive_halving": as results name it.
[[nodiscard]] inline std::string_view name_of(const early_termination& early) {
  return visit_alternative([](const auto& rule) { return std::string_view(rule.name); }, early);
}

/// Why, and when, a rule ended a run; or, not judged, at which band the run waits to be.
struct early_stop {
  std::string_view by{};
  std::int64_t band = 0;  ///< the epoch of comparison
  std::optional<std::int64_t> bracket{};
  metric compared = metric::val_accuracy;
  double value = 0;                   ///< of the run there
  bool judged = false;                ///< false: the run waits for the others
  std::optional<double> threshold{};  ///< what it should have had; none: nothing finite was there
};

}  // namespace sweepnet
