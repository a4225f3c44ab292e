// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The library's version. CMake reads these three lines; nothing else repeats them.
#define SWEEPNET_VERSION_MAJOR 0
#define SWEEPNET_VERSION_MINOR 1
#define SWEEPNET_VERSION_PATCH 0

#define SWEEPNET_STRINGIFY_(x) #x
#define SWEEPNET_STRINGIFY(x) SWEEPNET_STRINGIFY_(x)
#define SWEEPNET_VERSION                     \
  SWEEPNET_STRINGIFY(SWEEPNET_VERSION_MAJOR) \
  "." SWEEPNET_STRINGIFY(SWEEPNET_VERSION_MINOR) "." SWEEPNET_STRINGIFY(SWEEPNET_VERSION_PATCH)

namespace sweepnet {

/// The version as text, e.g. "0.1.0". Part of every result and model file.
inline constexpr const char* version = SWEEPNET_VERSION;

}  // namespace sweepnet
