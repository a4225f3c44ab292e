// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The input x of a layer, as all that multiplies by it sees it: reals whose zeros may be listed, or
// features of which there are lists only.

#include <cstdint>

#include "sweepnet/backend/cpu/factors/left_factor.hpp"
#include "sweepnet/backend/cpu/factors/scattered_features.hpp"
#include "sweepnet/backend/cpu/factors/sparse_features.hpp"

namespace sweepnet::cpu {

/// A view of any of them, (rows x width).
class layer_input {
 public:
  explicit layer_input(const left_factor& x) : reals_(&x) {}
  explicit layer_input(const listed_features& x) : lists_(&x) {}
  explicit layer_input(const scattered_features& x) : scattered_(&x) {}

  /// Null but for one of them.
  [[nodiscard]] const left_factor* reals() const { return reals_; }
  [[nodiscard]] const listed_features* lists() const { return lists_; }
  [[nodiscard]] const scattered_features* scattered() const { return scattered_; }

  /// c = x b for some rows; b is one panel.
  void multiply(index_range rows, const panel_view& b, const columns_view& c) const {
    if (scattered_ != nullptr) return scattered_->multiply(rows, b, c);
    reals_ != nullptr ? reals_->multiply(rows, b, c) : lists_->multiply(rows, b, c);
  }

  // The rest is not for scattered features, which go by scattered_columns.

  [[nodiscard]] std::int64_t width() const {
    return reals_ != nullptr ? reals_->width() : lists_->width();
  }
  /// About how many the first `rows` rows have.
  [[nodiscard]] std::int64_t nonzeros(std::int64_t rows) const {
    return reals_ != nullptr ? reals_->nonzeros(rows) : lists_->nonzeros(rows);
  }
  /// The columns in some places of `used`, which lie together in reals; padded to `width`.
  panel_view gather(const column_set& used, index_range places, std::int64_t width,
                    std::int64_t rows, float* to) const {
    return reals_ != nullptr ? reals_->gather(used, places, width, rows, to)
                             : lists_->gather(used, places, width, rows, to);
  }
  void list_columns(std::int64_t rows, index_range columns, sparse_columns& to) const {
    reals_ != nullptr ? reals_->list_columns(rows, columns, to)
                      : lists_->list_columns(rows, columns, to);
  }

 private:
  const left_factor* reals_ = nullptr;
  const listed_features* lists_ = nullptr;
  const scattered_features* scattered_ = nullptr;
};

}  // namespace sweepnet::cpu
