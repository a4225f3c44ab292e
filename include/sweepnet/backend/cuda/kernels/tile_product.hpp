// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One (Rows x Columns) tile of a matrix product in one block of threads.
//
// The block walks the inner dimension in panels of Depth, which it stages in shared memory. Each
// thread holds a 4 x 4 patch of the tile in registers. As a tile has fewer patches than the block
// has threads, the threads form groups, each with its own share of a panel's depth; the groups'
// sums are added in their order at the end. So the result does not depend on timing.

#include <cstddef>
#include <cstdint>

#include "sweepnet/core/host_device.hpp"

namespace sweepnet::cuda {

template <int Rows, int Columns, int Depth, int Threads> class tile_product {
 public:
  static constexpr int patch = 4;
  static constexpr int group = Rows / patch * (Columns / patch);  ///< threads that cover the tile
  static constexpr int groups = Threads / group;
  static_assert(Rows % patch == 0 && Columns % patch == 0);
  static_assert(Threads % group == 0 && Depth % groups == 0);

  // Rows of the panels are padded by one vector, against bank conflicts.
  static constexpr std::size_t a_pitch = std::size_t{Rows} + std::size_t{patch};
  static constexpr std::size_t b_pitch = std::size_t{Columns} + std::size_t{patch};
  struct panels {
    float a[std::size_t{Depth}][a_pitch];
    float b[std::size_t{Depth}][b_pitch];
  };
  union shared_memory {
    panels staged;
    float sums[std::size_t{groups}][std::size_t{Rows} * std::size_t{Columns}];
  };

  /// Calls store(row, column, sum_k a(row, k) b(k, column)) for each element of the tile, from one
  /// thread each. `a` and `b` must give 0 beyond their matrices; DepthFirst says that a's elements
  /// lie next to each other along k, else along rows.
  template <bool DepthFirst, class Block, class A, class B, class Store>
  SWEEPNET_HOST_DEVICE static void run(Block& block, shared_memory& shared, std::int64_t inner,
                                       const A& a, const B& b, const Store& store) {
    struct patch_sums {
      float value[patch][patch];
    };
    typename Block::template local<patch_sums> sums;
    block.each([&](int t) {
      for (auto& row : sums[t].value) {
        for (float& value : row) value = 0;
      }
    });
    for (std::int64_t k0 = 0; k0 < inner; k0 += Depth) {
      block.each([&](int t) {
        for (int i = t; i < Depth * Rows; i += Threads) {
          const int k = DepthFirst ? i % Depth : i / Rows;
          const int r = DepthFirst ? i / Depth : i % Rows;
          shared.staged.a[k][r] = k0 + k < inner ? a(r, k0 + k) : 0.0F;
        }
        for (int i = t; i < Depth * Columns; i += Threads) {
          const int k = i / Columns;
          const int c = i % Columns;
          shared.staged.b[k][c] = k0 + k < inner ? b(k0 + k, c) : 0.0F;
        }
      });
      block.each([&](int t) {
        const int r = t % group / (Columns / patch) * patch;
        const int c = t % group % (Columns / patch) * patch;
        auto& sum = sums[t].value;
        for (int k = t / group; k < Depth; k += groups) {
          float left[patch];
          float right[patch];
          for (int i = 0; i < patch; ++i) left[i] = shared.staged.a[k][r + i];
          for (int j = 0; j < patch; ++j) right[j] = shared.staged.b[k][c + j];
          for (int i = 0; i < patch; ++i) {
            for (int j = 0; j < patch; ++j) sum[i][j] += left[i] * right[j];
          }
        }
      });
    }
    block.each([&](int t) {
      const int r = t % group / (Columns / patch) * patch;
      const int c = t % group % (Columns / patch) * patch;
      for (int i = 0; i < patch; ++i) {
        for (int j = 0; j < patch; ++j) {
          shared.sums[t / group][(r + i) * Columns + c + j] = sums[t].value[i][j];
        }
      }
    });
    block.each([&](int t) {
      for (int e = t; e < Rows * Columns; e += Threads) {
        float sum = 0;
        for (int g = 0; g < groups; ++g) sum += shared.sums[g][e];
        store(e / Columns, e % Columns, sum);
      }
    });
  }
};

}  // namespace sweepnet::cuda
