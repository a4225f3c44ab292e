// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sweep as Optuna's journal storage holds a study: a line of JSON for the study, and one for each
// run, in order of the index. Source: optuna/storages/journal of Optuna 5.0.0.

#include <string>

#include "sweepnet/report/sweep_report.hpp"

namespace sweepnet::report {

/// The study "sweep". A run that is done is COMPLETE, with its best value; one that a rule stopped
/// PRUNED; one that failed, or has no finite value, FAIL; all others RUNNING. Parameters are those
/// in which runs differ, values by epoch those of the metric that the sweep is compared by, and a
/// trial's user attributes hold its index.
[[nodiscard]] std::string optuna_journal(const sweep_report& report);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/optuna_journal.inl"
#endif
