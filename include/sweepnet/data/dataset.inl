// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checks of data.

#include "sweepnet/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet {

SWEEPNET_INLINE void labelled_rows::check_features(const std::string& what) const {
  visit([&](const auto& view) { view.check(what); });
}

SWEEPNET_INLINE void labelled_rows::check_labels(const std::string& what,
                                                 std::int64_t classes) const {
  if (!values.elements.empty()) {
    throw argument_error(
        fmt::format("{}: expected a class label for each row, got real values", what));
  }
  if (std::ssize(labels) != rows()) {
    throw argument_error(fmt::format("{}: expected a label for each of {} rows, got {}", what,
                                     rows(), labels.size()));
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0 && labels[i] < classes) continue;
    throw argument_error(fmt::format("{}: the label of row {} must be in [0, {}), got {}", what, i,
                                     classes, labels[i]));
  }
}

SWEEPNET_INLINE void labelled_rows::check_values(const std::string& what,
                                                 std::int64_t width_) const {
  if (values.width != width_ || width_ < 1 || std::ssize(values.elements) != rows() * width_) {
    throw argument_error(
        fmt::format("{}: expected {} real value{} for each of {} rows, got {} of {} a row", what,
                    width_, width_ == 1 ? "" : "s", rows(), values.elements.size(), values.width));
  }
  for (std::size_t i = 0; i < values.elements.size(); ++i) {
    if (std::isfinite(values.elements[i])) continue;
    throw argument_error(fmt::format("{}: the target of row {} must be finite, got {}", what,
                                     static_cast<std::int64_t>(i) / width_,
                                     plain_nan(values.elements[i])));
  }
}

SWEEPNET_INLINE void labelled_rows::check_weights(const std::string& what) const {
  if (weights.empty()) return;
  if (std::ssize(weights) != rows()) {
    throw argument_error(fmt::format("{}: expected a weight for each of {} rows, got {}", what,
                                     rows(), weights.size()));
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (std::isfinite(weights[i]) && weights[i] >= 0) continue;
    throw argument_error(
        fmt::format("{}: the weight of row {} must be finite and at least 0, got {}", what, i,
                    plain_nan(weights[i])));
  }
}

SWEEPNET_INLINE void labelled_rows::check_truths(const std::string& what) const {
  for (std::size_t i = 0; i < values.elements.size(); ++i) {
    if (values.elements[i] == 0 || values.elements[i] == 1) continue;
    throw argument_error(fmt::format("{}: each label of row {} must be 0 or 1, got {}", what,
                                     static_cast<std::int64_t>(i) / values.width,
                                     values.elements[i]));
  }
}

SWEEPNET_INLINE std::int32_t labelled_rows::largest_label() const {
  const auto largest = std::ranges::max_element(labels);
  return largest == labels.end() ? -1 : *largest;
}

SWEEPNET_INLINE labelled_rows labelled_rows::split_off(std::int64_t first) {
  labelled_rows tail{.features = features.split_off(first, width), .scale = scale, .width = width};
  tail.labels.assign(labels.begin() + first, labels.end());
  labels.resize(static_cast<std::size_t>(first));
  tail.values = {.width = values.width, .deviations = values.deviations};
  const auto kept = static_cast<std::size_t>(first * values.width);
  tail.values.elements.assign(values.elements.begin() + first * values.width,
                              values.elements.end());
  values.elements.resize(kept);
  if (!weights.empty()) weights.resize(static_cast<std::size_t>(first));  // the tail validates
  return tail;
}

SWEEPNET_INLINE void dataset::check_shapes() const {
  const std::string where = shown_name();
  if (train.rows() == 0) throw argument_error(where + ": no training rows");
  if (validation.rows() > 0 && validation.width != train.width) {
    throw argument_error(fmt::format("{}: training rows have {} features, validation rows {}",
                                     where, train.width, validation.width));
  }
  train.check_features(where + ": training rows");
  validation.check_features(where + ": validation rows");
}

SWEEPNET_INLINE void dataset::validate() const {
  check_shapes();
  const std::string where = shown_name();
  if (task == sweepnet::task::binary && class_count != 2) {
    throw argument_error(
        fmt::format("{}: a binary task has two classes, got {}", where, class_count));
  }
  const auto check = [&](const labelled_rows& rows, const char* what) {
    rows.check_weights(where + what);
    if (!has_values(task)) return rows.check_labels(where + what, class_count);
    if (rows.rows() > 0) rows.check_values(where + what, train.values.width);
  };
  check(train, ": training rows");
  check(validation, ": validation rows");
}

SWEEPNET_INLINE std::string dataset::shown_name() const { return name.empty() ? "data" : name; }

}  // namespace sweepnet
