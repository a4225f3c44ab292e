// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How rows in memory become a panel of floats in shared memory. A thread fetches 16 bytes of a row
// at a time into registers, or in smaller pieces where the rows are not aligned to them, and stages
// them in shared memory later: so one panel is on its way while the block works on another.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sweepnet/core/host_device.hpp"

namespace sweepnet::cuda {

/// Four floats at once, from where 16 bytes are aligned.
struct quad {
  static constexpr std::size_t alignment = 16;
  float value[4];

  [[nodiscard]] SWEEPNET_HOST_DEVICE static quad load(const float* from) {
    const auto* aligned = static_cast<const float*>(__builtin_assume_aligned(from, alignment));
    return {{aligned[0], aligned[1], aligned[2], aligned[3]}};
  }
  SWEEPNET_HOST_DEVICE void store(void* to) const {
    auto* aligned = static_cast<float*>(__builtin_assume_aligned(to, alignment));
    for (int i = 0; i < 4; ++i) aligned[i] = value[i];
  }
};

/// 16 bytes of a row: 4 floats or 16 bytes. fetch() takes the `count` values that are there, if
/// any, and 0 for the others; `alignment` of `from` is 16, 4 or 1.
template <class T> struct row_segment;

template <> struct row_segment<float> {
  static constexpr int size = 4;
  quad values;

  [[nodiscard]] SWEEPNET_HOST_DEVICE float operator[](int i) const { return values.value[i]; }
  SWEEPNET_HOST_DEVICE void fetch(const float* from, int count, int alignment) {
    if (alignment == 16 && count >= size) {
      values = quad::load(from);
      return;
    }
    for (int i = 0; i < size; ++i) values.value[i] = i < count ? from[i] : 0.0F;
  }
};

template <> struct row_segment<std::uint8_t> {
  static constexpr int size = 16;
  std::uint32_t word[size / 4];

  [[nodiscard]] SWEEPNET_HOST_DEVICE std::uint32_t operator[](int i) const {
    return word[i / 4] >> shift_of(i) & 0xffU;
  }
  SWEEPNET_HOST_DEVICE void fetch(const std::uint8_t* from, int count, int alignment) {
    if (alignment == 16 && count >= size) {
      const auto* aligned = static_cast<const std::uint8_t*>(__builtin_assume_aligned(from, 16));
      for (int w = 0; w < size / 4; ++w) memcpy(word + w, aligned + 4 * w, 4);
      return;
    }
    for (int w = 0; w < size / 4; ++w) {
      if (alignment >= 4 && 4 * w + 4 <= count) {
        memcpy(word + w, __builtin_assume_aligned(from + 4 * w, 4), 4);
        continue;
      }
      word[w] = 0;
      for (int i = 4 * w; i < 4 * w + 4; ++i) {
        if (i < count) word[w] |= static_cast<std::uint32_t>(from[i]) << shift_of(i);
      }
    }
  }

 private:
  /// Where byte i lies in its word, as the machine stores words.
  [[nodiscard]] SWEEPNET_HOST_DEVICE static constexpr int shift_of(int i) {
    return 8 * (std::endian::native == std::endian::little ? i % 4 : 3 - i % 4);
  }
};

/// Rows in memory, each of `columns` values, `pitch` values apart: with an order, row r is number
/// order[r].
template <class T> struct matrix_rows {
  const T* data;
  std::int64_t pitch;
  int rows;
  int columns;
  const std::uint32_t* order = nullptr;

  [[nodiscard]] SWEEPNET_HOST_DEVICE const T* row(int r) const {
    return data + (order != nullptr ? static_cast<std::int64_t>(order[r]) : r) * pitch;
  }
  /// Of each row's 16-byte segments: 16, 4 or 1.
  [[nodiscard]] SWEEPNET_HOST_DEVICE int alignment() const {
    const auto place = reinterpret_cast<std::uintptr_t>(data);
    const auto both = place | static_cast<std::uintptr_t>(pitch) * sizeof(T);
    return both % 16 == 0 ? 16 : both % 4 == 0 ? 4 : 1;
  }
};

/// What stored values count for: byte b is table[b].
struct byte_values {
  static constexpr int count = 256;
  const float* table;  // (256), in shared memory

  [[nodiscard]] SWEEPNET_HOST_DEVICE float operator()(std::uint32_t byte) const {
    return table[byte];
  }
  /// The table, by all threads of a block.
  SWEEPNET_HOST_DEVICE static void fill(float* table, double scale, int thread, int threads) {
    for (int b = thread; b < count; b += threads) {
      table[b] = static_cast<float>(static_cast<double>(b) * scale);
    }
  }
};

/// The same for reals: rounded once.
struct real_values {
  double scale = 1;

  [[nodiscard]] SWEEPNET_HOST_DEVICE float operator()(float x) const {
    return scale == 1 ? x : static_cast<float>(static_cast<double>(x) * scale);
  }
};

/// How rows in memory lie in a panel (Depth x Width): along its depth, each a column of it; or
/// across, each a row of it.
enum class panel_rows { along, across };

/// A matrix as the panels of it that one tile needs, each from depth k0 on. Beyond the matrix they
/// hold 0.
template <class T, class Values, panel_rows Lie, int Depth, int Width, int Threads>
struct panel_source {
  using segment = row_segment<T>;
  static constexpr int length = Lie == panel_rows::along ? Depth : Width;  ///< of a row's part
  static constexpr int row_segments = length / segment::size;
  static constexpr int count = Depth * Width / segment::size;    ///< segments of a panel
  static constexpr int share = (count + Threads - 1) / Threads;  ///< a thread's at most
  static_assert(length % segment::size == 0 && (count < Threads || count % Threads == 0));

  static constexpr std::size_t pitch = std::size_t{Width} + 4;  ///< padded against bank conflicts
  using panel = float[std::size_t{Depth}][pitch];
  struct fetched {
    segment of[std::size_t{share}];
  };

  matrix_rows<T> from;
  Values values;
  int first;      ///< the row (along) or column (across) that the tile begins with
  int ones = -1;  ///< across: a column behind the matrix that holds 1

  [[nodiscard]] SWEEPNET_HOST_DEVICE fetched fetch(int thread, int k0) const {
    const int alignment = from.alignment();
    fetched result;
    if (!has_share(thread)) return {};
    for (int n = 0; n < share; ++n) {
      const place at = place_of(thread, n);
      const int row = (Lie == panel_rows::along ? first : k0) + at.row;
      const int column = (Lie == panel_rows::along ? k0 : first) + at.column;
      const int left = row < from.rows ? from.columns - column : 0;
      const T* begin = left > 0 ? from.row(row) + column : from.data;
      result.of[n].fetch(begin, left, alignment);
    }
    return result;
  }

  SWEEPNET_HOST_DEVICE void stage(int thread, const fetched& what, panel& to) const {
    if (!has_share(thread)) return;
    for (int n = 0; n < share; ++n) {
      const place at = place_of(thread, n);
      if constexpr (Lie == panel_rows::along) {
        for (int i = 0; i < segment::size; ++i) to[at.column + i][at.row] = values(what.of[n][i]);
      } else {
        for (int i = 0; i < segment::size; i += 4) {
          quad q;
          for (int j = 0; j < 4; ++j) q.value[j] = values(what.of[n][i + j]);
          q.store(&to[at.row][at.column + i]);
        }
        const int one = ones - first - at.column;
        if (ones >= 0 && 0 <= one && one < segment::size) to[at.row][at.column + one] = 1;
      }
    }
  }

 private:
  struct place {
    int row;
    int column;
  };
  /// In a panel of few segments some threads have none.
  [[nodiscard]] SWEEPNET_HOST_DEVICE static bool has_share(int thread) {
    return count >= Threads || thread < count;
  }
  /// A thread's nth segment. Along: neighbours stage in one row of the panel, each in its own bank;
  /// across: they share a row in memory.
  [[nodiscard]] SWEEPNET_HOST_DEVICE static place place_of(int thread, int n) {
    const int i = thread + n * Threads;
    if constexpr (Lie == panel_rows::along) {
      return {i % Width, i / Width * segment::size};
    } else {
      return {i / row_segments, i % row_segments * segment::size};
    }
  }
};

}  // namespace sweepnet::cuda
