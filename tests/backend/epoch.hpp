// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sweepnet/training/executor.hpp"

namespace testing {

/// Trains all rows of `order` and returns the epoch's means.
inline sweepnet::metrics train_epoch(sweepnet::executor& executor,
                                     std::span<const std::uint32_t> order,
                                     const sweepnet::step_observer& observe = {}) {
  sweepnet::pass_progress progress;
  executor.train_epoch(order, progress, observe);
  return progress.mean();
}

}  // namespace testing
