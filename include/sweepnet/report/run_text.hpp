// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is said of runs in words: their states, and why they ended.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "sweepnet/core/format.hpp"
#include "sweepnet/report/reported_run.hpp"
#include "sweepnet/run/condition.hpp"

namespace sweepnet::report {

/// As results, pages and tables list them.
inline constexpr std::array<run_phase, 7> phases_in_order{
    run_phase::done,   run_phase::stopped, run_phase::budget, run_phase::interrupted,
    run_phase::failed, run_phase::damaged, run_phase::missing};

[[nodiscard]] constexpr std::string_view word_of(run_phase phase) {
  switch (phase) {
    case run_phase::missing: return "missing";
    case run_phase::interrupted: return "interrupted";
    case run_phase::budget: return "budget";
    case run_phase::stopped: return "stopped";
    case run_phase::failed: return "failed";
    case run_phase::done: return "done";
    case run_phase::damaged: return "damaged";
  }
  return "";
}

/// Why a run was stopped, or what went wrong; empty of all others.
[[nodiscard]] inline std::string text_of(const reported_run& run) {
  if (!run.error.empty()) return run.error;
  if (run.phase == run_phase::budget) return "stopped by its time budget";
  if (run.phase != run_phase::stopped || !run.stopped) return "";
  const told_stop& stop = *run.stopped;
  std::string text = stop.judged ? fmt::format("stopped by {} at epoch {}", stop.by, stop.band)
                                 : fmt::format("waits to be compared at epoch {}", stop.band);
  if (stop.value) text += fmt::format(": {} {:.5g}", stop.compared, *stop.value);
  if (stop.threshold) text += fmt::format(", threshold {:.5g}", *stop.threshold);
  return text;
}

}  // namespace sweepnet::report
