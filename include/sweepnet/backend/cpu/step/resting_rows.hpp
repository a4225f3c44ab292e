// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of the first layer's weights that a step leaves alone. Of 10,000 categories a batch of 128
// rows has 128 at most: for all others the gradients are 0, and under a rule that rests (see
// optimizer_rules.hpp) only their slots change, which is made up for when they are next needed. So
// a step takes as long as its rows do, and the bits are those of updates without a break.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"

namespace sweepnet::cpu {

class resting_rows {
 public:
  /// `rest` is the rule's.
  resting_rows(const packed_weights& of, rest_function rest)
      : weights_(of),
        rest_(rest),
        current_(static_cast<std::size_t>(of.kernel.panels() * of.kernel.rows)) {}

  /// A step begins, in which rows may rest. `update` is its rule's, with the slots.
  void begin_step(const update_view& update) {
    update_ = update;
    ++steps_;
  }
  /// Makes up for what some inputs' rows of a panel missed before this step, which they are about
  /// to take. Different threads may take different rows.
  void wake(std::int64_t panel, index_range inputs) {
    for (std::int64_t k = inputs.first; k < inputs.last; ++k) {
      bring_to(steps_ - 1, panel, k);
      current(panel, k) = steps_;
    }
  }
  /// Between steps, before slots are read or a step begins in which no row may rest.
  void wake_all() {
    for (std::int64_t p = 0; p < weights_.kernel.panels(); ++p) {
      for (std::int64_t k = 0; k < weights_.kernel.rows; ++k) bring_to(steps_, p, k);
    }
  }

 private:
  [[nodiscard]] std::uint64_t& current(std::int64_t panel, std::int64_t input) {
    return current_[static_cast<std::size_t>(panel * weights_.kernel.rows + input)];
  }
  void bring_to(std::uint64_t step, std::int64_t panel, std::int64_t input) {
    std::uint64_t& at = current(panel, input);
    if (at == step) return;
    const std::int64_t width = weights_.kernel.width;
    const std::int64_t offset = weights_.kernel_at + weights_.kernel.panel(panel) + input * width;
    rest_(update_, offset, width, step - at);
    at = step;
  }

  packed_weights weights_;
  rest_function rest_;
  update_view update_{};
  std::uint64_t steps_ = 0;
  std::vector<std::uint64_t> current_;  // the steps that a row has taken (panels x inputs)
};

}  // namespace sweepnet::cpu
