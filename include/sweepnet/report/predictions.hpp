// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a model makes of rows whose classes are known: which classes it takes for which, where it is
// most sure and wrong, and whether it is right as often as it says.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/model/trained_model.hpp"
#include "sweepnet/report/sweep_report.hpp"
#include "sweepnet/run/predictions_file.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet::report {

struct mistake {
  std::int64_t row = 0;
  std::int32_t truth = 0;
  std::int32_t predicted = 0;
  double probability = 0;  ///< that the model gave to what it predicted; NaN where it gives none
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

/// How many rows of one class were taken for another one.
struct confused_classes {
  std::int32_t truth = 0;
  std::int32_t predicted = 0;
  std::int64_t rows = 0;
};

struct best_predictions {
  std::size_t index = 0;  ///< of the run whose model it is
  std::int64_t rows = 0;
  std::int64_t right = 0;  ///< of these rows
  std::int64_t classes = 0;
  /// Rows of each class as each class; empty if there are more than most_in_matrix classes.
  std::vector<std::vector<std::int64_t>> confusion{};
  std::vector<confused_classes> confused{};  ///< the most frequent ones, at most most_confused
  std::vector<mistake> mistakes{};           ///< the most probable ones, at most most_mistakes
  /// Ten, from 0 to 1; none where an output lies outside and is no probability.
  std::vector<calibration_bin> calibration{};
};

inline constexpr std::int64_t most_in_matrix = 30;
inline constexpr std::size_t most_confused = 25;
inline constexpr std::size_t most_mistakes = 24;

/// The same of outputs that a run has kept; there are no pictures of its mistakes.
[[nodiscard]] best_predictions predictions_of(const kept_predictions& kept, std::size_t index);

/// What a report's best run has kept, if it has.
struct kept_of_best {
  std::optional<best_predictions> best{};
  std::string fault{};  ///< why what it has kept is not taken; empty: there is none, or it is
};

/// Reads them from the directory of the report's runs.
[[nodiscard]] kept_of_best read_kept_of_best(const sweep_report& report,
                                             const storage::location& directory);

/// Predicts the rows. `threads` as in predictor_options. Throws argument_error where the model has
/// other inputs or outputs than the rows have features and classes.
[[nodiscard]] best_predictions predictions_of(const trained_model& trained, std::size_t index,
                                              const labelled_rows& rows, std::int64_t classes,
                                              int threads = 1);

}  // namespace sweepnet::report

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/report/predictions.inl"
#endif
