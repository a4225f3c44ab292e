// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A run that is left on its way.

#include <cstdint>

#include "sweepnet/training/callback.hpp"

namespace testing {

/// Leaves training after an epoch.
struct leave_after final : sweepnet::callback {
  explicit leave_after(std::int64_t last) : epoch(last) {}
  std::int64_t epoch;
  void on_epoch_end(sweepnet::training_context& context,
                    const sweepnet::epoch_record& record) override {
    if (record.epoch == epoch) context.leave_reason = "enough for today";
  }
};

}  // namespace testing
