// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The kernels of one instruction set. Included by kernels.hpp in the namespace of each set, after
// its `vec` and between the pragmas that allow its instructions, like the parts that it includes.

#define SWEEPNET_INLINE [[gnu::always_inline]] static inline

#include "sweepnet/backend/cpu/kernels/elements.inl"
#include "sweepnet/backend/cpu/kernels/features.inl"
#include "sweepnet/backend/cpu/kernels/nonzeros.inl"
#include "sweepnet/backend/cpu/kernels/products.inl"

struct kernels : feature_kernels, nonzero_kernels, product_kernels, element_kernels {
  static constexpr double sparse_below = vec::sparse_below;
};

#undef SWEEPNET_INLINE
