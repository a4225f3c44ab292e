// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What is known of the zeros of a matrix: counts and lists.

struct nonzero_kernels {
  /// Lists k and x[k] for each x[k] != 0, k in [first, last), and returns how many. Reads x and
  /// writes to the list up to the next multiple of 16.
  template <class Vec>
  static std::size_t list(const float* x, std::int64_t first, std::int64_t last,
                          std::uint16_t* indices, float* values) {
    std::size_t count = 0;
    for (std::int64_t k = first; k < last; k += word) {
      std::uint64_t bits = nonzero_bits(x + k, std::min(word, last - k));
      if constexpr (requires { Vec::compress(bits, k, Vec::zero(), indices, values); }) {
        for (std::int64_t i = 0; i < word && k + i < last; i += Vec::lanes) {
          count += Vec::compress(bits >> i, k + i, Vec::load(x + k + i), indices + count,
                                 values + count);
        }
      } else {
        for (; bits != 0; bits &= bits - 1, ++count) {
          const std::int64_t at = k + std::countr_zero(bits);
          indices[count] = static_cast<std::uint16_t>(at);
          values[count] = x[at];
        }
      }
    }
    return count;
  }

  /// Appends the nonzeros of some columns of x, for rows [0, rows).
  static void list_columns(const const_columns_view& x, std::int64_t rows, index_range columns,
                           const growing_lists& to) {
    for (std::int64_t r = 0; r < rows; ++r) {
      const float* row = x.row(r);
      for_each_nonzero(row, columns.first, columns.last,
                       [&](std::int64_t k) { to.append(k, r, row[k]); });
    }
  }

  /// The same for rows that are lists.
  static void list_columns_of(const nonzero_row* x, std::int64_t rows, index_range columns,
                              const growing_lists& to) {
    for (std::int64_t r = 0; r < rows; ++r) {
      const nonzero_row& row = x[r];
      const std::uint32_t last = before(row, columns.last);
      for (std::uint32_t i = before(row, columns.first); i < last; ++i) {
        to.append(row.indices[i], r, row.values[i]);
      }
    }
  }

  /// The columns in some places of `used`, of rows [0, rows), in which no others are not 0; back to
  /// back and padded with zeros to `width`, at most 64.
  template <class Vec>
  static void gather(const nonzero_row* x, std::int64_t rows, const column_view& used,
                     index_range places, std::int64_t width, float* to) {
    if constexpr (requires { Vec::expand(0, to); }) {
      return gather_bits<Vec>(x, rows, used, places, width, to);
    }
    const index_range columns{used.column(places.first), used.column(places.last - 1) + 1};
    for (std::int64_t r = 0; r < rows; ++r, to += width) {
      const nonzero_row& row = x[r];
      std::fill_n(to, width, 0.0F);
      const std::uint32_t last = before(row, columns.last);
      for (std::uint32_t i = before(row, columns.first); i < last; ++i) {
        to[used.place(row.indices[i]) - places.first] = row.values[i];
      }
    }
  }

  /// How many of x[0, count) are not 0. Reads x up to the next multiple of 16.
  static std::int64_t count_nonzeros(const float* x, std::int64_t count) {
    std::int64_t total = 0;
    for (std::int64_t k = 0; k < count; k += word) {
      total += std::popcount(nonzero_bits(x + k, std::min(word, count - k)));
    }
    return total;
  }

 private:
  /// How many of a row's nonzeros come before a column.
  SWEEPNET_ALWAYS_INLINE static std::uint32_t before(const nonzero_row& row, std::int64_t column) {
    const nonzero_block& block = row.blocks[column / nonzero_block::width];
    const std::uint64_t below = (std::uint64_t{1} << column % nonzero_block::width) - 1;
    return block.before + static_cast<std::uint32_t>(std::popcount(block.bits & below));
  }

  /// gather() by whole vectors: what is not 0 of a row's columns, as bits moved together.
  template <class Vec>
  static void gather_bits(const nonzero_row* x, std::int64_t rows, const column_view& used,
                          index_range places, std::int64_t width, float* to) {
    struct part {
      std::int64_t block;
      std::uint64_t mask;  // columns of the block
      std::int64_t place;  // of the first of them
    } parts[std::size_t{word}];
    part* end = parts;
    for (std::int64_t i = places.first; i < places.last; ++i) {
      const std::int64_t column = used.column(i);
      const std::int64_t block = column / nonzero_block::width;
      if (end == parts || end[-1].block != block) *end++ = {block, 0, i - places.first};
      end[-1].mask |= std::uint64_t{1} << column % nonzero_block::width;
    }
    for (std::int64_t r = 0; r < rows; ++r, to += width) {
      const nonzero_row& row = x[r];
      std::uint64_t bits = 0;
      for (const part* p = parts; p < end; ++p) {
        bits |= Vec::extract(row.blocks[p->block].bits, p->mask) << p->place;
      }
      const float* values = row.values + before(row, used.column(places.first));
      for (std::int64_t i = 0; i < width; i += Vec::lanes, bits >>= Vec::lanes) {
        Vec::store(to + i, Vec::expand(bits, values));
        values += std::popcount(static_cast<std::uint16_t>(bits));
      }
    }
  }

  static constexpr std::int64_t word = 64;  // values that one word of bits tells of

  /// Bit i: x[i] != 0, for up to 64 values.
  SWEEPNET_ALWAYS_INLINE static std::uint64_t nonzero_bits(const float* x, std::int64_t count) {
    std::uint64_t bits = 0;
    for (std::int64_t i = 0; i < count; i += vec::lanes)
      bits |= vec::nonzeros(vec::load(x + i)) << i;
    return count < word ? bits & ((std::uint64_t{1} << count) - 1) : bits;
  }

  /// Calls f(k) for each x[k] != 0 in ascending order, k in [first, last).
  template <class F>
  SWEEPNET_ALWAYS_INLINE static void for_each_nonzero(const float* x, std::int64_t first,
                                                      std::int64_t last, const F& f) {
    for (std::int64_t k = first; k < last; k += word) {
      for (std::uint64_t bits = nonzero_bits(x + k, std::min(word, last - k)); bits != 0;
           bits &= bits - 1) {
        f(k + std::countr_zero(bits));
      }
    }
  }
};
