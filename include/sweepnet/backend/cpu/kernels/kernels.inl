// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kernels (one_set.inl), compiled once for each instruction set into a kernel_table.
//
// A set's code lies between pragmas that allow the compiler its instructions; it must run only
// where instructions.hpp finds them. The formulas of network/ are compiled for its vectors, too
// (lanes.inl). A set is described by its `vec`: `lanes` reals, how many accumulators the registers
// hold, and the density below which skipping zeros beats computing with them.
//
// Every sum runs over k in ascending order in one accumulator, which starts at 0. So a zero can be
// skipped without changing a bit, and sets with fused multiply-add give the same bits. The portable
// set rounds twice on x86-64, where not every processor has such an instruction, whatever the
// program's options allow.

#include "sweepnet/backend/cpu/kernels/kernels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "sweepnet/backend/cpu/kernels/arguments.hpp"
#include "sweepnet/backend/cpu/kernels/table.hpp"
#include "sweepnet/backend/cpu/machine/instructions.hpp"
#include "sweepnet/core/elementary.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/optimizer_step.hpp"
#include "sweepnet/network/penalty.hpp"

#if defined(SWEEPNET_X86_KERNELS)
#include <immintrin.h>
#endif

// Loops over registers, whose counts are constants. nvcc's front end does not know the pragma.
#if defined(__CUDACC__)
#define SWEEPNET_UNROLL
#else
#define SWEEPNET_UNROLL _Pragma("GCC unroll 16")
#endif

SWEEPNET_BEGIN_EXACT;
namespace sweepnet::cpu::portable {
struct vec {
  static constexpr int lanes = 4;
  static constexpr int accumulators = 12;
  static constexpr double sparse_below = 0.75;
  using type [[gnu::vector_size(16)]] = float;
  using wide [[gnu::vector_size(16)]] = std::uint64_t;
  using bits [[gnu::vector_size(16)]] = std::uint32_t;
  using integers [[gnu::vector_size(16)]] = std::int32_t;

  static type zero() { return type{}; }
  static type all(float x) { return type{x, x, x, x}; }
  static wide all_wide(std::uint64_t x) { return wide{} + x; }
  /// a b, of values below 2^32.
  static wide multiply(wide a, wide b) { return a * b; }
  /// Bit i: lane i is not 0.
  static std::uint64_t nonzeros(type v) {
    std::uint64_t bits = 0;
    for (int i = 0; i < lanes; ++i) bits |= static_cast<std::uint64_t>(v[i] != 0) << i;
    return bits;
  }
  /// v where bit i is set, else 0.
  static type kept(std::uint32_t bits, type v) {
    for (int i = 0; i < lanes; ++i) v[i] = select((bits >> i & 1U) != 0, v[i], 0.0F);
    return v;
  }
  using four = type;
  static four load_four(const float* from) { return load(from); }
  /// Value i in all lanes.
  static type value_of(four values, int i) { return all(values[i]); }
  static type load(const float* from) {
    type v;
    std::memcpy(&v, from, sizeof v);
    return v;
  }
  static void store(float* to, type v) { std::memcpy(to, &v, sizeof v); }
  static type multiply_add(type a, type b, type sum) {
#if defined(FP_FAST_FMAF) && !defined(SWEEPNET_X86_KERNELS)
    for (int i = 0; i < lanes; ++i) sum[i] = std::fma(a[i], b[i], sum[i]);
    return sum;
#else
    return sum + a * b;
#endif
  }
  static type square_root(type v) {
#if defined(SWEEPNET_X86_KERNELS)
    return _mm_sqrt_ps(v);
#else
    for (int i = 0; i < lanes; ++i) v[i] = std::sqrt(v[i]);
    return v;
#endif
  }
};
#include "sweepnet/backend/cpu/kernels/one_set.inl"
}  // namespace sweepnet::cpu::portable

#if defined(SWEEPNET_X86_KERNELS)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace sweepnet::cpu::avx2 {
struct vec {
  static constexpr int lanes = 8;
  static constexpr int accumulators = 12;
  static constexpr double sparse_below = 0.6;
  using type = __m256;
  using wide [[gnu::vector_size(32)]] = std::uint64_t;
  using bits [[gnu::vector_size(32)]] = std::uint32_t;
  using integers [[gnu::vector_size(32)]] = std::int32_t;

  static type zero() { return _mm256_setzero_ps(); }
  static type all(float x) { return _mm256_set1_ps(x); }
  static wide all_wide(std::uint64_t x) { return wide{} + x; }
  static wide multiply(wide a, wide b) {
    return reinterpret_cast<wide>(
        _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
  }
  static std::uint64_t nonzeros(type v) {
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(v, zero(), _CMP_NEQ_UQ)));
  }
  static type kept(std::uint32_t bits, type v) {
    const __m256i lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i set = _mm256_and_si256(_mm256_set1_epi32(static_cast<int>(bits)), lane);
    return _mm256_and_ps(v, _mm256_castsi256_ps(_mm256_cmpeq_epi32(set, lane)));
  }
  using four = __m128;
  static four load_four(const float* from) { return _mm_loadu_ps(from); }
  static type value_of(four values, int i) {
    return _mm256_permutevar8x32_ps(_mm256_castps128_ps256(values), _mm256_set1_epi32(i));
  }
  static type load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, type v) { _mm256_storeu_ps(to, v); }
  static type multiply_add(type a, type b, type sum) { return _mm256_fmadd_ps(a, b, sum); }
  static type square_root(type v) { return _mm256_sqrt_ps(v); }
};
#include "sweepnet/backend/cpu/kernels/one_set.inl"
}  // namespace sweepnet::cpu::avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#if defined(__clang__)
#pragma clang attribute push(                                                    \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,bmi2"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,bmi2")
#endif
namespace sweepnet::cpu::avx512 {
struct vec {
  static constexpr int lanes = 16;
  static constexpr int accumulators = 24;
  static constexpr double sparse_below = 0.58;
  using type = __m512;
  using wide [[gnu::vector_size(64)]] = std::uint64_t;
  using bits [[gnu::vector_size(64)]] = std::uint32_t;
  using integers [[gnu::vector_size(64)]] = std::int32_t;

  static type zero() { return _mm512_setzero_ps(); }
  static type all(float x) { return _mm512_set1_ps(x); }
  static wide all_wide(std::uint64_t x) { return wide{} + x; }
  static wide multiply(wide a, wide b) {
    // With a mask of all lanes: the plain form begins with an undefined value, of which GCC 12
    // warns.
    return reinterpret_cast<wide>(
        _mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
  }
  static std::uint64_t nonzeros(type v) { return _mm512_cmp_ps_mask(v, zero(), _CMP_NEQ_UQ); }
  /// Lists first + i and v[i] for each bit i, and returns how many; writes 16 at any rate.
  static std::size_t compress(std::uint64_t bits, std::int64_t first, type v,
                              std::uint16_t* indices, float* values) {
    const auto mask = static_cast<__mmask16>(bits);
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i index = _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(first)), lane);
    const __m512i found = _mm512_maskz_compress_epi32(mask, index);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices),
                        _mm512_maskz_cvtepi32_epi16(0xffff, found));
    store(values, _mm512_maskz_compress_ps(mask, v));
    return static_cast<std::size_t>(std::popcount(mask));
  }
  static type kept(std::uint32_t bits, type v) {
    return _mm512_maskz_mov_ps(static_cast<__mmask16>(bits), v);
  }
  using four = __m128;
  static four load_four(const float* from) { return _mm_loadu_ps(from); }
  static type value_of(four values, int i) {
    return _mm512_maskz_permutexvar_ps(0xffff, _mm512_set1_epi32(i),
                                       _mm512_castps128_ps512(values));
  }
  static type load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, type v) { _mm512_storeu_ps(to, v); }
  static type multiply_add(type a, type b, type sum) { return _mm512_fmadd_ps(a, b, sum); }
  static type square_root(type v) { return _mm512_maskz_sqrt_ps(0xffff, v); }
  /// The next of `values` in each lane whose bit is set, else 0.
  static type expand(std::uint64_t bits, const float* values) {
    return _mm512_maskz_expand_ps(static_cast<__mmask16>(bits), load(values));
  }
  static std::uint64_t extract(std::uint64_t from, std::uint64_t mask) {
    return _pext_u64(from, mask);
  }
};
#include "sweepnet/backend/cpu/kernels/one_set.inl"
}  // namespace sweepnet::cpu::avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif

SWEEPNET_END_EXACT;
#undef SWEEPNET_UNROLL

namespace sweepnet::cpu {

SWEEPNET_INLINE const kernel_table& kernels_for(instruction_set set) {
  switch (available(set)) {
#if defined(SWEEPNET_X86_KERNELS)
    case instruction_set::avx512: return avx512::kernels;
    case instruction_set::avx2: return avx2::kernels;
#endif
    default: return portable::kernels;
  }
}

}  // namespace sweepnet::cpu
