// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "gpu.hpp"

#include "sweepnet/backend/cuda/accelerator.cuh"

std::optional<sweepnet::accelerator> gpu() { return sweepnet::cuda_accelerator(); }
