// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What is known of the zeros of a matrix: counts and lists.

struct nonzero_kernels {
  /// Appends {k, x[k]} for each x[k] != 0, k in [first, last), and returns the end of the list.
  /// Reads x up to the next multiple of 16 from `first` on.
  template <class Vec = vec>
  static nonzero* list(const float* x, std::int64_t first, std::int64_t last, nonzero* to) {
    for (std::int64_t k = first; k < last; k += word) {
      std::uint64_t bits = nonzero_bits(x + k, std::min(word, last - k));
      if constexpr (requires { Vec::append(to, k, Vec::zero(), bits); }) {
        for (std::int64_t i = 0; i < word && k + i < last; i += Vec::lanes) {
          to = Vec::append(to, k + i, Vec::load(x + k + i), bits >> i);
        }
      } else {
        for (; bits != 0; bits &= bits - 1) {
          const std::int64_t at = k + std::countr_zero(bits);
          *to++ = {static_cast<std::uint32_t>(at), x[at]};
        }
      }
    }
    return to;
  }

  /// Appends the nonzeros of some columns of x, for rows [0, rows).
  static void list_columns(const const_columns_view& x, std::int64_t rows, index_range columns,
                           sparse_columns& to) {
    for (std::int64_t r = 0; r < rows; ++r) {
      const float* row = x.row(r);
      for_each_nonzero(row, columns.first, columns.last,
                       [&](std::int64_t k) { to.append(k, r, row[k]); });
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
  static constexpr std::int64_t word = 64;  // values that one word of bits tells of

  /// Bit i: x[i] != 0, for up to 64 values.
  SWEEPNET_INLINE std::uint64_t nonzero_bits(const float* x, std::int64_t count) {
    std::uint64_t bits = 0;
    for (std::int64_t i = 0; i < count; i += vec::lanes)
      bits |= vec::nonzeros(vec::load(x + i)) << i;
    return count < word ? bits & ((std::uint64_t{1} << count) - 1) : bits;
  }

  /// Calls f(k) for each x[k] != 0 in ascending order, k in [first, last).
  template <class F>
  SWEEPNET_INLINE void for_each_nonzero(const float* x, std::int64_t first, std::int64_t last,
                                        const F& f) {
    for (std::int64_t k = first; k < last; k += word) {
      for (std::uint64_t bits = nonzero_bits(x + k, std::min(word, last - k)); bits != 0;
           bits &= bits - 1) {
        f(k + std::countr_zero(bits));
      }
    }
  }
};
