// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/report/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/embed/predictor.hpp"
#include "sweepnet/report/png.hpp"

namespace sweepnet::report {

namespace detail {

/// A row of bytes as a picture, if they can be the pixels of a square; else empty.
inline std::string picture_of(const labelled_rows& rows, std::int64_t row) {
  constexpr std::int64_t smallest = 4;
  const auto side =
      static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(rows.width))));
  const std::span<const std::uint8_t> bytes = rows.features.as<std::uint8_t>();
  if (bytes.empty() || side * side != rows.width || side < smallest) return "";
  const auto pixels = bytes.subspan(static_cast<std::size_t>(row * rows.width),
                                    static_cast<std::size_t>(rows.width));
  return "data:image/png;base64," + base64(grey_png(pixels, static_cast<std::uint32_t>(side)));
}

}  // namespace detail

SWEEPNET_INLINE best_predictions predictions_of(const trained_model& trained, std::size_t index,
                                                const labelled_rows& rows, std::int64_t classes,
                                                int threads) {
  if (trained.model.inputs != rows.width || trained.model.outputs() != classes || classes < 2) {
    throw argument_error(fmt::format(
        "the model takes {} features and tells {} classes apart, the data have {} and {}",
        trained.model.inputs, trained.model.outputs(), rows.width, classes));
  }
  rows.check_labels("the rows to predict", classes);
  constexpr int bins = 10;
  // In pieces, so that the features and outputs of all rows are never held at once.
  const std::int64_t piece = std::clamp<std::int64_t>((1 << 22) / rows.width, 128, 4096);
  const predictor predict(trained, {.threads = threads});
  const auto count = static_cast<std::size_t>(classes);
  best_predictions told{.index = index,
                        .rows = rows.rows(),
                        .confusion = std::vector(count, std::vector<std::int64_t>(count))};
  for (int b = 0; b < bins; ++b) {
    told.calibration.push_back({.low = b / 10.0, .high = (b + 1) / 10.0});
  }
  std::vector<float> features;
  for (std::int64_t first = 0; first < rows.rows(); first += piece) {
    const std::int64_t some = std::min(piece, rows.rows() - first);
    features.resize(static_cast<std::size_t>(some * rows.width));
    for (std::int64_t r = 0; r < some; ++r) {
      rows.copy_row(first + r, features.data() + r * rows.width);
    }
    const std::vector<float> outputs = predict(features);
    for (std::int64_t r = 0; r < some; ++r) {
      const std::span<const float> row(outputs.data() + r * classes, count);
      const auto best = std::ranges::max_element(row);
      const auto predicted = static_cast<std::int32_t>(best - row.begin());
      const std::int32_t truth = rows.labels[static_cast<std::size_t>(first + r)];
      const double probability = *best;
      ++told.confusion[static_cast<std::size_t>(truth)][static_cast<std::size_t>(predicted)];
      const auto bin =
          static_cast<std::size_t>(std::clamp(std::ceil(probability * bins) - 1, 0.0, bins - 1.0));
      calibration_bin& into = told.calibration[bin];
      ++into.count;
      into.confidence += probability;
      into.accuracy += truth == predicted ? 1 : 0;
      if (truth == predicted) continue;
      told.mistakes.push_back(
          {.row = first + r, .truth = truth, .predicted = predicted, .probability = probability});
    }
  }
  for (calibration_bin& bin : told.calibration) {
    const double n = static_cast<double>(std::max<std::int64_t>(bin.count, 1));
    bin.confidence /= n;
    bin.accuracy /= n;
  }
  std::ranges::stable_sort(told.mistakes, std::ranges::greater{}, &mistake::probability);
  told.mistakes.resize(std::min(told.mistakes.size(), most_mistakes));
  for (mistake& each : told.mistakes) each.image = detail::picture_of(rows, each.row);
  return told;
}

}  // namespace sweepnet::report
