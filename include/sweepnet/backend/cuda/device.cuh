// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The GPUs at hand, and why one cannot be used.

#include <cuda_runtime.h>
#include <string>

#include "sweepnet/backend/cuda/cublaslt.cuh"
#include "sweepnet/backend/cuda/cudnn.cuh"
#include "sweepnet/backend/cuda/status.cuh"
#include "sweepnet/core/format.hpp"

namespace sweepnet::cuda {

/// 13000 as "13.0".
[[nodiscard]] inline std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

/// Why this process cannot train on GPU `device`; empty if it can. Never throws for a machine that
/// lacks something.
[[nodiscard]] inline std::string why_unusable(int device) {
  int driver = 0;
  int runtime = 0;
  if (cudaDriverGetVersion(&driver) != cudaSuccess) (void)cudaGetLastError();
  SWEEPNET_CUDA(cudaRuntimeGetVersion(&runtime));
  if (driver == 0) return "no NVIDIA driver";
  if (driver / 1000 < runtime / 1000) {
    return fmt::format("the NVIDIA driver is too old: it supports CUDA {}, this program needs {}",
                       version_text(driver), version_text(runtime));
  }
  int count = 0;
  if (const cudaError_t status = cudaGetDeviceCount(&count); status != cudaSuccess) {
    (void)cudaGetLastError();
    return cudaGetErrorString(status);
  }
  if (count == 0) return "no NVIDIA GPU";
  if (device >= count) {
    return fmt::format("there is no GPU {}, only {} from 0", device, count);
  }
  int major = 0;
  int minor = 0;
  SWEEPNET_CUDA(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device));
  SWEEPNET_CUDA(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device));
  if (major < 8) {
    return fmt::format("GPU {} has compute capability {}.{}, this program needs 8.0", device, major,
                       minor);
  }
  try {
    (void)cublaslt();
    (void)cudnn();
  } catch (const configuration_error& e) {
    return e.what();
  }
  return "";
}

/// The newest CUDA that the driver supports, such as "13.0".
[[nodiscard]] inline std::string driver_version() {
  int driver = 0;
  SWEEPNET_CUDA(cudaDriverGetVersion(&driver));
  return version_text(driver);
}

/// Its product name.
[[nodiscard]] inline std::string name_of_device(int device) {
  cudaDeviceProp properties{};
  SWEEPNET_CUDA(cudaGetDeviceProperties(&properties, device));
  return properties.name;
}

/// Shared memory that one block may ask for.
[[nodiscard]] inline std::size_t shared_bytes_per_block(int device) {
  int bytes = 0;
  SWEEPNET_CUDA(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  return static_cast<std::size_t>(bytes);
}

}  // namespace sweepnet::cuda
