// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Products with panels of weights, by lists of nonzeros or of whole rows, and what weight gradients
// need beside them.

struct product_kernels {
  /// A row of c (+)= sum of value * b[index] over its list, in its order, for the first `count`
  /// lists; b is one panel. Rows go side by side best with lists about as long as each other.
  static void sparse_product(const list_view& lists, std::int64_t count, const panel_view& b,
                             const columns_view& c, bool add) {
    switch (b.width) {
      case 16: return sparse_panel<16>(lists, count, b.data, c, add);
      case 32: return sparse_panel<32>(lists, count, b.data, c, add);
      default: return sparse_panel<64>(lists, count, b.data, c, add);
    }
  }

  /// c = x b for the first `rows` rows of x; b is one panel.
  static void dense_product(const dense_factor& x, std::int64_t rows, const panel_view& b,
                            const columns_view& c) {
    switch (b.width) {
      case 16: return dense_panel<16>(x, rows, b, c);
      case 32: return dense_panel<32>(x, rows, b, c);
      default: return dense_panel<64>(x, rows, b, c);
    }
  }

  /// sums[j] = a(0, j) + a(1, j) + ... over `rows` rows, for `width` columns, a multiple of 16.
  static void column_sums(const const_columns_view& a, std::int64_t rows, std::int64_t width,
                          float* sums) {
    constexpr int together = 16 / vec::lanes;
    for (std::int64_t j = 0; j < width; j += 16) {
      vec::type sum[std::size_t{together}];
      SWEEPNET_UNROLL
      for (int v = 0; v < together; ++v) sum[v] = vec::zero();
      for (std::int64_t r = 0; r < rows; ++r) {
        SWEEPNET_UNROLL
        for (int v = 0; v < together; ++v) sum[v] += vec::load(a.row(r) + j + v * vec::lanes);
      }
      SWEEPNET_UNROLL
      for (int v = 0; v < together; ++v) vec::store(sums + j + v * vec::lanes, sum[v]);
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

 private:
  /// Lane i is lane Lanes[i] of a and, behind it, b.
  template <int... Lanes>
  SWEEPNET_ALWAYS_INLINE static vec::type shuffled(vec::type a, vec::type b) {
#if defined(__clang__)
    return __builtin_shufflevector(a, b, Lanes...);
#else
    using indices [[gnu::vector_size(sizeof(vec::type))]] = std::int32_t;
    return __builtin_shuffle(a, b, indices{Lanes...});
#endif
  }

  /// Rows r and r + Distance, of 2 Distance, exchange the blocks that lie across: a[l + Distance]
  /// and b[l].
  template <int Distance, int... Lanes>
  SWEEPNET_ALWAYS_INLINE static void exchange(vec::type& a, vec::type& b,
                                              std::integer_sequence<int, Lanes...>) {
    constexpr int n = vec::lanes;
    const vec::type upper =
        shuffled<((Lanes & Distance) != 0 ? n + Lanes - Distance : Lanes)...>(a, b);
    b = shuffled<((Lanes & Distance) != 0 ? n + Lanes : Lanes + Distance)...>(a, b);
    a = upper;
  }

  template <int Distance> SWEEPNET_ALWAYS_INLINE static void exchange_all(vec::type* rows) {
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

  /// Several rows side by side, because one alone waits for its own sums.
  template <int Width>
  static void sparse_panel(const list_view& lists, std::int64_t count, const float* b,
                           const columns_view& c, bool add) {
    constexpr int vectors = std::min(Width / vec::lanes, 4);
    constexpr int together = std::clamp(vec::accumulators * 2 / 3 / vectors, 1, 4);
    const std::int64_t whole = count / together * together;
    for (std::int64_t i = 0; i < whole; i += together) {
      sparse_rows_together<Width, together>(lists, i, b, c, add);
    }
    for (std::int64_t i = whole; i < count; ++i) {
      sparse_rows_together<Width, 1>(lists, i, b, c, add);
    }
  }

  template <int Width, int Rows>
  SWEEPNET_ALWAYS_INLINE static void sparse_rows_together(const list_view& all, std::int64_t first,
                                                          const float* b, const columns_view& c,
                                                          bool add) {
    constexpr int vectors = std::min(Width / vec::lanes, 4);
    nonzero_list lists[std::size_t{Rows}];
    float* to[std::size_t{Rows}];
    std::size_t shortest = SIZE_MAX;
    SWEEPNET_UNROLL
    for (int r = 0; r < Rows; ++r) {
      const std::int64_t k = all.order[first + r];
      const list_place& place = all.place(k);
      lists[r] = {all.indices + place.begin, all.values + place.begin,
                  static_cast<std::size_t>(place.count)};
      to[r] = c.row(k - all.first);
      shortest = std::min(shortest, lists[r].count);
    }
    for (int column = 0; column < Width; column += vectors * vec::lanes) {
      vec::type sum[std::size_t{Rows}][std::size_t{vectors}];
      SWEEPNET_UNROLL
      for (int r = 0; r < Rows; ++r) {
        SWEEPNET_UNROLL
        for (int v = 0; v < vectors; ++v) {
          sum[r][v] = add ? vec::load(to[r] + column + v * vec::lanes) : vec::zero();
        }
      }
      // Four indices in one load and four values in another: loads are what limits this.
      const auto add_four = [&](int r, std::size_t i) __attribute__((always_inline)) {
        const std::uint64_t indices = load_indices(lists[r].indices + i);
        const vec::four values = vec::load_four(lists[r].values + i);
        SWEEPNET_UNROLL
        for (int q = 0; q < 4; ++q) {
          const float* row = b + std::size_t{index_of(indices, q)} * Width + column;
          const vec::type value = vec::value_of(values, q);
          SWEEPNET_UNROLL
          for (int v = 0; v < vectors; ++v) {
            sum[r][v] = vec::multiply_add(value, vec::load(row + v * vec::lanes), sum[r][v]);
          }
        }
      };
      std::size_t i = 0;
      for (; i < shortest; i += 4) {
        SWEEPNET_UNROLL
        for (int r = 0; r < Rows; ++r) add_four(r, i);
      }
      SWEEPNET_UNROLL
      for (int r = 0; r < Rows && Rows > 1; ++r) {
        for (std::size_t k = i; k < lists[r].count; k += 4) add_four(r, k);
      }
      SWEEPNET_UNROLL
      for (int r = 0; r < Rows; ++r) {
        SWEEPNET_UNROLL
        for (int v = 0; v < vectors; ++v) vec::store(to[r] + column + v * vec::lanes, sum[r][v]);
      }
    }
  }

  SWEEPNET_ALWAYS_INLINE static std::uint64_t load_indices(const std::uint16_t* from) {
    std::uint64_t four;
    std::memcpy(&four, from, sizeof four);
    return four;
  }
  /// Index q, 0 to 3, of those.
  SWEEPNET_ALWAYS_INLINE static std::uint16_t index_of(std::uint64_t four, int q) {
    const int place = std::endian::native == std::endian::little ? q : 3 - q;
    return static_cast<std::uint16_t>(four >> 16 * place);
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
  SWEEPNET_ALWAYS_INLINE static void dense_tile(const dense_factor& x, const panel_view& b,
                                                float* c, std::int64_t stride) {
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
