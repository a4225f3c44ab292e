// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/csv_blocks.hpp"

#include <algorithm>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet::csv {

SWEEPNET_INLINE block_splitter::block_splitter(std::string source, char delimiter,
                                               const block_sizes& sizes, take_header on_header,
                                               take_block on_block)
    : source_(std::move(source)),
      form_{.delimiter = delimiter, .columns = 0, .longest = sizes.longest},
      sizes_(sizes),
      on_header_(std::move(on_header)),
      on_block_(std::move(on_block)),
      wanted_(std::max<std::size_t>(sizes.block, 64)) {}

SWEEPNET_INLINE void block_splitter::add(std::string_view piece) {
  while (!piece.empty() && !done_) {
    std::string& bytes = filling_.bytes;
    const std::size_t some = std::min(piece.size(), wanted_ - bytes.size());
    bytes += piece.substr(0, some);
    piece.remove_prefix(some);
    while (filling_.bytes.size() >= wanted_ && !done_) cut(text_end::open);
  }
}

SWEEPNET_INLINE void block_splitter::finish() {
  std::string& bytes = filling_.bytes;
  if (!bytes.empty() && !bytes.ends_with('\n')) bytes += '\n';
  if (!done_) cut(text_end::closed);
  done_ = true;
}

SWEEPNET_INLINE void block_splitter::flush() {
  if (!done_) cut(text_end::open);
  done_ = true;
}

SWEEPNET_INLINE bool block_splitter::find_header(text_end end) {
  std::string& bytes = filling_.bytes;
  if (!std::exchange(begun_, true)) {
    if (bytes.starts_with("\xef\xbb\xbf")) bytes.erase(0, 3);
    refuse_other_formats(bytes, source_);
  }
  record_index blank;
  index_records(bytes, {.delimiter = ',', .columns = 0, .longest = form_.longest}, blank);
  if (blank.rows() == 0) {  // blank lines may go on for long
    bytes.erase(0, blank.used);
    first_line_ += static_cast<std::int64_t>(blank.lines);
  }
  std::optional<table_header> header =
      read_header(bytes, form_, source_, first_line_, end == text_end::closed);
  if (!header) {
    wanted_ = std::max(wanted_, 2 * bytes.size());
    return false;
  }
  bytes.erase(0, header->used);
  header->lines += static_cast<std::size_t>(first_line_ - 1);
  form_.delimiter = header->delimiter;
  form_.columns = header->names.size();
  // Not much of a block should go into what each column costs.
  block_ = std::max(sizes_.block, std::min(16 * sizes_.block, 64 * header->used));
  wanted_ = block_;
  on_header_(*header);
  return true;
}

SWEEPNET_INLINE void block_splitter::cut(text_end end) {
  if (form_.columns == 0 && !find_header(end)) return;
  const std::string_view text = filling_.bytes;
  if (text.empty()) return;
  record_index& index = filling_.index;
  if (text.find('"') == text.npos) {
    const std::size_t feed = text.rfind('\n');
    index.used = feed == text.npos ? 0 : feed + 1;
    index.broken.reset();
    filling_.is_indexed = false;
  } else {
    index_records(text, form_, index);
    filling_.is_indexed = true;
  }
  if (!index.broken) index.broken = fault_of_rest(text, end);
  if (index.broken && !filling_.is_indexed) {
    index_records(text, form_, index);
    if (!index.broken) index.broken = fault_of_rest(text, end);
    filling_.is_indexed = true;
  }
  if (index.broken || index.used > 0) {
    emit();
  } else {
    wanted_ = 2 * text.size();
  }
}

/// Of a record that is not whole.
SWEEPNET_INLINE std::optional<fault> block_splitter::fault_of_rest(std::string_view text,
                                                                   text_end end) const {
  const record_index& index = filling_.index;
  if (text.size() - index.used > form_.longest) {
    return fault_of_long_record(text, index.used, form_);
  }
  if (end == text_end::open || !filling_.is_indexed || !index.quote) return std::nullopt;
  return fault{.what = fault::kind::open_quote, .at = *index.quote, .cell = index.open_cells};
}

SWEEPNET_INLINE void block_splitter::emit() {
  done_ = filling_.index.broken.has_value();
  std::string& bytes = filling_.bytes;
  const std::string rest = done_ ? "" : bytes.substr(filling_.index.used);
  bytes.resize(bytes.size() - rest.size());
  filling_ = on_block_(std::move(filling_));
  filling_.bytes = rest;
  wanted_ = block_;
}

}  // namespace sweepnet::csv
