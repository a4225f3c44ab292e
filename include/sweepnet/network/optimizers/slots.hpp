// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the update rules keep per weight.

#include <cstddef>

#include "sweepnet/core/host_device.hpp"

namespace sweepnet::rules {

/// One weight's values between steps. Their number is part of the type, so that what depends on it
/// is settled before the loop over weights.
template <class T, int Count> struct slot_values {
  T value[std::size_t{Count > 0 ? Count : 1}];
  SWEEPNET_HOST_DEVICE T& operator[](int k) { return value[k]; }
};

}  // namespace sweepnet::rules
