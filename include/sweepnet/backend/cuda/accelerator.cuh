// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The GPU executor for programs whose other files know no CUDA.

#include <memory>

#include "sweepnet/backend/accelerator.hpp"
#include "sweepnet/backend/cuda/device.cuh"
#include "sweepnet/backend/cuda/executor.cuh"
#include "sweepnet/backend/cuda/group.cuh"

namespace sweepnet {

/// The GPUs of this machine, if any; asking for one says what is missing.
[[nodiscard]] inline accelerator cuda_accelerator() {
  return {.why_unusable = cuda::why_unusable,
          .make = [](const model_spec& model, const training_options& options, const dataset& data,
                     const cuda_options& gpu) -> std::unique_ptr<executor> {
            return std::make_unique<cuda_executor>(model, options, data, gpu);
          },
          .make_group = [](const dataset& data,
                           const cuda_options& gpu) -> std::unique_ptr<executor_group> {
            return std::make_unique<cuda_executor_group>(data, gpu);
          }};
}

}  // namespace sweepnet
