// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kernels of one instruction set, as functions that are chosen once, when the program starts.
// All code above them is compiled once and calls them by this table: a call does the work of a
// panel at least, or of a row, so that the indirection costs nothing.

#include <cstddef>
#include <cstdint>

#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/optimizer_rules.hpp"

namespace sweepnet::cpu {

/// Each function is described where it stands: products.inl, elements.inl, nonzeros.inl,
/// features.inl.
struct kernel_table {
  /// The density below which skipping zeros beats computing with them; see cost.hpp.
  double sparse_below;

  void (*dense_product)(const dense_factor& x, std::int64_t rows, const panel_view& b,
                        const columns_view& c);
  void (*sparse_product)(const list_view& lists, std::int64_t count, const panel_view& b,
                         const columns_view& c, bool add);
  void (*column_sums)(const const_columns_view& a, std::int64_t rows, std::int64_t width,
                      float* sums);
  void (*transpose)(const const_columns_view& from, std::int64_t rows, std::int64_t columns,
                    const columns_view& to);

  void (*narrow)(const keep_mask& keep, const mask_draw& draw, index_range elements);
  void (*drop)(const keep_mask& keep, std::int64_t r, std::int64_t column, std::int64_t count,
               float* values);
  void (*finish)(const activation& f, const finish_view& view, index_range rows);
  void (*multiply)(const columns_view& a, const columns_view& b, std::int64_t columns,
                   index_range rows);
  update_function (*updating)(const optimizer_rule& rule);
  update_function storing;
  rest_function (*resting)(const optimizer_rule& rule);

  std::size_t (*list)(const float* x, std::int64_t first, std::int64_t last, std::uint16_t* indices,
                      float* values);
  std::int64_t (*count_nonzeros)(const float* x, std::int64_t count);
  void (*list_columns)(const const_columns_view& x, std::int64_t rows, index_range columns,
                       const growing_lists& to);
  void (*list_columns_of)(const nonzero_row* x, std::int64_t rows, index_range columns,
                          const growing_lists& to);
  void (*gather)(const nonzero_row* x, std::int64_t rows, const column_view& used,
                 index_range places, std::int64_t width, float* to);

  void (*load)(const labelled_rows& data, const std::uint32_t* batch, index_range rows,
               const columns_view& to);
  std::int64_t (*unpack_blocks)(const std::byte* bits, std::int64_t count, nonzero_block* blocks);
  void (*unpack_bytes)(const std::uint16_t* columns, const std::uint8_t* stored, std::int64_t count,
                       double scale, std::uint16_t* indices, float* values);
  void (*unpack_reals)(const std::uint16_t* columns, const float* stored, std::int64_t count,
                       double scale, std::uint16_t* indices, float* values);
};

}  // namespace sweepnet::cpu
