// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a network is to run on the GPU: plain values, known also where CUDA is not.

#include <cstdint>

#include "sweepnet/training/options.hpp"

namespace sweepnet {

namespace cuda {

/// Which kernels train: what takes less time by estimate (cost.hpp), the fused ones wherever they
/// can, or always cuBLASLt and cuDNN.
enum class training_path { automatic, fused, plain };

}  // namespace cuda

struct cuda_options {
  int device = 0;
  /// Of cuBLASLt's products; the fused kernels always take fp32.
  sweepnet::precision precision = precision::fp32;
  cuda::training_path path = cuda::training_path::automatic;
  std::int64_t steps_per_observation = 0;  ///< 0: some four observations a second
};

}  // namespace sweepnet
