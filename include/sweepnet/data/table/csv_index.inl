// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/csv_index.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstring>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet::csv {

namespace detail {

/// Bit i: whether byte i of 64 is a delimiter, a line feed, a quote.
struct byte_masks {
  std::uint64_t delimiters = 0;
  std::uint64_t feeds = 0;
  std::uint64_t quotes = 0;
};

#if defined(__SSE2__)
inline byte_masks masks_of(const char* bytes, char delimiter) {
  const __m128i wanted[3] = {_mm_set1_epi8(delimiter), _mm_set1_epi8('\n'), _mm_set1_epi8('"')};
  byte_masks masks;
  for (int part = 0; part < 4; ++part) {
    const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + part);
    const auto equal = [&](__m128i byte) {
      const auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(some, byte)));
      return std::uint64_t{bits} << (16 * part);
    };
    masks.delimiters |= equal(wanted[0]);
    masks.feeds |= equal(wanted[1]);
    masks.quotes |= equal(wanted[2]);
  }
  return masks;
}
#else
inline byte_masks masks_of(const char* bytes, char delimiter) {
  byte_masks masks;
  for (int i = 0; i < 64; ++i) {
    masks.delimiters |= std::uint64_t{bytes[i] == delimiter} << i;
    masks.feeds |= std::uint64_t{bytes[i] == '\n'} << i;
    masks.quotes |= std::uint64_t{bytes[i] == '"'} << i;
  }
  return masks;
}
#endif

/// Whether a text that is not empty is a character of UTF-8 whose end is missing.
inline bool is_part_of_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const bool leads = lead >= 0xc2 && lead <= 0xf4;
  const std::size_t length = !leads ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return text.size() < length && std::ranges::all_of(text.substr(1), [](char c) {
           return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
         });
}

/// One pass over a text, 64 bytes at a time.
class record_indexer {
 public:
  record_indexer(std::string_view text, const shape& form, record_index& index)
      : text_(text), form_(form), index_(index) {
    index_.begins.clear();
    index_.columns = form.columns;
    index_.used = index_.lines = index_.open_cells = 0;
    index_.quote.reset();
    index_.broken.reset();
  }

  void run() {
    for (std::size_t at = 0; at < text_.size() && !done_; at += 64) {
      char rest[64];
      const char* bytes = text_.data() + at;
      if (text_.size() - at < 64) {
        std::memset(rest, 0, 64);
        std::memcpy(rest, bytes, text_.size() - at);
        bytes = rest;
      }
      if (index_.ends.size() < ended_ + 64) index_.ends.resize(2 * ended_ + 128);
      const byte_masks masks = masks_of(bytes, form_.delimiter);
      if (masks.quotes == 0 && !quoted_) {
        take_plain(at, masks);
      } else {
        take_quoted(at, masks);
      }
    }
    index_.open_cells = ended_ - record_ended_;
    if (quoted_ && !index_.broken) index_.quote = quote_;
    index_.ends.resize(record_ended_);
  }

 private:
  void take_plain(std::size_t at, const byte_masks& masks) {
    for (std::uint64_t left = masks.delimiters | masks.feeds; left != 0; left &= left - 1) {
      const int bit = std::countr_zero(left);
      end_cell(at + static_cast<std::size_t>(bit), (masks.feeds >> bit & 1) != 0);
      if (done_) return;
    }
  }

  void take_quoted(std::size_t at, const byte_masks& masks) {
    std::uint64_t left = masks.delimiters | masks.feeds | masks.quotes;
    for (; left != 0; left &= left - 1) {
      const int bit = std::countr_zero(left);
      const std::size_t here = at + static_cast<std::size_t>(bit);
      const bool is_quote = (masks.quotes >> bit & 1) != 0;
      const bool is_feed = (masks.feeds >> bit & 1) != 0;
      if (here < resume_) continue;  // the second quote of two
      if (quoted_) {
        lines_ += is_feed ? 1 : 0;
        if (is_quote) end_quotes(here);
      } else if (!is_quote) {
        end_cell(here, is_feed);
      } else if (here == cell_) {
        quoted_ = true;
        quote_ = here;
      }
      if (done_) return;
    }
  }

  /// At a quote within quotes.
  void end_quotes(std::size_t here) {
    const std::size_t next = here + 1;
    if (next == text_.size()) return;  // nobody knows yet what it is
    if (text_[next] == '"') {
      resume_ = next + 1;
      return;
    }
    const bool returns = text_[next] == '\r';
    if (returns && next + 1 == text_.size()) return;
    const bool ends = text_[next] == form_.delimiter || text_[next] == '\n' ||
                      (returns && text_[next + 1] == '\n');
    if (!ends && is_part_of_character(text_.substr(next))) return;  // the message shows it whole
    quoted_ = false;
    if (!ends) {
      break_off(next, {.what = fault::kind::after_quote,
                       .at = next,
                       .cell = ended_ - record_ended_,
                       .opened = quote_});
    }
  }

  void end_cell(std::size_t here, bool ends_line) {
    if (!ends_line) {
      index_.ends[ended_++] = static_cast<std::uint32_t>(here);
      cell_ = here + 1;
      return;
    }
    const std::size_t end = here - (here > cell_ && text_[here - 1] == '\r' ? 1 : 0);
    if (ended_ != record_ended_ || !is_blank(end)) {
      index_.ends[ended_++] = static_cast<std::uint32_t>(end);
      end_record(here);
      if (index_.broken) return;
    }
    index_.used = record_ = cell_ = here + 1;
    index_.lines = ++lines_;
  }

  void end_record(std::size_t here) {
    const std::size_t found = ended_ - record_ended_;
    if (index_.columns == 0) {
      index_.columns = found;
      done_ = true;
    }
    if (found != index_.columns || here - record_ > form_.longest) {
      break_off(here, {.what = fault::kind::cell_count, .at = record_, .found = found});
      return;
    }
    index_.begins.push_back(static_cast<std::uint32_t>(record_));
    record_ended_ = ended_;
  }

  /// Whether the line up to `end` is.
  [[nodiscard]] bool is_blank(std::size_t end) const {
    std::size_t at = record_;
    while (at < end && text_[at] == ' ') ++at;
    return at == end;
  }

  /// `here` is where `found` shows.
  void break_off(std::size_t here, const fault& found) {
    done_ = true;
    index_.broken = found;
    if (here - record_ > form_.longest) {
      index_.broken = fault_of_long_record(text_, record_, form_);
    }
  }

  std::string_view text_;
  const shape& form_;
  record_index& index_;
  std::size_t record_ = 0;        ///< where this one begins
  std::size_t cell_ = 0;          ///< where this one begins
  std::size_t ended_ = 0;         ///< cells
  std::size_t record_ended_ = 0;  ///< cells of the records before
  std::size_t lines_ = 0;         ///< that have ended
  std::size_t quote_ = 0;         ///< the last that opened a cell
  std::size_t resume_ = 0;        ///< what lies before is done with
  bool quoted_ = false;
  bool done_ = false;
};

}  // namespace detail

SWEEPNET_INLINE void index_records(std::string_view text, const shape& form, record_index& index) {
  const std::size_t nul = std::min(text.find('\0'), text.size());
  detail::record_indexer(text.substr(0, nul), form, index).run();
  if (nul == text.size() || index.broken || (form.columns == 0 && index.rows() == 1)) return;
  index.broken = {.what = fault::kind::nul, .at = nul, .cell = index.open_cells};
  if (nul - index.used > form.longest) {
    index.broken = fault_of_long_record(text, index.used, form);
  }
}

SWEEPNET_INLINE fault fault_of_long_record(std::string_view text, std::size_t first,
                                           const shape& form) {
  record_index index;
  shape own = form;
  own.longest = text.size() - first;
  index_records(text.substr(first, form.longest), own, index);
  fault found{.what = fault::kind::long_record, .at = 0};
  if (index.broken) {
    found = *index.broken;
  } else if (index.quote) {
    found = {.what = fault::kind::open_quote, .at = *index.quote, .cell = index.open_cells};
  }
  found.at += first;
  found.opened += first;
  return found;
}

}  // namespace sweepnet::csv
