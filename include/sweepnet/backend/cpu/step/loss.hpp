// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Between the passes: each row's loss and errors, and dL/dz of the last layer.

#include <cmath>
#include <cstdint>
#include <span>
#include <variant>

#include "sweepnet/backend/cpu/step/buffers.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/training/metrics.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::cpu {

/// The sum in the order of the rows, whoever scored them.
[[nodiscard]] inline score_sums sum_of(std::span<const score_sums> rows) {
  score_sums total;
  for (const score_sums& row : rows) total.add(row);
  return total;
}

class loss_pass {
 public:
  /// Both must outlive this.
  loss_pass(const staged_network& network, batch_buffers& buffers)
      : buffers_(&buffers),
        output_(&network.stages.back().layer.activate),
        outputs_(network.stages.back().units()),
        loss_(network.loss_of_row()) {}

  /// The network's outputs for row r, (outputs), after the forward pass.
  [[nodiscard]] std::span<const float> outputs(std::int64_t r) {
    return {y(r), static_cast<std::size_t>(outputs_)};
  }

  /// Of row r, without penalties.
  [[nodiscard]] score_sums score(std::int64_t r) {
    const row_target target = buffers_->target(r);
    score_sums sums;
    std::visit(
        [&](const auto& of) {
          sums.loss = static_cast<double>(of(z(r), y(r), target)) * double{buffers_->weight(r)};
          sums.correct = of.is_right(y(r), target) ? 1 : 0;
        },
        loss_);
    if (target.values != nullptr) add_errors(r, target.values, sums);
    return sums;
  }

  /// Leaves dL/dz of the last layer for some rows of a batch of `count`, whose mean loss is L.
  void backward(index_range rows, std::int64_t count) {
    const float scale = 1.0F / static_cast<float>(count);
    std::visit(
        [&](const auto& loss) {
          for (std::int64_t r = rows.first; r < rows.last; ++r) {
            float* d = buffers_->last().delta.values().row(r);
            loss.gradient(y(r), d, buffers_->target(r), scale * buffers_->weight(r));
            if (!loss.by_logits) output_->backward<float>(z(r), y(r), d, outputs_);
          }
        },
        loss_);
    buffers_->ready_delta(buffers_->layers() - 1, rows, 0);
  }

 private:
  /// The means of |e| and e^2 over the row, e as it is before any standardisation.
  void add_errors(std::int64_t r, const float* values, score_sums& sums) {
    const auto width = static_cast<double>(outputs_);
    for (std::int64_t j = 0; j < outputs_; ++j) {
      const double e = (double{y(r)[j]} - values[j]) * buffers_->values().deviation(j);
      sums.absolute += std::abs(e) / width;
      sums.squared += e * e / width;
    }
  }

  [[nodiscard]] const float* z(std::int64_t r) { return buffers_->last().output.values().row(r); }
  [[nodiscard]] const float* y(std::int64_t r) { return buffers_->last().gate_view().row(r); }

  batch_buffers* buffers_;
  const activation* output_;
  std::int64_t outputs_;
  any_row_loss loss_;
};

}  // namespace sweepnet::cpu
SWEEPNET_END_EXACT;
