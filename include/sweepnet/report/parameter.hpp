// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a sweep's runs differ in: a column of values for each hyperparameter, as plots, tables and
// importances take it.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/reported_run.hpp"
#include "sweepnet/sweep/search_space.hpp"

namespace sweepnet::report {

enum class parameter_type { number, integer, category };

struct parameter {
  std::string name{};  ///< its way through the paramset: "optimizer.momentum"
  parameter_type type = parameter_type::number;
  bool is_log = false;  ///< whether its numbers are told apart by their ratios
  double low = 0;       ///< of numbers: all lie within, as the space has them
  double high = 0;
  std::vector<std::string> choices{};           ///< of categories, sorted
  std::vector<std::optional<double>> values{};  ///< of each run: a number, or a choice's position

  /// A run's value as it was in its paramset; null if that has no such key.
  [[nodiscard]] ordered_json told(std::size_t run) const;
};

inline constexpr std::size_t most_parameters = 100;

/// The keys whose values are not the same in all runs that have them, by their names, but for where
/// the model goes; `most_parameters` at most. Of repeats the seed is none. `space`, which may be
/// null, tells ranges and scales; without it numbers are logarithmic that are positive and reach
/// over two decades.
[[nodiscard]] std::vector<parameter> parameters_of(const std::vector<reported_run>& runs,
                                                   const search_space* space);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/parameter.inl"
#endif
