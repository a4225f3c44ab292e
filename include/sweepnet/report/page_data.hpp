// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The data of a page: one JSON object with what is drawn of one sweep, or of two that are compared,
// as text that can stand in a page's script. The same reports give the same bytes.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/report/importance.hpp"
#include "sweepnet/report/predictions.hpp"
#include "sweepnet/report/sweep_report.hpp"

namespace sweepnet::report {

/// What is shown of one sweep.
struct page_sweep {
  const sweep_report& report;
  std::vector<importance> importances{};  ///< empty: none are told
  std::string command{};                  ///< that runs a row again, with {index} in it
  std::optional<best_predictions> best{};
};

/// Values of curves that a page holds: of more, each run's are thinned, first, best and last kept.
inline constexpr std::size_t most_curve_values = 50'000;

/// JSON without a "<", a control character or a line separator. Curves have five digits.
[[nodiscard]] std::string page_data(const std::vector<page_sweep>& sweeps);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/page_data.inl"
#endif
