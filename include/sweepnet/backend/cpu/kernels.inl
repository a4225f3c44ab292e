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

  /// c = x b for `count` rows of sparse x (rows x inner), of which row_of(i) is one; b is one panel.
  template <class RowOf>
  static void sparse_product(const sparse_rows& x, const RowOf& row_of, std::int64_t count,
                             const panel_view& b, const columns_view& c) {
    for (std::int64_t chunk = 0; chunk < x.chunks(); ++chunk) {
      sparse_lists(
          count, [&](std::int64_t i) { return x.at(row_of(i), chunk); }, b, c, chunk > 0);
    }
  }

  /// Row i of c (+)= sum of value * b[index] over list_of(i), in its order, for `count` rows. Two
  /// rows go side by side: one alone waits for its own sums.
  template <class ListOf>
  static void sparse_lists(std::int64_t count, const ListOf& list_of, const panel_view& b,
                           const columns_view& c, bool add) {
    std::int64_t i = 0;
    for (; i + 2 <= count; i += 2) {
      if (i + ahead < count) prefetch(list_of(i + ahead));
      if (i + ahead + 1 < count) prefetch(list_of(i + ahead + 1));
      sparse_pair(list_of(i), list_of(i + 1), b, c.row(i), c.row(i + 1), add);
    }
    if (i < count) sparse_row(list_of(i), b, c.row(i), add);
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
      for (std::uint32_t i = 0; i < lanes; ++i) {
        const random_block block =
            random_at(draw.seed, random_stream::dropout, draw.layer, draw.step, b + i);
        for (int k = 0; k < 4; ++k) words[k][i] = block.word[k];
      }
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

  static constexpr std::int64_t ahead = 6;  // rows

  SWEEPNET_INLINE void prefetch(std::span<const nonzero> list) {
    const char* at = reinterpret_cast<const char*>(list.data());
    for (std::size_t i = 0; i < list.size_bytes(); i += 64) __builtin_prefetch(at + i);
  }

  static void sparse_row(std::span<const nonzero> list, const panel_view& b, float* c, bool add) {
    switch (b.width) {
      case 16: return sparse_panel_row<16>(list, b.data, c, add);
      case 32: return sparse_panel_row<32>(list, b.data, c, add);
      default: return sparse_panel_row<64>(list, b.data, c, add);
    }
  }

  static void sparse_pair(std::span<const nonzero> list_0, std::span<const nonzero> list_1,
                          const panel_view& b, float* c_0, float* c_1, bool add) {
    switch (b.width) {
      case 16: return sparse_panel_pair<16>(list_0, list_1, b.data, c_0, c_1, add);
      case 32: return sparse_panel_pair<32>(list_0, list_1, b.data, c_0, c_1, add);
      default: return sparse_panel_pair<64>(list_0, list_1, b.data, c_0, c_1, add);
    }
  }

  /// Sums of one row of a sparse product in registers: Vectors vectors from a column on.
  template <int Vectors> struct row_sums {
    vec::type sum[std::size_t{Vectors}];

    SWEEPNET_MEMBER void begin(const float* c, bool add) {
      SWEEPNET_UNROLL
      for (int v = 0; v < Vectors; ++v) sum[v] = add ? vec::load(c + v * vec::lanes) : vec::zero();
    }
    template <int Width> SWEEPNET_MEMBER void add(const nonzero& x, const float* b) {
      const float* row = b + std::size_t{x.index} * Width;
      const vec::type value = vec::all(x.value);
      SWEEPNET_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        sum[v] = vec::multiply_add(value, vec::load(row + v * vec::lanes), sum[v]);
      }
    }
    SWEEPNET_MEMBER void end(float* c) const {
      SWEEPNET_UNROLL
      for (int v = 0; v < Vectors; ++v) vec::store(c + v * vec::lanes, sum[v]);
    }
  };

  template <int Width>
  SWEEPNET_INLINE void sparse_panel_row(std::span<const nonzero> list, const float* b, float* c,
                                        bool add) {
    constexpr int vectors = std::min(Width / vec::lanes, 8);
    for (int column = 0; column < Width; column += vectors * vec::lanes) {
      row_sums<vectors> sums;
      sums.begin(c + column, add);
      for (const nonzero& x : list) sums.template add<Width>(x, b + column);
      sums.end(c + column);
    }
  }

  template <int Width>
  SWEEPNET_INLINE void sparse_panel_pair(std::span<const nonzero> list_0,
                                         std::span<const nonzero> list_1, const float* b,
                                         float* c_0, float* c_1, bool add) {
    constexpr int vectors = Width / vec::lanes;
    if constexpr (vectors > 4) {  // a row alone keeps the processor busy, and two have no room
      sparse_panel_row<Width>(list_0, b, c_0, add);
      sparse_panel_row<Width>(list_1, b, c_1, add);
    } else {
      row_sums<vectors> sums_0;
      row_sums<vectors> sums_1;
      sums_0.begin(c_0, add);
      sums_1.begin(c_1, add);
      const std::size_t both = std::min(list_0.size(), list_1.size());
      for (std::size_t i = 0; i < both; ++i) {
        sums_0.template add<Width>(list_0[i], b);
        sums_1.template add<Width>(list_1[i], b);
      }
      for (const nonzero& x : list_0.subspan(both)) sums_0.template add<Width>(x, b);
      for (const nonzero& x : list_1.subspan(both)) sums_1.template add<Width>(x, b);
      sums_0.end(c_0);
      sums_1.end(c_1);
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
