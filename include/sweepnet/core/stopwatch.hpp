// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long something takes.

#include <cstdint>

namespace sweepnet {

/// Runs from its construction on, by a clock that nobody sets.
class stopwatch {
 public:
  stopwatch();

  [[nodiscard]] double seconds() const;
  void restart() { *this = {}; }

 private:
  std::int64_t began_;  // nanoseconds of that clock
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/core/stopwatch.inl"
#endif
