// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows with one-hot columns, which are kept as indices: a column of 10,000 categories costs four
// bytes a row.

#include <cstdint>
#include <string>
#include <vector>

namespace sweepnet {

/// Rows whose first columns are reals and whose others are one-hot: of each group of columns at
/// most one is 1, the others 0. How wide a row is, labelled_rows says.
struct one_hot_rows {
  std::vector<float> reals{};  ///< (rows x real_width)
  /// (rows x groups): the column that is 1, counted from 0 in the whole row, so at least
  /// real_width, and ascending in a row; -1: none of the group.
  std::vector<std::int32_t> ones{};
  std::int64_t real_width = 0;
  std::int64_t groups = 0;

  [[nodiscard]] std::int64_t rows() const;

  /// Throws argument_error, beginning with `what`, unless these are whole rows of `width` columns,
  /// of finite reals and of ones where they may be.
  void check(const std::string& what, std::int64_t width) const;

  /// Splits off the rows from `first` on.
  [[nodiscard]] one_hot_rows split_off(std::int64_t first);
};

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/one_hot_rows.inl"
#endif
