// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The library with its GPU executor, for a translation unit that nvcc compiles.

#if !defined(__CUDACC__)
#error "sweepnet/cuda.cuh needs nvcc; a .cpp includes sweepnet/sweepnet.hpp"
#endif

#include "sweepnet/backend/cuda/accelerator.cuh"
#include "sweepnet/backend/cuda/executor.cuh"
#include "sweepnet/sweepnet.hpp"
