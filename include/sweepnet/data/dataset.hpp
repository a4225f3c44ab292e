// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Labelled rows in memory. Pixels stay bytes; a scale says what they stand for.

#include <fmt/format.h>

#include <cmath>
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

/// A (rows x width) block of features, row-major, and a label for each row; rows that are only
/// predicted need no labels. A feature's value is element * scale.
struct labelled_rows {
  std::variant<std::vector<std::uint8_t>, std::vector<float>> features{};
  double scale = 1;
  std::int64_t width = 0;
  std::vector<std::int32_t> labels{};

  /// Of features, whole ones.
  [[nodiscard]] std::int64_t rows() const { return width > 0 ? values() / width : 0; }

  /// Throws std::invalid_argument, beginning with `what`, unless the features are whole rows of
  /// finite numbers.
  void check_features(const std::string& what) const {
    const auto require = [&](bool holds, const std::string& message) {
      if (!holds) throw std::invalid_argument(what + ": " + message);
    };
    require(width > 0 || values() == 0,
            fmt::format("{} features in rows of width {}", values(), width));
    require(width <= 0 || values() % width == 0,
            fmt::format("expected a multiple of the width {}, got {} features", width, values()));
    require(std::isfinite(scale), fmt::format("the scale must be finite, got {}", scale));
    const auto* reals = std::get_if<std::vector<float>>(&features);
    if (reals == nullptr) return;
    for (std::size_t i = 0; i < reals->size(); ++i) {
      if (std::isfinite((*reals)[i])) continue;
      const auto at = static_cast<std::int64_t>(i);
      require(false, fmt::format("feature {} of row {} must be finite, got {}", at % width,
                                 at / width, (*reals)[i]));
    }
  }

  /// Throws std::invalid_argument, beginning with `what`, unless each row has a label in
  /// [0, classes).
  void check_labels(const std::string& what, std::int64_t classes) const {
    if (std::ssize(labels) != rows()) {
      throw std::invalid_argument(fmt::format("{}: expected a label for each of {} rows, got {}",
                                              what, rows(), labels.size()));
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] >= 0 && labels[i] < classes) continue;
      throw std::invalid_argument(fmt::format("{}: the label of row {} must be in [0, {}), got {}",
                                              what, i, classes, labels[i]));
    }
  }

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

 private:
  [[nodiscard]] std::int64_t values() const {
    return std::visit([](const auto& all) { return std::ssize(all); }, features);
  }
};

/// What a run trains on and is judged by.
struct dataset {
  std::string name{};
  labelled_rows train{};
  labelled_rows validation{};
  std::int64_t classes = 0;

  [[nodiscard]] std::int64_t inputs() const { return train.width; }

  /// Throws std::invalid_argument unless shapes agree, every feature is finite and every label
  /// lies in [0, classes).
  void validate() const {
    if (train.rows() == 0) throw std::invalid_argument(name + ": no training rows");
    if (validation.rows() > 0 && validation.width != train.width) {
      throw std::invalid_argument(
          fmt::format("{}: training rows have {} features, validation rows {}", name, train.width,
                      validation.width));
    }
    check("training rows", train);
    check("validation rows", validation);
  }

 private:
  void check(const char* part, const labelled_rows& rows) const {
    const std::string what = fmt::format("{}: {}", name, part);
    rows.check_features(what);
    rows.check_labels(what, classes);
  }
};

}  // namespace sweepnet
