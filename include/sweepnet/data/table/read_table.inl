// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/read_table.hpp"

#include <optional>

#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/table/csv_reader.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

namespace csv::detail {

inline table_content content_in_memory(std::string_view content, const std::string& source) {
  return {.shown = source,
          .give = [content](const storage::piece_taker& take) { take(content); },
          .bytes = content.size(),
          .is_unchanged = [] { return true; }};
}

/// Of what can be read in pieces; more than once where it is a file on disk.
inline table_content content_at(const storage::location& where, std::uint64_t bytes,
                                const storage::revision& now) {
  return {.shown = storage::display_name(where),
          .give = [where](const storage::piece_taker& take) { storage::read_pieces(where, take); },
          .bytes = bytes,
          .is_unchanged = [where, now] { return storage::revision_of(where) == now; }};
}

}  // namespace csv::detail

SWEEPNET_INLINE raw_table read_table(const storage::location& where, const table_reading& reading) {
  if (const std::optional<std::uint64_t> bytes = storage::size_on_disk(where)) {
    return csv::read_content(csv::detail::content_at(where, *bytes, storage::revision_of(where)),
                             reading);
  }
  const std::string content = storage::read(where, reading.limit);
  return read_table_text(content, storage::display_name(where), reading);
}

SWEEPNET_INLINE void read_table_blocks(const storage::location& where, const table_reading& reading,
                                       const std::function<void(raw_table)>& take) {
  csv::read_content_blocks(csv::detail::content_at(where, 0, {}), reading, take);
}

SWEEPNET_INLINE raw_table read_table_text(std::string_view content, const std::string& source,
                                          const table_reading& reading) {
  return csv::read_content(csv::detail::content_in_memory(content, source), reading);
}

}  // namespace sweepnet
