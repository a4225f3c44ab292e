// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The instruction sets that the kernels are compiled for, and which of them this processor has.
// The choice is made at run time, so one program starts on any x86-64 machine and is fast on each.

#include <array>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"

#if (defined(__x86_64__) || defined(_M_X64)) && defined(__GNUC__)
#define SWEEPNET_X86_KERNELS 1
#endif

namespace sweepnet {

/// Each is a superset of those before it.
enum class instruction_set {
  portable,  ///< plain C++: what every processor of the architecture has
  avx2,      ///< AVX2 and FMA: x86-64-v3
  avx512,    ///< AVX-512 F, DQ, BW and VL, and BMI2: x86-64-v4
};

[[nodiscard]] constexpr std::string_view name_of(instruction_set set) {
  constexpr std::array<std::string_view, 3> names{{"portable", "AVX2", "AVX-512"}};
  return names[static_cast<std::size_t>(set)];
}

/// The largest set that this processor and its operating system have.
[[nodiscard]] inline instruction_set best_instructions() {
#if defined(SWEEPNET_X86_KERNELS)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("bmi2")) {
    return instruction_set::avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return instruction_set::avx2;
  }
#endif
  return instruction_set::portable;
}

/// `set`, after a check that this processor has it. Throws argument_error if not.
[[nodiscard]] inline instruction_set available(instruction_set set) {
  if (set > best_instructions()) {
    throw argument_error("this processor has no " + std::string(name_of(set)) + ", at most " +
                         std::string(name_of(best_instructions())));
  }
  return set;
}

}  // namespace sweepnet
