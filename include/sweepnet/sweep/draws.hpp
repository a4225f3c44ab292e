// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random choices as pure functions of a seed, a name and an index: draws that are independent, an
// order without repeats, and Halton's sequence.

#include <bit>
#include <cstdint>
#include <string_view>
#include <utility>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/random.hpp"

namespace sweepnet {

/// u in (0, 1) of the parameter of that name at an index: Philox of the counter (index, hash of the
/// name), so that what other parameters there are changes nothing.
[[nodiscard]] inline double independent_draw(std::uint64_t seed, std::string_view name,
                                             std::uint64_t index) {
  return open_unit_interval(bits_of(random_at(seed, index, hash_of(name))));
}

/// The same for one of several candidates at an index below 2^53, independent of the above and of
/// those of other candidates, which are counted up to 2046.
[[nodiscard]] inline double candidate_draw(std::uint64_t seed, std::string_view name,
                                           std::uint64_t index, std::uint64_t candidate) {
  return independent_draw(seed, name, (candidate + 1) << 53 | index);
}

/// Where an index from 0 to count - 1 stands in a random order of all of them, by a Feistel cipher
/// of the least even number of bits that count - 1 takes. Numbers that it maps beyond `count` are
/// mapped again until they are not: at most four times on average.
/// Source: Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002.
[[nodiscard]] inline std::uint64_t shuffled_index(std::uint64_t seed, std::uint64_t index,
                                                  std::uint64_t count) {
  constexpr std::uint64_t rounds = 8;
  const int half = (static_cast<int>(std::bit_width(count - 1)) + 1) / 2;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  do {
    std::uint64_t left = index >> half;
    std::uint64_t right = index & mask;
    for (std::uint64_t round = 0; round < rounds; ++round) {
      const std::uint64_t mixed = bits_of(random_at(seed, right, round));
      left = (left ^ mixed) & mask;
      std::swap(left, right);
    }
    index = left << half | right;
  } while (index >= count);
  return index;
}

/// u in (0, 1) at an index of Halton's sequence in `base`, whose digits are shuffled at each place
/// by the seed and the parameter's name:
///   index = sum_k d_k base^k;  u = sum_k shuffled_k(d_k) base^-(k+1) + half of the last place
/// Source: Owen, "A randomized Halton algorithm in R", arXiv 1706.02808.
[[nodiscard]] inline double halton_draw(std::uint64_t seed, std::string_view name,
                                        std::uint64_t index, std::uint32_t base) {
  const std::uint64_t hash = hash_of(name);
  double u = 0;
  double place = 1;
  for (std::uint64_t k = 0; place > 0x1p-50; ++k) {
    place /= base;
    const std::uint64_t digit = index % base;
    index /= base;
    const std::uint64_t key = bits_of(random_at(seed, k, hash));
    u += static_cast<double>(shuffled_index(key, digit, base)) * place;
  }
  return u + place / 2;
}

}  // namespace sweepnet
