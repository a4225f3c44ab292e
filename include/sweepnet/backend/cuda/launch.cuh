// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a kernel of block.hpp's form is launched.

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/device_block.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/status.cuh"

namespace sweepnet::cuda {

/// Shared memory that a block has without asking.
inline constexpr std::size_t default_shared_bytes = 48 * 1024;

/// Puts the kernel's grid on the stream.
template <class Kernel> void launch(const Kernel& kernel, const stream& on) {
  const launch_shape shape = kernel.shape();
  if (shape.blocks == 0) return;
  if (shape.shared_bytes > default_shared_bytes) {
    SWEEPNET_CUDA(cudaFuncSetAttribute(run<Kernel>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       static_cast<int>(shape.shared_bytes)));
  }
  Kernel argument = kernel;  // CUDA takes no pointers to const
  void* arguments[] = {&argument};
  SWEEPNET_CUDA(cudaLaunchKernel(run<Kernel>, dim3(static_cast<unsigned>(shape.blocks)),
                                 dim3(Kernel::threads), arguments, shape.shared_bytes, on.get()));
}

}  // namespace sweepnet::cuda
