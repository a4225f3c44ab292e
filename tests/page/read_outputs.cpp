// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Reads a sweep's outputs as `sweepnet report` does, and no more: read_outputs DIRECTORY.

#include <cstdint>
#include <iostream>

#include "sweepnet/core/stopwatch.hpp"
#include "sweepnet/report/sweep_report.hpp"
#include "sweepnet/storage/location.hpp"

int main(int count, char** words) {
  if (count != 2) return 64;
  constexpr std::uintmax_t small_model = std::uintmax_t{1} << 16;
  constexpr std::uintmax_t small_state = std::uintmax_t{1} << 24;
  const sweepnet::stopwatch watch;
  const sweepnet::report::sweep_report told = sweepnet::report::read_sweep_report(
      sweepnet::storage::location(words[1]), {},
      {.models_up_to = small_model, .states_up_to = small_state});
  std::cout << watch.seconds() << " " << told.runs.size() << "\n";
}
