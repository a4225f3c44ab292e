// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Labelled rows in memory. Pixels stay bytes; a scale says what they stand for.

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace sweepnet {

/// What a stored feature stands for.
template <class T, class Stored> [[nodiscard]] T scaled(Stored stored, double scale) {
  return static_cast<T>(static_cast<double>(stored) * scale);
}

/// A (rows x width) block of features, row-major, and a label for each row.
/// A feature's value is element * scale.
struct labelled_rows {
  std::variant<std::vector<std::uint8_t>, std::vector<float>> features{};
  double scale = 1;
  std::int64_t width = 0;
  std::vector<std::int32_t> labels{};

  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(labels.size()); }

  /// Writes row `row` as `width` reals.
  template <class T> void copy_row(std::int64_t row, T* to) const {
    std::visit(
        [&](const auto& values) {
          const auto* from = values.data() + row * width;
          for (std::int64_t i = 0; i < width; ++i) to[i] = scaled<T>(from[i], scale);
        },
        features);
  }

  /// Splits off the rows from `first` on.
  [[nodiscard]] labelled_rows split_off(std::int64_t first) {
    labelled_rows tail{.scale = scale, .width = width};
    std::visit(
        [&](auto& values) {
          const auto cut = values.begin() + first * width;
          tail.features = std::remove_cvref_t<decltype(values)>(cut, values.end());
          values.erase(cut, values.end());
        },
        features);
    tail.labels.assign(labels.begin() + first, labels.end());
    labels.resize(static_cast<std::size_t>(first));
    return tail;
  }
};

/// What a run trains on and is judged by.
struct dataset {
  std::string name{};
  labelled_rows train{};
  labelled_rows validation{};
  std::int64_t classes = 0;

  [[nodiscard]] std::int64_t inputs() const { return train.width; }

  /// Throws std::invalid_argument unless shapes agree and every label lies in [0, classes).
  void validate() const {
    if (train.rows() == 0) throw std::invalid_argument(name + ": no training rows");
    if (validation.rows() > 0 && validation.width != train.width) {
      throw std::invalid_argument(name + ": training rows have " + std::to_string(train.width) +
                                  " features, validation rows " + std::to_string(validation.width));
    }
    check_labels("training", train);
    check_labels("validation", validation);
  }

 private:
  void check_labels(const char* part, const labelled_rows& rows) const {
    for (std::size_t i = 0; i < rows.labels.size(); ++i) {
      if (rows.labels[i] >= 0 && rows.labels[i] < classes) continue;
      throw std::invalid_argument(name + ": the label of " + part + " row " + std::to_string(i) +
                                  " must be in [0, " + std::to_string(classes) + "), got " +
                                  std::to_string(rows.labels[i]));
    }
  }
};

}  // namespace sweepnet
