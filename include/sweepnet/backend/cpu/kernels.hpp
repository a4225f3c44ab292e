// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kernels (kernels.inl), compiled once for each instruction set: portable_kernels,
// avx2_kernels and avx512_kernels, three classes with the same static functions.
//
// A set's code lies between pragmas that allow the compiler its instructions; it must run only
// where instructions.hpp finds them. Formulas from network/ are inlined into it and so vectorised
// for it. A set is described by its `vec`: `lanes` reals, how many accumulators the registers hold,
// and the density below which skipping zeros beats computing with them.
//
// Every sum runs over k in ascending order in one accumulator, which starts at 0. So a zero can be
// skipped without changing a bit, and sets with fused multiply-add give the same bits. The portable
// set rounds twice where the compiler's target has no such instruction (x86-64 without flags).

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>

#include "sweepnet/backend/cpu/instructions.hpp"
#include "sweepnet/backend/cpu/kernel_arguments.hpp"
#include "sweepnet/backend/cpu/sparse_rows.hpp"
#include "sweepnet/backend/cpu/update.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/network/activation.hpp"

#if defined(SWEEPNET_X86_KERNELS)
#include <immintrin.h>
#endif

// Loops over registers, whose counts are constants. nvcc's front end does not know the pragma.
#if defined(__CUDACC__)
#define SWEEPNET_UNROLL
#else
#define SWEEPNET_UNROLL _Pragma("GCC unroll 8")
#endif

namespace sweepnet::detail::portable {
struct vec {
  static constexpr int lanes = 4;
  static constexpr int accumulators = 12;
  static constexpr double sparse_below = 0.75;
  using type [[gnu::vector_size(16)]] = float;

  static type zero() { return type{}; }
  static type all(float x) { return type{x, x, x, x}; }
  static type load(const float* from) {
    type v;
    std::memcpy(&v, from, sizeof v);
    return v;
  }
  static void store(float* to, type v) { std::memcpy(to, &v, sizeof v); }
  static type multiply_add(type a, type b, type sum) {
#if defined(FP_FAST_FMAF)
    for (int i = 0; i < lanes; ++i) sum[i] = std::fma(a[i], b[i], sum[i]);
    return sum;
#else
    return sum + a * b;
#endif
  }
};
#include "sweepnet/backend/cpu/kernels.inl"
}  // namespace sweepnet::detail::portable

#if defined(SWEEPNET_X86_KERNELS)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace sweepnet::detail::avx2 {
struct vec {
  static constexpr int lanes = 8;
  static constexpr int accumulators = 12;
  static constexpr double sparse_below = 0.6;
  using type = __m256;

  static type zero() { return _mm256_setzero_ps(); }
  static type all(float x) { return _mm256_set1_ps(x); }
  static type load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, type v) { _mm256_storeu_ps(to, v); }
  static type multiply_add(type a, type b, type sum) { return _mm256_fmadd_ps(a, b, sum); }
};
#include "sweepnet/backend/cpu/kernels.inl"
}  // namespace sweepnet::detail::avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#if defined(__clang__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
#endif
namespace sweepnet::detail::avx512 {
struct vec {
  static constexpr int lanes = 16;
  static constexpr int accumulators = 24;
  static constexpr double sparse_below = 0.42;
  using type = __m512;

  static type zero() { return _mm512_setzero_ps(); }
  static type all(float x) { return _mm512_set1_ps(x); }
  static type load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, type v) { _mm512_storeu_ps(to, v); }
  static type multiply_add(type a, type b, type sum) { return _mm512_fmadd_ps(a, b, sum); }
};
#include "sweepnet/backend/cpu/kernels.inl"
}  // namespace sweepnet::detail::avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif

#undef SWEEPNET_UNROLL

namespace sweepnet {

using portable_kernels = detail::portable::kernels;
#if defined(SWEEPNET_X86_KERNELS)
using avx2_kernels = detail::avx2::kernels;
using avx512_kernels = detail::avx512::kernels;
#endif

}  // namespace sweepnet
