// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the CPU executor asks of one instruction set's code. A step is a few parallel regions,
// between which the threads wait for each other (stages.hpp says who takes what):
//
//   forward, for each wide first layer: each thread takes all rows of the batch through its units;
//   rows: each thread takes its rows through the other layers, the loss, and back to their dL/dz;
//   backward, for each wide first layer but the first: each thread finds dL/dz of its units for all
//     rows;
//   update: the same for the first layer; then each thread takes its part of every kernel, sums the
//     gradients over the batch and applies the optimizer where they stand, in the cache.
//
// Every product may skip zeros: of the features, of what relu and dropout leave of a layer, and of
// the gradients that follow from it (left_factor.hpp, weight_gradients.hpp). Weights are packed
// (panels.hpp) and belong to the caller.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sweepnet/backend/cpu/factors/panels.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/backend/cpu/step/stages.hpp"
#include "sweepnet/network/optimizer.hpp"

namespace sweepnet {

/// Sums over a batch, for weighted means.
struct batch_score {
  double loss = 0;  ///< summed over the rows, without penalties
  std::int64_t correct = 0;
};

/// One optimizer step: what it changes and how.
struct weight_update {
  const optimizer& rule;
  std::uint64_t step;  ///< from 1
  double rate;
  aligned_floats& weights;
  std::vector<aligned_floats>& slots;
  /// Where whole gradients are wanted, else null: without it none are ever stored.
  aligned_floats* gradients;
};

struct engine_options {
  instruction_set instructions = best_instructions();
  std::optional<double> sparse_below{};  ///< as in cpu_options
  std::int64_t batch = 0;                ///< largest batch to train with; 0: only evaluate
};

/// Runs one network over one set of labelled rows.
class cpu_engine {
 public:
  virtual ~cpu_engine() = default;

  /// To be called when the weights changed by other means than update().
  virtual void weights_changed() = 0;
  /// Scores rows of the set, with dropout, and leaves what update() needs.
  virtual batch_score backpropagate(std::span<const std::uint32_t> rows, const dropout_draw& draw,
                                    std::span<const float> weights) = 0;
  virtual void update(const weight_update& u) = 0;
  /// Scores rows [first, first + count) of the set, without dropout.
  virtual batch_score evaluate(std::int64_t first, std::int64_t count,
                               std::span<const float> weights) = 0;
  /// The network's outputs for the same rows, (count x outputs).
  virtual void predict(std::int64_t first, std::int64_t count, std::span<const float> weights,
                       float* outputs) = 0;
  /// Whether the first layer skips zeros, by the density of the set.
  [[nodiscard]] virtual bool is_sparse() const = 0;
};

}  // namespace sweepnet
