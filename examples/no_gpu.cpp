// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "gpu.hpp"

std::optional<sweepnet::accelerator> gpu() { return std::nullopt; }
