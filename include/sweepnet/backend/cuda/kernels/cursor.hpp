// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where training stands, kept in device memory, so that one captured graph serves every step.
//
// A step's first kernels read `pending`; one of them, whose launch nobody reads `current` in,
// copies it there; the last kernel reads `current` and writes the next `pending`. So no launch
// reads what it writes.

#include <cstdint>

#include "sweepnet/core/host_device.hpp"
#include "sweepnet/core/random.hpp"

namespace sweepnet::cuda {

/// One step's place: in the run, in the epoch's order, and in the table of steps.
struct step_position {
  std::uint64_t step = 0;  ///< optimizer steps done before this one
  std::int64_t first = 0;  ///< its first row in the order
  std::int64_t total = 0;  ///< rows in the order
  std::int64_t entry = 0;  ///< its optimizer_step in the table

  /// Rows of this step; `batch` but for an epoch's last.
  [[nodiscard]] SWEEPNET_HOST_DEVICE std::int64_t rows(std::int64_t batch) const {
    const std::int64_t left = total - first;
    return left < batch ? left : batch;
  }
  [[nodiscard]] SWEEPNET_HOST_DEVICE step_position next(std::int64_t batch) const {
    return {step + 1, first + rows(batch), total, entry + 1};
  }
};

struct step_cursor {
  step_position pending;
  step_position current;
  double loss = 0;  ///< summed over the epoch's rows so far, penalties included
  std::int64_t correct = 0;

  /// Adds a step's sums, in the order of the steps.
  SWEEPNET_HOST_DEVICE void finish(double step_loss, std::int64_t step_correct,
                                   std::int64_t batch) {
    loss += step_loss;
    correct += step_correct;
    pending = current.next(batch);
  }
};

/// A dropout layer's masks, numbered over the (rows x width) batch as on the CPU. Rate 0: none.
struct dropout_mask {
  std::uint64_t seed = 0;
  std::uint32_t layer = 0;
  std::uint32_t threshold = 65536;
  float scale = 1;
  bool active = false;

  /// The factor of `element`: 0, or 1 / (1 - rate).
  [[nodiscard]] SWEEPNET_HOST_DEVICE bool keeps(std::uint64_t step, std::int64_t element) const {
    if (!active) return true;
    const auto block =
        random_at(seed, random_stream::dropout, layer, static_cast<std::uint32_t>(step),
                  static_cast<std::uint32_t>(element / dropout_lanes));
    return is_kept(block, static_cast<std::uint32_t>(element % dropout_lanes), threshold);
  }
};

[[nodiscard]] inline dropout_mask mask_of(double rate, std::size_t layer, std::uint64_t seed) {
  return {.seed = seed,
          .layer = static_cast<std::uint32_t>(layer),
          .threshold = keep_threshold(rate),
          .scale = static_cast<float>(1 / (1 - rate)),
          .active = rate > 0};
}

/// A data set's rows in device memory: bytes or reals, whichever is not null. See labelled_rows.
struct feature_rows {
  const std::uint8_t* bytes = nullptr;
  const float* reals = nullptr;
  double scale = 1;
  std::int64_t width = 0;

  [[nodiscard]] SWEEPNET_HOST_DEVICE float at(std::int64_t row, std::int64_t column) const {
    const std::int64_t i = row * width + column;
    const double stored =
        bytes != nullptr ? static_cast<double>(bytes[i]) : static_cast<double>(reals[i]);
    return static_cast<float>(stored * scale);
  }
};

}  // namespace sweepnet::cuda
