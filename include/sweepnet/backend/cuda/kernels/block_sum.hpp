// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sum over many values by one block, always in the same order.

#include <cstdint>

#include "sweepnet/core/host_device.hpp"

namespace sweepnet::cuda {

/// Adds value(i) over [0, count) in one block: each thread its own stride, then a tree. Gives the
/// sum to done(sum), from one thread. Takes a double of shared memory a thread.
template <class Block, class Value, class Done>
SWEEPNET_HOST_DEVICE void sum_in_block(Block& block, std::int64_t count, int threads,
                                       const Value& value, const Done& done) {
  auto* sums = block.template shared<double>();
  block.each([&](int t) {
    double sum = 0;
    for (std::int64_t i = t; i < count; i += threads) sum += value(i);
    sums[t] = sum;
  });
  for (int half = threads / 2; half > 0; half /= 2) {
    block.each([&](int t) {
      if (t < half) sums[t] += sums[t + half];
    });
  }
  block.each([&](int t) {
    if (t == 0) done(sums[0]);
  });
}

}  // namespace sweepnet::cuda
