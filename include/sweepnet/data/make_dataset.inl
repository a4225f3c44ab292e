// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checks of what a data set is made from.

#include "sweepnet/data/make_dataset.hpp"

#include <algorithm>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet::detail {

SWEEPNET_INLINE void refuse_label(const std::string& label, std::size_t row,
                                  const std::string& what) {
  throw argument_error(what + ": the label of row " + std::to_string(row) +
                       " must be an integer from 0, got " + label);
}

SWEEPNET_INLINE void refuse_matrix(std::int64_t rows, std::int64_t columns,
                                   const std::string& what) {
  throw argument_error(what + ", got (" + std::to_string(rows) + " x " + std::to_string(columns) +
                       ")");
}

SWEEPNET_INLINE void require_rows(std::int64_t features, std::int64_t targets,
                                  const std::string& what) {
  if (features == targets) return;
  throw argument_error(what + ": expected a target for each of " + std::to_string(features) +
                       " rows, got " + std::to_string(targets));
}

SWEEPNET_INLINE dataset checked_dataset(labelled_rows train, labelled_rows validation) {
  dataset data{.name = "data", .train = std::move(train), .validation = std::move(validation)};
  if (data.train.values.width > 0) data.task = task::regression;
  // 0 where targets are real values.
  data.class_count =
      std::int64_t{std::max(data.train.largest_label(), data.validation.largest_label())} + 1;
  data.check_shapes();
  return data;
}

}  // namespace sweepnet::detail
