// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A table's text in pieces, as they come, cut into blocks of whole records.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sweepnet/data/table/csv_header.hpp"
#include "sweepnet/data/table/csv_index.hpp"

namespace sweepnet::csv {

struct block_sizes {
  std::size_t block = std::size_t{1} << 19;  ///< bytes at least, but for the last one
  std::size_t longest = longest_record;
};

/// Whole records, and what is wrong behind them, if anything is.
struct text_block {
  std::string bytes{};
  bool is_indexed = false;  ///< else `index` is to be filled from the bytes
  record_index index{};
};

/// Gives the header to on_header(), and each block to on_block(), which gives back one to fill, of
/// whatever content. Blocks end where quotes cannot be: a block without any is only cut at its last
/// line end, and left to be indexed by whoever has the time; another one is indexed here. Behind a
/// block that ends in something wrong no other follows.
class block_splitter {
 public:
  using take_header = std::function<void(const table_header&)>;
  using take_block = std::function<text_block(text_block)>;

  /// A delimiter of 0 is told from the header.
  block_splitter(std::string source, char delimiter, const block_sizes& sizes,
                 take_header on_header, take_block on_block);

  void add(std::string_view piece);
  /// After the last piece. Throws data_error if there was no header.
  void finish();
  /// After a piece that no other will follow, as they cannot be had: gives what is whole.
  void flush();

 private:
  /// Whether more text may follow.
  enum class text_end { open, closed };

  void cut(text_end end);
  bool find_header(text_end end);
  [[nodiscard]] std::optional<fault> fault_of_rest(std::string_view text, text_end end) const;
  void emit();

  std::string source_;
  shape form_;
  block_sizes sizes_;
  take_header on_header_;
  take_block on_block_;
  text_block filling_{};
  std::size_t block_ = 0;        ///< bytes at least
  std::size_t wanted_ = 0;       ///< bytes of `filling_` with which to look for whole records
  std::int64_t first_line_ = 1;  ///< of it, while there is no header
  bool begun_ = false;
  bool done_ = false;
};

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/csv_blocks.inl"
#endif
