// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// How features come from a data set into a batch.

struct feature_kernels {
  /// Writes some rows of a batch, whose row r is row batch[r] of the data.
  static void load(const labelled_rows& data, const std::uint32_t* batch, index_range rows,
                   const columns_view& to) {
    data.visit([&](const auto& view) {
      if constexpr (std::remove_cvref_t<decltype(view)>::lists_nonzeros) {
        for (std::int64_t r = rows.first; r < rows.last; ++r) view.copy_row(batch[r], to.row(r));
      } else {
        load_dense(view, batch, rows, to);
      }
    });
  }

  /// Blocks of the bits that lie at `bits`, and one beyond. Returns how many nonzeros they tell of,
  /// rounded up to a multiple of 4.
  static std::int64_t unpack_blocks(const std::byte* bits, std::int64_t count,
                                    nonzero_block* blocks) {
    std::uint32_t before = 0;
    for (std::int64_t b = 0; b < count; ++b) {
      std::memcpy(&blocks[b].bits, bits + b * 8, 8);
      blocks[b].before = before;
      before += static_cast<std::uint32_t>(std::popcount(blocks[b].bits));
    }
    blocks[count] = {0, before};
    return (before + 3) / 4 * 4;
  }

  /// Copies columns, and values[i] = what stored[i] of a data set stands for. Reads and writes
  /// by 16.
  template <class Stored>
  static void unpack(const std::uint16_t* columns, const Stored* stored, std::int64_t count,
                     double scale, std::uint16_t* indices, float* values) {
    for (std::int64_t k = 0; k < count; k += scale_count) {
      std::memcpy(indices + k, columns + k, scale_count * sizeof *columns);
      scale_block(stored + k, scale, values + k);
    }
  }

 private:
  static constexpr std::int64_t word = 64;       // features that are taken at once
  static constexpr std::int64_t load_rows = 32;  // that load() takes at once

  template <class View>
  static void load_dense(const View& view, const std::uint32_t* batch, index_range rows,
                         const columns_view& to) {
    for (std::int64_t k = 0; k < view.width; k += word) {
      const std::int64_t n = std::min(word, view.width - k);
      for (std::int64_t r = rows.first; r < rows.last; r += load_rows) {
        const index_range some{r, std::min(r + load_rows, rows.last)};
        const auto from = [&](std::int64_t i) {
          return view.row(static_cast<std::int64_t>(batch[i])) + k;
        };
        load_part(from, some, n, view.scale, {to.data + k, to.stride});
      }
    }
  }

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
  SWEEPNET_ALWAYS_INLINE static void scale_block(const Stored* from, double scale, float* to) {
    // Bytes by way of integers: compilers vectorise these two loops far better than one.
    using step = std::conditional_t<std::is_integral_v<Stored>, std::int32_t, Stored>;
    step values[std::size_t{scale_count}];
    for (std::int64_t i = 0; i < scale_count; ++i) values[i] = from[i];
    for (std::int64_t i = 0; i < scale_count; ++i) to[i] = scaled<float>(values[i], scale);
  }
};
