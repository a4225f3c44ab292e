// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Predicts any number of rows in the memory of some.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/embed/predictor.hpp"

namespace sweepnet {

/// Calls take(first, outputs) with a piece of the rows after the other: where it begins, and its
/// outputs, (rows of the piece x outputs). Throws as the predictor does.
template <class Take>
void predict_in_pieces(const predictor& predict, const labelled_rows& rows, const Take& take) {
  const std::int64_t piece =
      std::clamp<std::int64_t>((1 << 22) / std::max<std::int64_t>(rows.width, 1), 128, 4096);
  std::vector<float> features;
  for (std::int64_t first = 0; first < rows.rows(); first += piece) {
    const std::int64_t some = std::min(piece, rows.rows() - first);
    features.resize(static_cast<std::size_t>(some * rows.width));
    for (std::int64_t r = 0; r < some; ++r) {
      rows.copy_row(first + r, features.data() + r * rows.width);
    }
    const std::vector<float> outputs = predict(features);
    take(first, std::span<const float>(outputs));
  }
}

}  // namespace sweepnet
