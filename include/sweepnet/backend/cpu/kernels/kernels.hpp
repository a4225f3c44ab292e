// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kernels of the instruction sets, of which a program chooses one when it starts.

#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"

namespace sweepnet::cpu {

/// The kernels for an instruction set. Throws argument_error if this processor lacks it.
[[nodiscard]] const kernel_table& kernels_for(instruction_set set);

}  // namespace sweepnet::cpu

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/backend/cpu/kernels/kernels.inl"
#endif
