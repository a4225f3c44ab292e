// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A block of threads on the GPU, and how a kernel of block.hpp's form is launched on it.

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/status.cuh"

namespace sweepnet::cuda {

/// What host_block stands in for: each thread runs its own call of a phase, then all meet.
class device_block {
 public:
  /// A value in this thread's registers.
  template <class T> class local {
   public:
    __device__ T& operator[](int) { return value_; }

   private:
    T value_;
  };

  [[nodiscard]] __device__ std::int64_t index() const { return blockIdx.x; }
  template <class T> [[nodiscard]] __device__ T* shared() {
    extern __shared__ float4 block_memory[];  // aligned to 16 bytes
    return reinterpret_cast<T*>(block_memory);
  }
  template <class Phase> __device__ void each(const Phase& phase) {
    phase(static_cast<int>(threadIdx.x));
    __syncthreads();
  }
};

template <class Kernel>
__global__ void __launch_bounds__(Kernel::threads) run(const __grid_constant__ Kernel kernel) {
  device_block block;
  kernel(block);
}

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
  run<Kernel>
      <<<static_cast<unsigned>(shape.blocks), Kernel::threads, shape.shared_bytes, on.get()>>>(
          kernel);
  SWEEPNET_CUDA(cudaGetLastError());
}

}  // namespace sweepnet::cuda
