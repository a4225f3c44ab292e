// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Marks the small formulas that the CPU loops and the CUDA kernels share.

#if defined(__CUDACC__)
#define SWEEPNET_HOST_DEVICE __host__ __device__
#else
#define SWEEPNET_HOST_DEVICE
#endif
