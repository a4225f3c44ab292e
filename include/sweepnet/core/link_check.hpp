// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Units of one program must be configured alike: an inline function that reads SWEEPNET_HAS_...
// would be two functions of one name, of which the linker keeps any. Instead it refuses them, with
// "multiple definition of `sweepnet_units_differ_in_HDF5`": each unit defines the symbol with its
// own value, and only equal values may be defined twice. Not with clang, whose link-time optimizer
// takes no symbol twice.

#if defined(__ELF__) && defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
/// `name` is what is configured, `value` a literal number.
#define SWEEPNET_SAME_IN_ALL_UNITS(name, value)                             \
  __asm__(".ifndef sweepnet_units_differ_in_" #name                         \
          "\n.globl sweepnet_units_differ_in_" #name                        \
          "\n.set sweepnet_units_differ_in_" #name ", " #value              \
          "\n.elseif sweepnet_units_differ_in_" #name " != " #value         \
          "\n.error \"sweepnet: units differ in " #name "\"\n.endif")
#else
#define SWEEPNET_SAME_IN_ALL_UNITS(name, value) static_assert(true)
#endif
