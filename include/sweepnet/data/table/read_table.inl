// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/read_table.hpp"

#include <memory>
#include <optional>
#include <set>

#include "sweepnet/core/digest.hpp"
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

/// Of what can be read in pieces.
inline table_content content_in_pieces(const storage::location& where) {
  return {.shown = storage::display_name(where),
          .give = [where](const storage::piece_taker& take) { storage::read_pieces(where, take); },
          .is_unchanged = [] { return true; }};
}

/// Of a file on disk, which can be read more than once.
inline table_content content_on_disk(const storage::location& where, std::uint64_t bytes) {
  table_content content = content_in_pieces(where);
  content.bytes = bytes;
  content.is_unchanged = [where, now = storage::revision_of(where)] {
    return storage::revision_of(where) == now;
  };
  return content;
}

/// Of a file behind s3:// or https://, too: who may read it may not always ask for its revision, so
/// it is the same if all its bytes are.
inline table_content content_elsewhere(const storage::location& where) {
  table_content content = content_in_pieces(where);
  const auto seen = std::make_shared<std::set<std::string>>();
  content.give = [where, seen](const storage::piece_taker& take) {
    digest whole;
    storage::read_pieces(where, [&](std::string_view piece) {
      whole.add(piece);
      take(piece);
    });
    seen->insert(whole.text());
  };
  content.is_unchanged = [seen] { return seen->size() == 1; };
  return content;
}

}  // namespace csv::detail

SWEEPNET_INLINE raw_table read_table(const storage::location& where, const table_reading& reading) {
  if (where.is_remote()) {
    return csv::read_content(csv::detail::content_elsewhere(where), reading);
  }
  if (const std::optional<std::uint64_t> bytes = storage::size_on_disk(where)) {
    return csv::read_content(csv::detail::content_on_disk(where, *bytes), reading);
  }
  const std::string content = storage::read(where, reading.limit);
  return read_table_text(content, storage::display_name(where), reading);
}

SWEEPNET_INLINE void read_table_blocks(const storage::location& where, const table_reading& reading,
                                       const std::function<void(raw_table)>& take) {
  csv::read_content_blocks(csv::detail::content_in_pieces(where), reading, take);
}

SWEEPNET_INLINE raw_table read_table_text(std::string_view content, const std::string& source,
                                          const table_reading& reading) {
  return csv::read_content(csv::detail::content_in_memory(content, source), reading);
}

}  // namespace sweepnet
