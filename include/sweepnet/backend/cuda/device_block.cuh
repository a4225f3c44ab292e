// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A block of threads on the GPU, and the function that a launch names. The tests' emulated device
// has a file of this name of its own.

#include <cuda_runtime.h>

#include <cstdint>

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

}  // namespace sweepnet::cuda
