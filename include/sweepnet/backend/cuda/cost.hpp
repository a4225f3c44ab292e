// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which path is to train a network: what a step would take on either, roughly, on an H100. These
// are estimates from the kernels' instructions and traffic, to tell a step of 50 microseconds from
// one of 500; no GPU has measured them yet.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/backend/cuda/options.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/parameters.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::cuda {

namespace detail {

inline constexpr double processors = 132;
inline constexpr double launch_microseconds = 2.5;          ///< of a small kernel in a graph
inline constexpr double cache_bytes_per_microsecond = 3e6;  ///< from the cache that all share

/// How often the grid fills the GPU, as `at_once` blocks share a processor.
inline double rounds(std::int64_t blocks, double at_once) {
  return std::max(1.0, static_cast<double>(blocks) / (processors * at_once));
}

}  // namespace detail

/// A step of the fused kernels.
[[nodiscard]] inline double fused_microseconds(const fused_plan& plan) {
  using namespace detail;
  const fused_layer& first = plan.layers[0];
  const auto inputs = static_cast<double>(first.inputs);
  const auto batch = static_cast<double>(plan.batch);
  // For 16 products of a thread K1 issues 28 instructions, K3 35; K3 has all layers' tiles.
  const double k1 = 0.005 * inputs *
                    rounds(parts_of(plan.batch, first_layer_kernel::tile_rows) *
                               parts_of(first.units, first_layer_kernel::tile_columns),
                           1);
  std::int64_t tiles = 0;
  for (int l = 0; l < plan.layers.count; ++l) {
    tiles += fused_update_kernel::tiles_of(plan.layers[l]);
  }
  const double k3 = 0.01 * batch * rounds(tiles, 1);
  // K2 reads each weight of the tail twice for each row.
  const double k2 = 2 * sizeof(float) * static_cast<double>(plan.layers.tail_size) * batch /
                    cache_bytes_per_microsecond;
  return 3 * launch_microseconds + k1 + k2 + k3;
}

/// A step of cuBLASLt, cuDNN and the small kernels between them.
[[nodiscard]] inline double plain_microseconds(const model_spec& model, std::int64_t batch,
                                               precision p) {
  using namespace detail;
  const double products_per_microsecond = p == precision::tf32 ? 3e7 : 1.2e7;
  const auto rows = static_cast<double>(batch);
  double launches = 3;  // gather, score, update
  double products = 0;
  double sums = 0;
  const parameter_layout layout(model);
  for (const dense_weights& w : layout.weights) {
    const bool is_first = w.kernel == 0;
    launches += is_first ? 5 : 6;  // y and dL/dz, the products, the bias
    products += (is_first ? 2 : 3) * rows * static_cast<double>(w.kernel_size());
    sums += 0.04 * rows;  // a bias's gradient, a thread a column
  }
  const auto dropouts =
      static_cast<double>(model.layers.size()) - static_cast<double>(layout.weights.size());
  launches += 2 * dropouts;
  return launches * launch_microseconds + sums + products / products_per_microsecond;
}

/// The plan by which the fused path trains, where it can: as `gpu` asks, or where a step takes less
/// time on it. Nothing: the plain path trains.
[[nodiscard]] inline std::optional<fused_plan> choose_fused_plan(const model_spec& model,
                                                                 const training_options& options,
                                                                 std::int64_t batch,
                                                                 const cuda_options& gpu,
                                                                 std::size_t shared_bytes) {
  if (gpu.path == training_path::plain) return std::nullopt;
  std::optional<fused_plan> plan = plan_fused_step(model, options, batch, shared_bytes);
  if (plan && gpu.path == training_path::automatic &&
      fused_microseconds(*plan) > plain_microseconds(model, batch, gpu.precision)) {
    plan.reset();
  }
  return plan;
}

}  // namespace sweepnet::cuda
