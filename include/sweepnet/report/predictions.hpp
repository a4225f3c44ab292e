// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a model makes of rows whose classes are known: which classes it takes for which, where it is
// most sure and wrong, and whether it is right as often as it says.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/model/trained_model.hpp"

namespace sweepnet::report {

struct mistake {
  std::int64_t row = 0;
  std::int32_t truth = 0;
  std::int32_t predicted = 0;
  double probability = 0;  ///< that the model gave to what it predicted
  std::string image{};     ///< the row as a data URL of a PNG, if its bytes are a square's pixels
};

/// The rows whose prediction had a probability above `low`, up to `high`.
struct calibration_bin {
  double low = 0;
  double high = 0;
  std::int64_t count = 0;
  double confidence = 0;  ///< the mean of these probabilities
  double accuracy = 0;    ///< the share of these rows that was right
};

struct best_predictions {
  std::size_t index = 0;  ///< of the run whose model it is
  std::int64_t rows = 0;
  std::vector<std::vector<std::int64_t>> confusion{};  ///< rows of each class as each class
  std::vector<mistake> mistakes{};                     ///< the most probable ones
  std::vector<calibration_bin> calibration{};          ///< ten, from 0 to 1
};

inline constexpr std::size_t most_mistakes = 24;

/// Predicts the rows. `threads` as in predictor_options. Throws argument_error where the model has
/// other inputs or outputs than the rows have features and classes.
[[nodiscard]] best_predictions predictions_of(const trained_model& trained, std::size_t index,
                                              const labelled_rows& rows, std::int64_t classes,
                                              int threads = 1);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/predictions.inl"
#endif
