// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Kernel initialisers, by Keras' names. Every draw is a function of (seed, layer, position).
// Source: keras/src/initializers/random_initializers.py (3.15).

#include <cstdint>
#include <span>

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/describe/names.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

enum class initializer {
  glorot_uniform,
  glorot_normal,
  he_uniform,
  he_normal,
  lecun_uniform,
  lecun_normal,
  orthogonal,
  zeros,
};

template <>
inline constexpr auto enum_names<initializer> = name_table<initializer, 8>{{
    {"glorot_uniform", initializer::glorot_uniform},
    {"glorot_normal", initializer::glorot_normal},
    {"he_uniform", initializer::he_uniform},
    {"he_normal", initializer::he_normal},
    {"lecun_uniform", initializer::lecun_uniform},
    {"lecun_normal", initializer::lecun_normal},
    {"orthogonal", initializer::orthogonal},
    {"zeros", initializer::zeros},
}};

/// Fills a kernel of (inputs x units), row-major.
///
/// With fan = (inputs + units) / 2 for glorot, inputs for lecun, inputs / 2 for he:
/// uniform on [-L, L), L = sqrt(3 / fan); or a normal of deviation sqrt(1 / fan), truncated at
/// two deviations and widened so that it keeps that deviation. T is float or double.
template <class T>
void initialize(std::span<T> kernel, std::int64_t inputs, std::int64_t units, initializer rule,
                std::uint64_t seed, std::uint32_t layer_index);

}  // namespace sweepnet
SWEEPNET_END_EXACT;

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/network/initializer.inl"
#endif
