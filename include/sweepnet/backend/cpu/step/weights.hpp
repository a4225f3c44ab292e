// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A network's weights as a step takes them: in panels, and the kernels' transposes beside them.

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/backend/cpu/step/shares.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"

namespace sweepnet::cpu {

class network_weights {
 public:
  /// `network` must outlive the weights. `values` are packed.
  network_weights(const staged_network& network, const kernel_table& kernels, aligned_floats values)
      : network_(&network), kernels_(&kernels) {
    transposes_.emplace_back();
    for (std::size_t i = 1; i < network.stages.size(); ++i) {
      transposes_.emplace_back(static_cast<std::size_t>(network.stages[i].transposed().size()));
    }
    assign(std::move(values));
  }

  void assign(aligned_floats values) {
    values_ = std::move(values);
    transpose_all();
  }

  /// Brings W^T of all stages up to date.
  void transpose_all() {
    for (std::size_t i = 1; i < transposes_.size(); ++i) {
      const panel_shape& kernel = network_->stages[i].weights.kernel;
      transpose(i, {{0, kernel.rows}, {0, kernel.panels()}});
    }
  }

  [[nodiscard]] const aligned_floats& values() const { return values_; }
  /// For an update, which must bring the transposes up to date before they are needed.
  [[nodiscard]] float* data() { return values_.data(); }

  /// W^T of stage i (units x inputs), in panels: for dL/dx = delta W^T.
  [[nodiscard]] std::span<const float> transposed(std::size_t i) const { return transposes_[i]; }

  /// Brings a part of W^T of stage i, not the first, up to date. Different threads may take
  /// different parts.
  void transpose(std::size_t i, const kernel_part& part) {
    for (std::int64_t p = part.panels.first; p < part.panels.last; ++p) {
      for (std::int64_t k = part.inputs.first; k < part.inputs.last; k += block) {
        transpose_inputs(i, p, {k, std::min(k + block, part.inputs.last)});
      }
    }
  }

 private:
  static constexpr std::int64_t block = 16;  // rows and columns that a kernel transposes at once

  /// Up to 16 inputs of a panel, 16 units at a time. A panel of W^T holds whole blocks of inputs.
  void transpose_inputs(std::size_t i, std::int64_t panel, index_range inputs) {
    const packed_weights& w = network_->stages[i].weights;
    const std::int64_t width = w.kernel.width;
    const panel_shape to = network_->stages[i].transposed();
    const float* rows = values_.data() + w.kernel_at + w.kernel.panel(panel) + inputs.first * width;
    float* columns = transposes_[i].data() + to.panel(inputs.first / to.width) +
                     panel * width * to.width + inputs.first % to.width;
    const std::int64_t units = w.kernel.columns_of(panel);
    for (std::int64_t j = 0; j < units; j += block) {
      transpose_block({rows + j, width}, inputs.count(), std::min(block, units - j),
                      {columns + j * to.width, to.width});
    }
  }

  /// to = from^T, from (rows x columns), up to a whole block.
  void transpose_block(const const_columns_view& from, std::int64_t rows, std::int64_t columns,
                       const columns_view& to) const {
    if (rows == block && columns == block) return kernels_->transpose(from, rows, columns, to);
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < columns; ++c) to.row(c)[r] = from.row(r)[c];
    }
  }

  const staged_network* network_;
  const kernel_table* kernels_;
  aligned_floats values_{};                   // packed
  std::vector<aligned_floats> transposes_{};  // of each stage, but the first
};

}  // namespace sweepnet::cpu
