// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything a run must remember to go on bit by bit: a value that train() captures between two
// steps and that resume() takes up again. It holds no clock: equal runs have equal states.

#include <map>
#include <string>
#include <vector>

#include "sweepnet/training/executor.hpp"
#include "sweepnet/training/history.hpp"
#include "sweepnet/training/metrics.hpp"

namespace sweepnet {

struct run_state {
  executor_state executor{};
  training_history history{};  ///< finished epochs, their seconds left out
  pass_progress progress{};    ///< over the training rows of the epoch after them
  bool stopped = false;        ///< a callback ended training after the last epoch
  std::string stop_reason{};
  std::map<std::string, std::vector<double>> callbacks{};  ///< a callback's numbers by its name
};

}  // namespace sweepnet
