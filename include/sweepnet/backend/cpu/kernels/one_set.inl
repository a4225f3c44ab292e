// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The kernels of one instruction set. Included by kernels.inl in the namespace of each set, after
// its `vec` and between the pragmas that allow its instructions, like the parts that it includes.

#define SWEEPNET_ALWAYS_INLINE [[gnu::always_inline]] inline

#include "sweepnet/backend/cpu/kernels/lanes.inl"

#include "sweepnet/backend/cpu/kernels/elements.inl"
#include "sweepnet/backend/cpu/kernels/features.inl"
#include "sweepnet/backend/cpu/kernels/nonzeros.inl"
#include "sweepnet/backend/cpu/kernels/products.inl"

inline constexpr kernel_table kernels = {
    .sparse_below = vec::sparse_below,
    .dense_product = product_kernels::dense_product,
    .sparse_product = product_kernels::sparse_product,
    .column_sums = product_kernels::column_sums,
    .transpose = product_kernels::transpose,
    .narrow = element_kernels::narrow,
    .drop = element_kernels::drop,
    .finish = element_kernels::finish,
    .multiply = element_kernels::multiply,
    .updating = element_kernels::updating,
    .storing = element_kernels::store,
    .resting = element_kernels::resting,
    .list = nonzero_kernels::list<vec>,
    .count_nonzeros = nonzero_kernels::count_nonzeros,
    .list_columns = nonzero_kernels::list_columns,
    .list_columns_of = nonzero_kernels::list_columns_of,
    .gather = nonzero_kernels::gather<vec>,
    .load = feature_kernels::load,
    .unpack_blocks = feature_kernels::unpack_blocks,
    .unpack_bytes = feature_kernels::unpack<std::uint8_t>,
    .unpack_reals = feature_kernels::unpack<float>,
};

#undef SWEEPNET_ALWAYS_INLINE
