// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Between the passes: each row's loss, and dL/dz of the last layer.

#include <cstdint>
#include <span>
#include <variant>

#include "sweepnet/backend/cpu/step/buffers.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/network/loss.hpp"
#include "sweepnet/network/loss_function.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::cpu {

/// Sums over a batch, for weighted means.
struct batch_score {
  double loss = 0;  ///< summed over the rows, without penalties
  std::int64_t correct = 0;
};

struct row_score {
  double loss;
  bool correct;
};

/// The sum in the order of the rows, whoever scored them.
[[nodiscard]] inline batch_score sum_of(std::span<const row_score> rows) {
  batch_score total;
  for (const row_score& row : rows) {
    total.loss += row.loss;
    total.correct += row.correct ? 1 : 0;
  }
  return total;
}

class loss_pass {
 public:
  /// Both must outlive this.
  loss_pass(const staged_network& network, batch_buffers& buffers)
      : buffers_(&buffers),
        output_(&network.stages.back().layer.activate),
        classes_(network.stages.back().units()),
        loss_(network.loss_of_row()) {}

  /// The network's outputs for row r, (outputs), after the forward pass.
  [[nodiscard]] std::span<const float> outputs(std::int64_t r) {
    return {y(r), static_cast<std::size_t>(classes_)};
  }

  [[nodiscard]] row_score score(std::int64_t r) {
    const std::int32_t label = buffers_->label(r);
    const double loss = std::visit(
        [&](const auto& of) { return static_cast<double>(of(z(r), y(r), label)); }, loss_);
    return {.loss = loss, .correct = predicted_class(y(r), classes_) == label};
  }

  /// Leaves dL/dz of the last layer for some rows of a batch of `count`, whose mean loss is L.
  void backward(index_range rows, std::int64_t count) {
    const float scale = 1.0F / static_cast<float>(count);
    std::visit(
        [&](const auto& loss) {
          for (std::int64_t r = rows.first; r < rows.last; ++r) {
            float* d = buffers_->last().delta.values().row(r);
            loss.gradient(y(r), d, buffers_->label(r), scale);
            if (!loss.by_logits) output_->backward<float>(z(r), y(r), d, classes_);
          }
        },
        loss_);
    buffers_->ready_delta(buffers_->layers() - 1, rows, 0);
  }

 private:
  [[nodiscard]] const float* z(std::int64_t r) { return buffers_->last().output.values().row(r); }
  [[nodiscard]] const float* y(std::int64_t r) { return buffers_->last().gate_view().row(r); }

  batch_buffers* buffers_;
  const activation* output_;
  std::int64_t classes_;
  any_row_loss loss_;
};

}  // namespace sweepnet::cpu
SWEEPNET_END_EXACT;
