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

/// Throws configuration_error unless so many bytes are available: "`what` takes 25.61 GB of memory,
/// 16.02 GB are available". For what is about to be allocated: nobody hears of it afterwards. What
/// takes less than 16 MiB is had in less time than it takes to ask, and not asked for.
void require_memory(double bytes, const std::string& what);

namespace detail {

/// As people read it: "16.02 GB".
[[nodiscard]] std::string text_of_bytes(double bytes);

}  // namespace detail

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/core/available_memory.inl"
#endif
