// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Products with panels of weights, by lists of nonzeros or of whole rows, and what weight gradients
// need beside them.

struct product_kernels {
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

 private:
  /// Lane i is lane Lanes[i] of a and, behind it, b.
  template <int... Lanes> SWEEPNET_INLINE vec::type shuffled(vec::type a, vec::type b) {
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
  SWEEPNET_INLINE void exchange(vec::type& a, vec::type& b, std::integer_sequence<int, Lanes...>) {
    constexpr int n = vec::lanes;
    const vec::type upper =
        shuffled<((Lanes & Distance) != 0 ? n + Lanes - Distance : Lanes)...>(a, b);
    b = shuffled<((Lanes & Distance) != 0 ? n + Lanes : Lanes + Distance)...>(a, b);
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

  /// Rows with long lists go side by side, because one alone waits for its own sums; short lists
  /// end too soon for that.
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
  SWEEPNET_INLINE void sparse_rows_together(const nonzero_list* lists, std::size_t shortest,
                                            const float* b, float* c, std::int64_t stride,
                                            bool add) {
    constexpr int vectors = std::min(Width / vec::lanes, 8);
    for (int column = 0; column < Width;
         column += vectors * vec::lanes, b += vectors * vec::lanes) {
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
