// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One (Rows x Columns) tile of a matrix product in one block of threads.
//
// The block walks the inner dimension in panels of Depth, which it stages in shared memory; while
// it multiplies one, the next is on its way to the threads' registers. Each thread holds a 4 x 4
// patch of the tile in registers. As a tile has fewer patches than the block has threads, the
// threads form groups, each with its own share of a panel's depth; the groups' sums are added in
// their order at the end. So the result does not depend on timing.

#include <cstddef>
#include <cstdint>

#include "sweepnet/backend/cuda/kernels/panel.hpp"
#include "sweepnet/core/host_device.hpp"

namespace sweepnet::cuda {

template <int Rows, int Columns, int Depth, int Threads> class tile_product {
 public:
  static constexpr int patch = 4;
  static constexpr int group = Rows / patch * (Columns / patch);  ///< threads that cover the tile
  static constexpr int groups = Threads / group;
  static constexpr int unrolled = 4;                      ///< of a group's steps along the depth
  static constexpr int share = Rows * Columns / Threads;  ///< elements that a thread finishes
  static constexpr int chunk = unrolled * groups;         ///< of the depth
  static_assert(Rows % patch == 0 && Columns % patch == 0);
  static_assert(Threads % group == 0 && Depth % chunk == 0 && share * Threads == Rows * Columns);

  template <class T, class Values, panel_rows Lie>
  using a_source = panel_source<T, Values, Lie, Depth, Rows, Threads>;
  template <class T, class Values, panel_rows Lie>
  using b_source = panel_source<T, Values, Lie, Depth, Columns, Threads>;

  struct panels {
    float a[std::size_t{Depth}][std::size_t{Rows} + 4];
    float b[std::size_t{Depth}][std::size_t{Columns} + 4];
  };
  union shared_memory {
    panels staged;
    float sums[std::size_t{groups}][std::size_t{Rows} * std::size_t{Columns}];
  };

  /// An element of the tile.
  struct element {
    int row;
    int column;
  };
  /// A thread's nth of `share`.
  [[nodiscard]] SWEEPNET_HOST_DEVICE static element element_of(int thread, int n) {
    const int e = thread + n * Threads;
    return {e / Columns, e % Columns};
  }

  struct patch_sums {
    quad row[patch];
  };
  /// What the threads hold of the tile, from multiply() to finish().
  template <class Block> using sums = typename Block::template local<patch_sums>;

  /// sum_k a(row, k) b(k, column) over k in [0, inner).
  template <class Block, class A, class B>
  SWEEPNET_HOST_DEVICE static void multiply(Block& block, shared_memory& shared, sums<Block>& sum,
                                            int inner, const A& a, const B& b) {
    typename Block::template local<typename A::fetched> next_a;
    typename Block::template local<typename B::fetched> next_b;
    block.each([&](int t) {
      sum[t] = {};
      next_a[t] = a.fetch(t, 0);
      next_b[t] = b.fetch(t, 0);
    });
    for (int k0 = 0; k0 < inner; k0 += Depth) {
      block.each([&](int t) {
        a.stage(t, next_a[t], shared.staged.a);
        b.stage(t, next_b[t], shared.staged.b);
      });
      block.each([&](int t) {
        const int left = inner - k0;
        if (left > Depth) {
          next_a[t] = a.fetch(t, k0 + Depth);
          next_b[t] = b.fetch(t, k0 + Depth);
        }
        add_products(shared.staged, t, left < Depth ? left : Depth, sum[t]);
      });
    }
  }

  /// Calls done(thread, values) for each thread: values[n] is the sum of its element_of(thread, n).
  template <class Block, class Done>
  SWEEPNET_HOST_DEVICE static void finish(Block& block, shared_memory& shared, sums<Block>& sum,
                                          const Done& done) {
    block.each([&](int t) {
      const element corner = patch_of(t);
      for (int i = 0; i < patch; ++i) {
        sum[t].row[i].store(&shared.sums[t / group][(corner.row + i) * Columns + corner.column]);
      }
    });
    block.each([&](int t) {
      float values[std::size_t{share}];
      for (int n = 0; n < share; ++n) {
        float total = 0;
        for (int g = 0; g < groups; ++g) total += shared.sums[g][t + n * Threads];
        values[n] = total;
      }
      done(t, values);
    });
  }

 private:
  /// The first of a thread's patch.
  [[nodiscard]] SWEEPNET_HOST_DEVICE static element patch_of(int thread) {
    constexpr int across = Columns / patch;
    return {thread % group / across * patch, thread % group % across * patch};
  }

  /// sum(i, j) += a(k, i) b(k, j) for the k of the thread's group, in their order.
  SWEEPNET_HOST_DEVICE static void add_products(const panels& staged, int thread, int depth,
                                                patch_sums& sum) {
    const element corner = patch_of(thread);
    for (int k0 = thread / group; k0 < depth; k0 += chunk) {
      for (int n = 0; n < unrolled; ++n) {
        const int k = k0 + n * groups;
        const quad left = quad::load(&staged.a[k][corner.row]);
        const quad right = quad::load(&staged.b[k][corner.column]);
        for (int i = 0; i < patch; ++i) {
          for (int j = 0; j < patch; ++j) sum.row[i].value[j] += left.value[i] * right.value[j];
        }
      }
    }
  }
};

}  // namespace sweepnet::cuda
