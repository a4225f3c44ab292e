// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every status of CUDA becomes an exception: SWEEPNET_CUDA(cudaStreamSynchronize(s)) names the
// call, the place and CUDA's own words. Memory is asked for in resources.cuh.

#include <cuda_runtime.h>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"

namespace sweepnet {

/// A call to the GPU or its libraries failed. Another machine, or a later try, may do better.
using cuda_error = coded_error<exit_code::unavailable>;

/// The GPU has not enough free memory for this network and data set.
using cuda_out_of_memory = coded_error<exit_code::configuration>;

namespace cuda {

/// "device.cuh:12: cudaSetDevice(7): invalid device ordinal (cudaErrorInvalidDevice)"
[[noreturn]] inline void fail(std::string_view file, int line, std::string_view call,
                              std::string_view words) {
  throw cuda_error(
      fmt::format("{}:{}: {}: {}", file.substr(file.rfind('/') + 1), line, call, words));
}

inline void check(cudaError_t status, const char* call, const char* file, int line) {
  if (status == cudaSuccess) return;
  (void)cudaGetLastError();  // the runtime would report it again
  fail(file, line, call,
       fmt::format("{} ({})", cudaGetErrorString(status), cudaGetErrorName(status)));
}

}  // namespace cuda
}  // namespace sweepnet

#define SWEEPNET_CUDA(call) ::sweepnet::cuda::check((call), #call, __FILE__, __LINE__)
