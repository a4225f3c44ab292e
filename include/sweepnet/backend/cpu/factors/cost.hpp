// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the ways to a product cost, so that the cheapest is taken. All give the same bits, so that a
// wrong guess costs time only.
//
// The unit is a multiply-add over lists: of one nonzero with one column. A dense one is cheaper: it
// costs `sparse_below` of it (kernel_table; 0.58 with AVX-512).
//
// Example: the first layer of the reference job, 128 rows of 784 inputs to 512 units, where 0.19 of
// the inputs and 0.4 of the deltas are not 0; in millions of units,
//
//   z = x W     dense       128 784 512 0.58                               29.8
//               by lists    0.19 128 784 (512 + 64)                        11.0   taken
//   dL/dW       dense                                                      29.8
//               by inputs   0.19 128 784 (512 + 64)                        11.0   taken
//               by deltas   0.4 128 512 (784 + 64) + 4 784 512             23.8
//
// pays_to_list() says the same of z: 0.19 (512 + 64) < 0.58 512.

#include <algorithm>
#include <cstdint>

namespace sweepnet::cpu::cost {

/// To find one nonzero and add it to a list.
inline constexpr std::int64_t list_entry = 64;
/// To turn a weight's gradient around, where a tile of them is summed by columns.
inline constexpr std::int64_t transposed_weight = 4;
/// To update a row of weights and begin its sum, in rows of the batch.
inline constexpr double weight_row = 16;
/// Nonzeros are counted in every so many rows and guessed in the others.
inline constexpr std::int64_t rows_per_sample = 4;

/// Whether to list nonzeros, of which a share `density` of all is there, for products with `units`
/// columns. A user's `below` may say 0, never, or 100, always.
[[nodiscard]] inline bool pays_to_list(double density, std::int64_t units, double below) {
  return density * static_cast<double>(units + list_entry) < below * static_cast<double>(units);
}

/// Which factor's zeros the sums of dL/dW = x^T delta skip.
enum class sums { dense, by_inputs, by_deltas };

/// The factors of a part of dL/dW: (inputs x rows) (rows x units).
struct gradient_shape {
  std::int64_t rows;
  std::int64_t inputs;
  std::int64_t units;
  std::int64_t input_nonzeros;
  std::int64_t delta_nonzeros;
};

/// The cheapest way. `below` is infinite where only lists are there.
[[nodiscard]] inline sums cheapest(const gradient_shape& s, double below) {
  const auto by_inputs = static_cast<double>(s.input_nonzeros * (s.units + list_entry));
  const auto by_deltas = static_cast<double>(s.delta_nonzeros * (s.inputs + list_entry) +
                                             transposed_weight * s.inputs * s.units);
  const double dense = static_cast<double>(s.rows * s.inputs * s.units) * below;
  if (dense <= std::min(by_inputs, by_deltas)) return sums::dense;
  return by_inputs <= by_deltas ? sums::by_inputs : sums::by_deltas;
}

/// What a row of weights costs a thread that sums its gradients by lists, for an input that is not
/// 0 in `used` of `looked_at` rows: see weight_row.
[[nodiscard]] inline double of_weight_row(std::int64_t used, std::int64_t looked_at,
                                          std::int64_t batch) {
  return weight_row + static_cast<double>(used * batch) / static_cast<double>(looked_at);
}

}  // namespace sweepnet::cpu::cost
