// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a table is read: what its columns are taken for, and how much of it.

#include <cstddef>
#include <functional>
#include <string>

#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/storage/read_limit.hpp"

namespace sweepnet {

struct table_reading {
  char delimiter = 0;  ///< 0: told from the header: ',', ';', a tab, or '|' where none of these is
  /// Asked once a column, in their order, when the header was read. Empty: all are inferred.
  std::function<cell_reading(const std::string& name)> reading_of{};
  std::size_t most_texts = 1'000'000;  ///< distinct ones of a column that are kept
  storage::read_limit limit{};         ///< of the memory that the table takes
  int threads = 1;                     ///< that read it; what is read does not depend on them
};

}  // namespace sweepnet
