// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checks of data.

#include "sweepnet/data/dataset.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE void labelled_rows::check_features(const std::string& what) const {
  visit([&](const auto& view) { view.check(what); });
}

SWEEPNET_INLINE void labelled_rows::check_labels(const std::string& what,
                                                 std::int64_t classes) const {
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
    throw argument_error(fmt::format("{}: the label of row {} must be in [0, {}), got {}", what, i,
                                     classes, labels[i]));
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
  train.check_labels(shown_name() + ": training rows", class_count);
  validation.check_labels(shown_name() + ": validation rows", class_count);
}

SWEEPNET_INLINE std::string dataset::shown_name() const { return name.empty() ? "data" : name; }

}  // namespace sweepnet
