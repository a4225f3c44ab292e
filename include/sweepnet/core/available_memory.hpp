// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much memory this process may still take before the kernel ends it: what needs more had better
// say so at once.

#include <cstdint>
#include <string>

namespace sweepnet {

/// Bytes: the least of what the machine has left, of the limit less the use of each control group
/// that this process is in (versions 1 and 2; pages of files, which the kernel drops first, are no
/// use), and of its limit on address space. Swap is not counted. UINT64_MAX where nothing is known.
/// Looks below `root` ("/" but in tests).
[[nodiscard]] std::uint64_t available_memory(const std::string& root = "/");

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/core/available_memory.inl"
#endif
