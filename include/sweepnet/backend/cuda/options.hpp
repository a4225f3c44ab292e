// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a network is to run on the GPU: plain values, known also where CUDA is not.

#include <cstdint>

#include "sweepnet/describe/names.hpp"

namespace sweepnet {

namespace cuda {

/// How cuBLASLt multiplies floats. The fused kernels always take fp32.
enum class precision {
  fp32,
  tf32  ///< operands rounded to 10 bits of mantissa, on the tensor cores
};

/// Which kernels train: the fused ones where they can, or always cuBLASLt and cuDNN.
enum class training_path { automatic, plain };

}  // namespace cuda

template <>
inline constexpr auto enum_names<cuda::precision> = name_table<cuda::precision, 2>{{
    {"fp32", cuda::precision::fp32},
    {"tf32", cuda::precision::tf32},
}};

struct cuda_options {
  int device = 0;
  cuda::precision precision = cuda::precision::fp32;
  cuda::training_path path = cuda::training_path::automatic;
  std::int64_t steps_per_observation = 0;  ///< 0: some four observations a second
};

}  // namespace sweepnet
