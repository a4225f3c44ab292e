// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sweep's runs as a table that spreadsheets and pandas read: RFC 4180.

#include <cstddef>
#include <string>
#include <vector>

#include "sweepnet/report/sweep_report.hpp"

namespace sweepnet::report {

/// A line of names, and one for each run that is told, the best first, then those without a value
/// by index: index, state, value (of the metric that the sweep is compared by), best_epoch, the
/// metrics of that epoch (best.val_loss), epochs, seconds, the parameters in which runs differ
/// (paramset.optimizer) and why a run ended early. Numbers have all of their digits; what is not
/// there is empty.
[[nodiscard]] std::string csv_table(const sweep_report& report);

/// Positions of the runs, best value first, equals and those without one by index.
[[nodiscard]] std::vector<std::size_t> ranked(const sweep_report& report);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/csv.inl"
#endif
