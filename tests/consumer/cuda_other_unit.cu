// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The library a second time in the same program: nothing may be defined twice.

#include <sweepnet/cuda.cuh>

std::string why_unusable_in_the_other_unit() { return sweepnet::cuda::why_unusable(0); }
