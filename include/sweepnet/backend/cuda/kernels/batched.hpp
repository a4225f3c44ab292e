// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One launch for many models: each block finds the model that it works for, and runs that model's
// kernel as it is. So the models may differ in everything but the kernel's type, and each computes
// what it would in a launch of its own.

#include <cstdint>

#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/core/host_device.hpp"

namespace sweepnet::cuda {

/// A block that counts its grid's blocks from one model's first.
template <class Block> class block_of_model : public Block {
 public:
  SWEEPNET_HOST_DEVICE block_of_model(const Block& block, std::int64_t first)
      : Block(block), first_(first) {}
  [[nodiscard]] SWEEPNET_HOST_DEVICE std::int64_t index() const { return Block::index() - first_; }

 private:
  std::int64_t first_;
};

/// The grids of `count` models' kernels, one behind the other.
template <class Kernel> struct batched {
  static constexpr int threads = Kernel::threads;

  const Kernel* models;             // (count)
  const std::int64_t* first_block;  // (count), ascending from 0
  std::int64_t count;
  launch_shape grid;  ///< blocks of all; shared memory of the one that needs most

  [[nodiscard]] launch_shape shape() const { return grid; }

  template <class Block> SWEEPNET_HOST_DEVICE void operator()(Block& block) const {
    // first_block[model] <= index < first_block[beyond], where one follows the other
    std::int64_t model = 0;
    std::int64_t beyond = count;
    while (beyond - model > 1) {
      const std::int64_t middle = (model + beyond) / 2;
      (first_block[middle] <= block.index() ? model : beyond) = middle;
    }
    block_of_model<Block> own(block, first_block[model]);
    models[model](own);  // where it lies: a copy costs each thread registers, K2's a stack
  }
};

}  // namespace sweepnet::cuda
