// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Arithmetic that rounds every operation by itself, whatever options a program is compiled with.
//
// Namespaces whose floating point decides a result lie between SWEEPNET_BEGIN_EXACT and
// SWEEPNET_END_EXACT. There no product is contracted with a sum to a fused multiply-add, which
// compilers do by default where the target has one: -march=native would change results. What comes
// after keeps the program's own options.
//
// GCC never inlines such a function into one with other options, so what calls small ones often
// lies between the macros as well.

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0) || \
    defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || defined(__NO_SIGNED_ZEROS__)
#error "sweepnet's results are exact: compile what includes it without -ffast-math and its parts"
#endif

#if defined(__clang__)
// With -ffp-contract=fast, clang contracts in spite of `fp contract(off)`, but not where floating
// point exceptions are observed.
#define SWEEPNET_BEGIN_EXACT                                          \
  _Pragma("float_control(push)") _Pragma("float_control(except, on)") \
      _Pragma("clang fp contract(off)") static_assert(true, "takes the ;")
#define SWEEPNET_END_EXACT _Pragma("float_control(pop)") static_assert(true, "takes the ;")
#else
#define SWEEPNET_BEGIN_EXACT \
  _Pragma("GCC push_options") _Pragma("GCC optimize(\"fp-contract=off\")") static_assert(true, "")
#define SWEEPNET_END_EXACT _Pragma("GCC pop_options") static_assert(true, "")
#endif
