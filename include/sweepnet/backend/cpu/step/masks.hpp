// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The dropout masks of a step: which elements each group of dropout layers keeps.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"

namespace sweepnet::cpu {

/// The masks of one group (capacity x width), one for each thread, which draws what it uses.
class thread_masks {
 public:
  thread_masks() = default;
  /// Of nothing, where the group is empty. `group` must outlive the masks.
  thread_masks(const kernel_table& kernels, const dropout_group& group, std::int64_t width,
               std::int64_t capacity, int threads)
      : kernels_(&kernels), group_(&group), width_(width), scale_(group.scale()) {
    if (group.empty()) return;
    const auto size = static_cast<std::size_t>(keep_mask::size(capacity, width));
    bytes_.assign(static_cast<std::size_t>(threads), std::vector<std::uint8_t>(size));
  }

  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  /// What a thread has drawn; keeps all elements where there are no masks.
  [[nodiscard]] keep_mask of(std::int64_t thread) {
    if (empty()) return {};
    return {
        .bytes = bytes_[static_cast<std::size_t>(thread)].data(), .width = width_, .scale = scale_};
  }

  /// Draws some columns of some rows.
  void draw(index_range rows, index_range columns, std::int64_t thread,
            const dropout_draw& at_step) {
    if (empty()) return;
    const keep_mask keep = of(thread);
    if (columns.count() == width_) {
      return draw_elements(keep, {rows.first * width_, rows.last * width_}, at_step);
    }
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      draw_elements(keep, {r * width_ + columns.first, r * width_ + columns.last}, at_step);
    }
  }

 private:
  void draw_elements(const keep_mask& keep, index_range elements, const dropout_draw& at_step) {
    std::fill(keep.bytes + elements.first / 8, keep.bytes + (elements.last + 7) / 8,
              std::uint8_t{0xff});
    for (const dropout_group::member& m : group_->members) {
      kernels_->narrow(keep, dropout_group::draw_of(m, at_step), elements);
    }
  }

  const kernel_table* kernels_ = nullptr;
  const dropout_group* group_ = nullptr;
  std::int64_t width_ = 0;
  float scale_ = 1;
  std::vector<std::vector<std::uint8_t>> bytes_{};  // of each thread
};

}  // namespace sweepnet::cpu
