// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows, and what follows from them alone, whatever network runs over them: where their features are
// 0, and lists of those that are not. Found once, for all engines over these rows.

#include <mutex>

#include "sweepnet/backend/cpu/factors/sparse_features.hpp"
#include "sweepnet/backend/cpu/factors/sparse_rows.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet::cpu {

class prepared_rows {
 public:
  /// `rows` must outlive this, unchanged.
  explicit prepared_rows(const labelled_rows& rows)
      : rows_(&rows),
        zeros_(rows),
        are_lists_(rows.visit([](const auto& view) { return view.lists_nonzeros; })) {}

  prepared_rows(const prepared_rows&) = delete;  // engines hold its address
  prepared_rows& operator=(const prepared_rows&) = delete;

  [[nodiscard]] const labelled_rows& rows() const { return *rows_; }
  [[nodiscard]] const sparsity& zeros() const { return zeros_; }

  /// Whether the data hold lists of nonzeros, for scattered_features.
  [[nodiscard]] bool are_lists() const { return are_lists_; }

  /// The nonzeros of other rows, of at most most_listed features, which the first call lists while
  /// others wait for it.
  [[nodiscard]] const sparse_features& nonzeros() const {
    std::call_once(once_, [this] { nonzeros_ = sparse_features(*rows_); });
    return nonzeros_;
  }

 private:
  const labelled_rows* rows_;
  sparsity zeros_;
  bool are_lists_;
  mutable std::once_flag once_{};
  mutable sparse_features nonzeros_{};
};

}  // namespace sweepnet::cpu
