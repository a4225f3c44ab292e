// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checks of training options.

#include "sweepnet/training/options.hpp"

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/describe/check.hpp"

namespace sweepnet {

SWEEPNET_INLINE void training_options::validate() const {
  const auto require_positive = [](const char* name, std::int64_t value) {
    if (value >= 1) return;
    throw argument_error(std::string("training: ") + name + " must be at least 1, got " +
                         std::to_string(value));
  };
  require_positive("batch_size", batch_size);
  require_positive("epochs", epochs);
  check_described(optimizer, "training: optimizer");
  check_described(loss, "training: loss");
}

}  // namespace sweepnet
