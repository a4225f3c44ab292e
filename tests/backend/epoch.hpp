// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/core/random.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/training/executor.hpp"

namespace testing {

/// All training rows, in an order of each epoch's own.
inline std::vector<std::uint32_t> epoch_order(const sweepnet::dataset& data, std::uint32_t epoch) {
  return sweepnet::shuffled_order(1, epoch, static_cast<std::uint32_t>(data.train.rows()));
}

/// How far weights have moved.
inline std::vector<float> moves(const std::vector<float>& to, const std::vector<float>& from) {
  std::vector<float> all;
  for (std::size_t i = 0; i < to.size(); ++i) all.push_back(to[i] - from[i]);
  return all;
}

/// Trains all rows of `order` and returns the epoch's means.
inline sweepnet::metrics train_epoch(sweepnet::executor& executor,
                                     std::span<const std::uint32_t> order,
                                     const sweepnet::step_observer& observe = {}) {
  sweepnet::pass_progress progress;
  executor.train_epoch(order, progress, observe);
  return progress.mean();
}

}  // namespace testing
