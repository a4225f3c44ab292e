// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The first record of a table: its columns' names, and what delimits them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/data/table/csv_index.hpp"

namespace sweepnet::csv {

inline constexpr std::size_t most_columns = std::size_t{1} << 17;

struct table_header {
  char delimiter = ',';
  std::vector<std::string> names{};
  std::size_t used = 0;   ///< bytes, blank lines before it included
  std::size_t lines = 0;  ///< in these
};

/// Throws data_error for text that begins like a file of another format.
void refuse_other_formats(std::string_view text, const std::string& source);

/// Throws data_error for what is wrong at a place in `text`, whose first line is `first_line`.
[[noreturn]] void refuse(const fault& found, std::string_view text, const shape& form,
                         const std::string& source, std::int64_t first_line);

/// What the beginning of a table says, `text`, whose first line is `first_line`; nothing if more of
/// it is needed, which there is unless it `is_whole`. A delimiter of 0 is told from the names.
/// Throws data_error for names that no table has.
[[nodiscard]] std::optional<table_header> read_header(std::string_view text, const shape& form,
                                                      const std::string& source,
                                                      std::int64_t first_line, bool is_whole);

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/csv_header.inl"
#endif
