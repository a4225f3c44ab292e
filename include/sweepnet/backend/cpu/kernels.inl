// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The kernels of one instruction set. Included by kernels.hpp in the namespace of each set, after
// its `vec` and between the pragmas that allow its instructions; it includes nothing itself.

#define SWEEPNET_INLINE [[gnu::always_inline]] static inline
#define SWEEPNET_MEMBER [[gnu::always_inline]] inline

struct kernels {
  static constexpr double sparse_below = vec::sparse_below;

  /// Writes features [first, first + count) of some rows of a data set, of which row_of(i) is one.
  template <class RowOf>
  static void load(const labelled_rows& data, const RowOf& row_of, index_range rows,
                   std::int64_t first, std::int64_t count, const columns_view& to) {
    std::visit(
        [&](const auto& stored) {
          for (std::int64_t k = 0; k < count; k += word) {
            const std::int64_t n = std::min(word, count - k);
            for (std::int64_t r = rows.first; r < rows.last; r += load_rows) {
              const index_range some{r, std::min(r + load_rows, rows.last)};
              const auto from = [&](std::int64_t i) {
                return stored.data() + row_of(i) * data.width + first + k;
              };
              load_part(from, some, n, data.scale, {to.data + k, to.stride});
            }
          }
        },
        data.features);
  }

  /// values[i] = what stored[i] of a data set stands for, and list[i] = {columns[i], values[i]}. Reads
  /// and writes by 16.
  template <class Stored>
  static void unpack(const std::uint16_t* columns, const Stored* stored, std::int64_t count,
                     double scale, float* values, nonzero* list) {
    for (std::int64_t k = 0; k < count; k += scale_count) {
      scale_block(stored + k, scale, values + k);
      for (std::int64_t i = k; i < k + scale_count; i += vec::lanes) {
        vec::pair(columns + i, vec::load(values + i), list + i);
      }
    }
  }

  /// to[i] = the next of `values` for each bit i, else 0; i < count, a multiple of 16 up to 64. May
  /// read 16 values beyond.
  template <class Vec = vec>
  static void expand(std::uint64_t bits, std::int64_t count, const float* values, float* to) {
    if constexpr (requires { Vec::expand(bits, values); }) {
      for (std::int64_t i = 0; i < count; i += Vec::lanes, bits >>= Vec::lanes) {
        Vec::store(to + i, Vec::expand(bits, values));
        values += std::popcount(static_cast<std::uint16_t>(bits));
      }
    } else {
      std::fill_n(to, count, 0.0F);
      if (count < word) bits &= (std::uint64_t{1} << count) - 1;
      for (; bits != 0; bits &= bits - 1) to[std::countr_zero(bits)] = *values++;
    }
  }

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

  /// c = x b for some rows of sparse x (rows x inner); b is one panel.
  static void sparse_product(const sparse_rows& x, index_range rows, const panel_view& b,
                             const columns_view& c) {
    for (std::int64_t chunk = 0; chunk < x.chunks(); ++chunk) {
      const auto list_of = [&](std::int64_t i) { return x.at(rows.first + i, chunk); };
      sparse_lists(rows.count(), list_of, b, {c.row(rows.first), c.stride}, chunk > 0);
    }
  }

  /// Row i of c (+)= sum of value * b[index] over list_of(i), in its order, for `count` rows.
  template <class ListOf>
  static void sparse_lists(std::int64_t count, const ListOf& list_of, const panel_view& b,
                           const columns_view& c, bool add) {
    switch (b.width) {
      case 16: return sparse_panel<16>(count, list_of, b.data, c, add);
      case 32: return sparse_panel<32>(count, list_of, b.data, c, add);
      default: return sparse_panel<64>(count, list_of, b.data, c, add);
    }
  }

  /// c = x b for rows [first, last) of x; b is one panel.
  static void dense_product(const dense_factor& x, std::int64_t first, std::int64_t last,
                            const panel_view& b, const columns_view& c) {
    const columns_view from_first{c.row(first), c.stride};
    switch (b.width) {
      case 16: return dense_panel<16>(x.from_row(first), last - first, b, from_first);
      case 32: return dense_panel<32>(x.from_row(first), last - first, b, from_first);
      default: return dense_panel<64>(x.from_row(first), last - first, b, from_first);
    }
  }

  /// See finish_view.
  template <class F>
  [[gnu::flatten]] static void finish(const F& f, const finish_view& v, index_range rows) {
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      // Constant counts make straight vector code; what lies behind `columns` is padding.
      for (std::int64_t j = 0; j < v.columns; j += part) {
        const std::uint32_t bits = v.keep.bits(r, v.first_column + j);
        float* gate = v.gate.data != nullptr ? v.gate.row(r) + j : nullptr;
        if (v.columns - j > part / 2) {
          finish_part<part>(f, v.bias + j, bits, v.keep.scale, v.output.row(r) + j, gate);
        } else {
          finish_part<part / 2>(f, v.bias + j, bits, v.keep.scale, v.output.row(r) + j, gate);
        }
      }
    }
  }

  /// values *= kept, for `count` values of row r, from column `column` on.
  static void drop(const keep_mask& keep, std::int64_t r, std::int64_t column, std::int64_t count,
                   float* values) {
    for (std::int64_t j = 0; j < count; j += part) {
      const std::uint32_t bits = keep.bits(r, column + j);
      const std::int64_t n = std::min<std::int64_t>(part, count - j);
      for (std::int64_t i = 0; i < n; ++i) {
        values[j + i] = (bits >> i & 1U) != 0 ? values[j + i] * keep.scale : 0.0F;
      }
    }
  }

  /// a *= b, `columns` values of some rows.
  static void multiply(const columns_view& a, const columns_view& b, std::int64_t columns,
                       index_range rows) {
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      float* to = a.row(r);
      const float* by = b.row(r);
      for (std::int64_t j = 0; j < columns; ++j) to[j] *= by[j];
    }
  }

  /// sums[j] = a(0, j) + a(1, j) + ... over `rows` rows, for `width` columns, a multiple of 16.
  static void column_sums(const const_columns_view& a, std::int64_t rows, std::int64_t width,
                          float* sums) {
    std::fill_n(sums, width, 0.0F);
    for (std::int64_t r = 0; r < rows; ++r) {
      const float* row = a.row(r);
      for (std::int64_t j = 0; j < width; ++j) sums[j] += row[j];
    }
  }

  /// to = from^T, from (rows x columns), both multiples of 16.
  static void transpose(const const_columns_view& from, std::int64_t rows, std::int64_t columns,
                        const columns_view& to) {
    for (std::int64_t r = 0; r < rows; r += vec::lanes) {
      for (std::int64_t c = 0; c < columns; c += vec::lanes) {
        transpose_block({from.row(r) + c, from.stride}, {to.row(c) + r, to.stride});
      }
    }
  }

  /// Keeps of some elements, counted over the rows of `keep`, what it has and the draw keeps too.
  /// Elements that share a byte with them may change.
  [[gnu::flatten]] static void narrow(const keep_mask& keep, const mask_draw& draw,
                                      index_range elements) {
    constexpr std::uint32_t lanes = 16;
    const auto end = static_cast<std::uint32_t>((elements.last + 7) / 8);
    for (auto b = static_cast<std::uint32_t>(elements.first / 8); b < end; b += lanes) {
      std::uint32_t words[4][lanes];
      dropout_blocks(draw, b, words);
      std::uint32_t kept[lanes];
      for (std::uint32_t i = 0; i < lanes; ++i) {
        const random_block block{{words[0][i], words[1][i], words[2][i], words[3][i]}};
        kept[i] = 0;
        for (std::uint32_t k = 0; k < dropout_lanes; ++k) {
          kept[i] |= static_cast<std::uint32_t>(is_kept(block, k, draw.threshold)) << k;
        }
      }
      for (std::uint32_t i = 0; i < std::min(lanes, end - b); ++i) {
        keep.bytes[b + i] &= static_cast<std::uint8_t>(kept[i]);
      }
    }
  }

  /// The sink, compiled for this set.
  template <class Sink> static sink_view view_of(const Sink& sink) { return {&sink, apply<Sink>}; }

 private:
  static constexpr std::int64_t load_rows = 32;  // that load() takes at once

  /// Up to load_rows rows of up to 64 features.
  template <class From>
  static void load_part(const From& from, index_range rows, std::int64_t count, double scale,
                        const columns_view& to) {
    // Rows lie anywhere in memory. To copy them first takes so few instructions for each that the
    // processor waits for many of them at the same time; beside the arithmetic below it would not.
    using stored = std::remove_cvref_t<decltype(*from(0))>;
    stored local[std::size_t{load_rows}][std::size_t{word}];
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      if (count == word) {  // a constant length is copied without a call
        std::memcpy(local[r - rows.first], from(r), sizeof local[0]);
      } else {
        std::copy_n(from(r), count, local[r - rows.first]);
      }
    }
    for (std::int64_t r = rows.first; r < rows.last; ++r) {
      for (std::int64_t k = 0; k < count; k += scale_count) {
        scale_block(local[r - rows.first] + k, scale, to.row(r) + k);
      }
    }
  }

  static constexpr std::int64_t scale_count = 16;

  template <class Stored>
  SWEEPNET_INLINE void scale_block(const Stored* from, double scale, float* to) {
    // Bytes by way of integers: compilers vectorise these two loops far better than one.
    using step = std::conditional_t<std::is_integral_v<Stored>, std::int32_t, Stored>;
    step values[std::size_t{scale_count}];
    for (std::int64_t i = 0; i < scale_count; ++i) values[i] = from[i];
    for (std::int64_t i = 0; i < scale_count; ++i) to[i] = scaled<float>(values[i], scale);
  }

  /// words[k][i] = random_at(..., first + i).word[k]: Philox4x32-10 on many counters, which are held
  /// as 64-bit lanes because a round is two products of 32 by 32 bits.
  /// Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
  template <std::uint32_t Count>
  SWEEPNET_INLINE void dropout_blocks(const mask_draw& draw, std::uint32_t first,
                                      std::uint32_t (&words)[4][Count]) {
    using wide = vec::wide;
    constexpr int lanes = sizeof(wide) / sizeof(std::uint64_t);
    constexpr int groups = static_cast<int>(Count) / lanes;
    const wide low = vec::all_wide(0xffffffffU);
    wide c[4][std::size_t{groups}];
    SWEEPNET_UNROLL
    for (int g = 0; g < groups; ++g) {
      for (int l = 0; l < lanes; ++l) {
        c[0][g][l] = first + static_cast<std::uint32_t>(g * lanes + l);
      }
      c[1][g] = vec::all_wide(draw.step);
      c[2][g] = vec::all_wide(static_cast<std::uint32_t>(random_stream::dropout) << 16 | draw.layer);
      c[3][g] = vec::all_wide(random_format_version);
    }
    auto key_0 = static_cast<std::uint32_t>(draw.seed);
    auto key_1 = static_cast<std::uint32_t>(draw.seed >> 32);
    for (int round = 0; round < 10; ++round) {
      SWEEPNET_UNROLL
      for (int g = 0; g < groups; ++g) {
        const wide p = vec::multiply(c[0][g], vec::all_wide(0xD2511F53U));
        const wide q = vec::multiply(c[2][g], vec::all_wide(0xCD9E8D57U));
        c[0][g] = (q >> 32) ^ c[1][g] ^ vec::all_wide(key_0);
        c[1][g] = q & low;
        c[2][g] = (p >> 32) ^ c[3][g] ^ vec::all_wide(key_1);
        c[3][g] = p & low;
      }
      key_0 += 0x9E3779B9U;
      key_1 += 0xBB67AE85U;
    }
    for (int k = 0; k < 4; ++k) {
      std::uint64_t out[std::size_t{Count}];
      std::memcpy(out, c[k], sizeof out);
      for (std::uint32_t i = 0; i < Count; ++i) words[k][i] = static_cast<std::uint32_t>(out[i]);
    }
  }

  static constexpr std::int64_t part = 32;  // columns that one word of a mask decides
  static constexpr std::int64_t word = 64;  // values that one word of nonzero_bits() tells of

  /// Bit i: x[i] != 0, for up to 64 values.
  SWEEPNET_INLINE std::uint64_t nonzero_bits(const float* x, std::int64_t count) {
    std::uint64_t bits = 0;
    for (std::int64_t i = 0; i < count; i += vec::lanes) bits |= vec::nonzeros(vec::load(x + i)) << i;
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

  /// Rows r and r + Distance, of 2 Distance, exchange the blocks that lie across: a[l + Distance]
  /// and b[l].
  template <int Distance, int... Lanes>
  SWEEPNET_INLINE void exchange(vec::type& a, vec::type& b, std::integer_sequence<int, Lanes...>) {
    const vec::type upper = __builtin_shufflevector(
        a, b, ((Lanes & Distance) != 0 ? vec::lanes + Lanes - Distance : Lanes)...);
    b = __builtin_shufflevector(
        a, b, ((Lanes & Distance) != 0 ? vec::lanes + Lanes : Lanes + Distance)...);
    a = upper;
  }

  template <int Distance> SWEEPNET_INLINE void exchange_all(vec::type* rows) {
    if constexpr (Distance > 0) {
      SWEEPNET_UNROLL
      for (int r = 0; r < vec::lanes; ++r) {
        if ((r & Distance) == 0) {
          exchange<Distance>(rows[r], rows[r + Distance],
                             std::make_integer_sequence<int, vec::lanes>{});
        }
      }
      exchange_all<Distance / 2>(rows);
    }
  }

  /// As many rows and columns as a vector has lanes.
  static void transpose_block(const const_columns_view& from, const columns_view& to) {
    vec::type rows[std::size_t{vec::lanes}];
    SWEEPNET_UNROLL
    for (int r = 0; r < vec::lanes; ++r) rows[r] = vec::load(from.row(r));
    exchange_all<vec::lanes / 2>(rows);
    SWEEPNET_UNROLL
    for (int r = 0; r < vec::lanes; ++r) vec::store(to.row(r), rows[r]);
  }

  template <class Sink>
  [[gnu::flatten]] static void apply(const void* sink, std::int64_t offset, float* g,
                                     std::int64_t count, const penalty_rates& penalty) {
    (*static_cast<const Sink*>(sink))(offset, g, count, penalty);
  }

  template <int Count, class F>
  SWEEPNET_INLINE void finish_part(const F& f, const float* bias, std::uint32_t bits, float scale,
                                   float* output, float* gate) {
    // Loops of one operation each: together, compilers see branches and do not vectorise.
    float kept[std::size_t{Count}];
    float z[std::size_t{Count}];
    float y[std::size_t{Count}];
    for (int i = 0; i < Count; i += vec::lanes) {
      vec::store(kept + i, vec::kept(bits >> i, vec::all(scale)));
    }
    for (int i = 0; i < Count; ++i) z[i] = output[i] + bias[i];
    for (int i = 0; i < Count; ++i) y[i] = f(z[i]);
    for (int i = 0; i < Count; ++i) output[i] = y[i] * kept[i];
    if (gate == nullptr) return;
    for (int i = 0; i < Count; ++i) gate[i] = f.derivative(z[i], y[i]) * kept[i];
  }

  /// Rows with long lists go side by side, because one alone waits for its own sums; short lists end
  /// too soon for that.
  template <int Width, class ListOf>
  static void sparse_panel(std::int64_t count, const ListOf& list_of, const float* b,
                           const columns_view& c, bool add) {
    constexpr int vectors = std::min(Width / vec::lanes, 8);
    constexpr int together = std::clamp(vec::accumulators * 2 / 3 / vectors, 1, 4);
    constexpr std::size_t is_long = 8;
    for (std::int64_t i = 0; i < count; i += together) {
      const auto rows = static_cast<int>(std::min<std::int64_t>(together, count - i));
      nonzero_list lists[std::size_t{together}];
      std::size_t shortest = SIZE_MAX;
      for (int r = 0; r < rows; ++r) {
        lists[r] = list_of(i + r);
        shortest = std::min(shortest, lists[r].count);
      }
      if (together > 1 && rows == together && shortest >= is_long) {
        sparse_rows_together<Width, together>(lists, shortest, b, c.row(i), c.stride, add);
      } else {
        for (int r = 0; r < rows; ++r) {
          sparse_rows_together<Width, 1>(lists + r, lists[r].count, b, c.row(i + r), 0, add);
        }
      }
    }
  }

  template <int Width, int Rows>
  SWEEPNET_INLINE void sparse_rows_together(const nonzero_list* lists, std::size_t shortest, const float* b,
                                            float* c, std::int64_t stride, bool add) {
    constexpr int vectors = std::min(Width / vec::lanes, 8);
    for (int column = 0; column < Width; column += vectors * vec::lanes, b += vectors * vec::lanes) {
      vec::type sum[std::size_t{Rows}][std::size_t{vectors}];
      SWEEPNET_UNROLL
      for (int r = 0; r < Rows; ++r) {
        SWEEPNET_UNROLL
        for (int v = 0; v < vectors; ++v) {
          const float* from = c + r * stride + column + v * vec::lanes;
          sum[r][v] = add ? vec::load(from) : vec::zero();
        }
      }
      const auto add_one = [&](int r, std::size_t i) __attribute__((always_inline)) {
        const nonzero& x = lists[r].entries[i];
        const float* row = b + std::size_t{x.index} * Width;
        const vec::type value = vec::all(x.value);
        SWEEPNET_UNROLL
        for (int v = 0; v < vectors; ++v) {
          sum[r][v] = vec::multiply_add(value, vec::load(row + v * vec::lanes), sum[r][v]);
        }
      };
      std::size_t i = 0;
      for (; i + 4 <= shortest; i += 4) {
        SWEEPNET_UNROLL
        for (std::size_t q = 0; q < 4; ++q) {
          SWEEPNET_UNROLL
          for (int r = 0; r < Rows; ++r) add_one(r, i + q);
        }
      }
      for (; i < shortest; ++i) {
        SWEEPNET_UNROLL
        for (int r = 0; r < Rows; ++r) add_one(r, i);
      }
      SWEEPNET_UNROLL
      for (int r = 0; r < Rows && Rows > 1; ++r) {
        for (std::size_t k = i; k < lists[r].count; ++k) add_one(r, k);
      }
      SWEEPNET_UNROLL
      for (int r = 0; r < Rows; ++r) {
        SWEEPNET_UNROLL
        for (int v = 0; v < vectors; ++v) {
          vec::store(c + r * stride + column + v * vec::lanes, sum[r][v]);
        }
      }
    }
  }

  /// Tiles of as many rows as the registers hold, by up to four vectors.
  template <int Width>
  static void dense_panel(const dense_factor& x, std::int64_t rows, const panel_view& b,
                          const columns_view& c) {
    constexpr int vectors = std::min(Width / vec::lanes, 4);
    constexpr int tile = std::min(vec::accumulators / vectors, 8);
    for (int column = 0; column < Width; column += vectors * vec::lanes) {
      const panel_view part_of_b{b.data + column, b.inner, Width};
      const columns_view part_of_c{c.data + column, c.stride};
      std::int64_t r = 0;
      for (; r + tile <= rows; r += tile) {
        dense_tile<tile, vectors>(x.from_row(r), part_of_b, part_of_c.row(r), c.stride);
      }
      last_rows<tile - 1, vectors>(x.from_row(r), rows - r, part_of_b, part_of_c.row(r), c.stride);
    }
  }

  template <int Rows, int Vectors>
  static void last_rows(const dense_factor& x, std::int64_t rows, const panel_view& b, float* c,
                        std::int64_t stride) {
    if constexpr (Rows > 0) {
      if (rows == Rows) return dense_tile<Rows, Vectors>(x, b, c, stride);
      last_rows<Rows - 1, Vectors>(x, rows, b, c, stride);
    }
  }

  template <int Rows, int Vectors>
  SWEEPNET_INLINE void dense_tile(const dense_factor& x, const panel_view& b, float* c,
                                  std::int64_t stride) {
    vec::type sum[std::size_t{Rows}][std::size_t{Vectors}];
    for (int r = 0; r < Rows; ++r) {
      for (int v = 0; v < Vectors; ++v) sum[r][v] = vec::zero();
    }
    const float* b_row = b.data;
    const float* x_column = x.data;
    for (std::int64_t k = 0; k < b.inner; ++k, b_row += b.width, x_column += x.inner_stride) {
      vec::type row[std::size_t{Vectors}];
      for (int v = 0; v < Vectors; ++v) row[v] = vec::load(b_row + v * vec::lanes);
      SWEEPNET_UNROLL
      for (int r = 0; r < Rows; ++r) {
        const vec::type value = vec::all(x_column[r * x.row_stride]);
        SWEEPNET_UNROLL
        for (int v = 0; v < Vectors; ++v) {
          sum[r][v] = vec::multiply_add(value, row[v], sum[r][v]);
        }
      }
    }
    for (int r = 0; r < Rows; ++r) {
      for (int v = 0; v < Vectors; ++v) vec::store(c + r * stride + v * vec::lanes, sum[r][v]);
    }
  }
};

#undef SWEEPNET_INLINE
#undef SWEEPNET_MEMBER
