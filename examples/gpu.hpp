// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The program's GPU backend: gpu.cu where CUDA is there, else no_gpu.cpp.

#include <optional>

#include "sweepnet/backend/accelerator.hpp"

std::optional<sweepnet::accelerator> gpu();
