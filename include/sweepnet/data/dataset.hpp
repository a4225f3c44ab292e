// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Labelled rows in memory. Pixels stay bytes; a scale says what they stand for.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/data/feature_matrix.hpp"

namespace sweepnet {

/// What a stored feature stands for.
template <class T, class Stored> [[nodiscard]] T scaled(Stored stored, double scale) {
  return static_cast<T>(static_cast<double>(stored) * scale);
}

/// A row-major (rows x width) block of values to be predicted.
struct real_targets {
  std::vector<float> elements{};
  std::int64_t width = 0;
};

/// A (rows x width) block of features, row-major, and a label for each row; rows that are only
/// predicted need no labels. A feature's value is element * scale.
struct labelled_rows {
  feature_matrix features{};
  double scale = 1;
  std::int64_t width = 0;
  std::vector<std::int32_t> labels{};  ///< of targets that are classes
  real_targets values{};               ///< of targets that are real values

  /// Of features, whole ones.
  [[nodiscard]] std::int64_t rows() const { return width > 0 ? features.size() / width : 0; }

  /// Throws argument_error, beginning with `what`, unless the features are whole rows of
  /// finite numbers.
  void check_features(const std::string& what) const {
    const auto require = [&](bool holds, const std::string& message) {
      if (!holds) throw argument_error(what + ": " + message);
    };
    const std::int64_t size = features.size();
    require(width > 0 || size == 0, fmt::format("{} features in rows of width {}", size, width));
    require(width <= 0 || size % width == 0,
            fmt::format("expected a multiple of the width {}, got {} features", width, size));
    require(std::isfinite(scale), fmt::format("the scale must be finite, got {}", scale));
    const std::span<const float> reals = features.as<float>();
    for (std::size_t i = 0; i < reals.size(); ++i) {
      if (std::isfinite(reals[i])) continue;
      const auto at = static_cast<std::int64_t>(i);
      require(false, fmt::format("feature {} of row {} must be finite, got {}", at % width,
                                 at / width, reals[i]));
    }
  }

  /// Throws argument_error, beginning with `what`, unless each row has a label in
  /// [0, classes).
  void check_labels(const std::string& what, std::int64_t classes) const {
    if (!values.elements.empty()) {
      throw argument_error(
          fmt::format("{}: expected a class label for each row, got real values, on which no "
                      "loss trains yet",
                      what));
    }
    if (std::ssize(labels) != rows()) {
      throw argument_error(fmt::format("{}: expected a label for each of {} rows, got {}", what,
                                       rows(), labels.size()));
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] >= 0 && labels[i] < classes) continue;
      throw argument_error(fmt::format("{}: the label of row {} must be in [0, {}), got {}", what,
                                       i, classes, labels[i]));
    }
  }

  /// -1 where there are no labels.
  [[nodiscard]] std::int32_t largest_label() const {
    const auto largest = std::ranges::max_element(labels);
    return largest == labels.end() ? -1 : *largest;
  }

  /// Writes row `row` as `width` reals.
  template <class T> void copy_row(std::int64_t row, T* to) const {
    features.visit([&](auto elements) {
      const auto* from = elements.data() + row * width;
      for (std::int64_t i = 0; i < width; ++i) to[i] = scaled<T>(from[i], scale);
    });
  }

  /// Splits off the rows from `first` on.
  [[nodiscard]] labelled_rows split_off(std::int64_t first) {
    labelled_rows tail{
        .features = features.split_off(first * width), .scale = scale, .width = width};
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
  std::int64_t class_count = 0;  ///< 0: the targets are real values

  /// Features of a row.
  [[nodiscard]] std::int64_t inputs() const { return train.width; }
  /// Labels are in [0, classes()).
  [[nodiscard]] std::int64_t classes() const { return class_count; }

  /// Throws argument_error unless both parts have whole rows of the same number of finite features.
  void check_shapes() const {
    const std::string where = shown_name();
    if (train.rows() == 0) throw argument_error(where + ": no training rows");
    if (validation.rows() > 0 && validation.width != train.width) {
      throw argument_error(fmt::format("{}: training rows have {} features, validation rows {}",
                                       where, train.width, validation.width));
    }
    train.check_features(where + ": training rows");
    validation.check_features(where + ": validation rows");
  }

  /// Throws argument_error as check_shapes() does, and unless every label lies in [0, classes()).
  void validate() const {
    check_shapes();
    train.check_labels(shown_name() + ": training rows", class_count);
    validation.check_labels(shown_name() + ": validation rows", class_count);
  }

 private:
  [[nodiscard]] std::string shown_name() const { return name.empty() ? "data" : name; }
};

}  // namespace sweepnet
