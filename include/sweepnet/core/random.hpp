// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counter-based randomness: Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as
// 1, 2, 3", SC 2011) from the Random123 library.
//
// There is no generator state. A number is a pure function of (seed, stream, layer, step,
// position), so the CPU and the GPU draw the same masks and a resumed run needs only its counters.

#include <Random123/philox.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "sweepnet/core/host_device.hpp"

namespace sweepnet {

/// What a draw is for. Values are part of the format: never reuse or renumber them.
enum class random_stream : std::uint32_t { initialisation = 1, shuffle = 2, dropout = 3 };

/// Rises whenever the meaning of a counter changes, and with it every random number.
inline constexpr std::uint32_t random_format_version = 1;

/// Four independent uniform 32-bit words.
struct random_block {
  std::uint32_t word[4];
};

/// The block at a counter: key = seed, counter = (block, step, stream << 16 | layer_index,
/// version).
SWEEPNET_HOST_DEVICE inline random_block random_at(std::uint64_t seed, random_stream stream,
                                                   std::uint32_t layer_index, std::uint32_t step,
                                                   std::uint32_t block) {
  const philox4x32_key_t key = {
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const philox4x32_ctr_t counter = {
      {block, step, static_cast<std::uint32_t>(stream) << 16 | layer_index, random_format_version}};
  const philox4x32_ctr_t words = philox4x32(counter, key);
  return {{words.v[0], words.v[1], words.v[2], words.v[3]}};
}

/// The block at a counter of the caller's own: key = seed, counter = (low, high).
inline random_block random_at(std::uint64_t seed, std::uint64_t low, std::uint64_t high) {
  const auto lower = [](std::uint64_t bits) { return static_cast<std::uint32_t>(bits); };
  const philox4x32_key_t key = {{lower(seed), lower(seed >> 32)}};
  const philox4x32_ctr_t counter = {{lower(low), lower(low >> 32), lower(high), lower(high >> 32)}};
  const philox4x32_ctr_t words = philox4x32(counter, key);
  return {{words.v[0], words.v[1], words.v[2], words.v[3]}};
}

/// 64 bits of a block.
inline std::uint64_t bits_of(const random_block& block) {
  return std::uint64_t{block.word[0]} << 32 | block.word[1];
}

/// A real in (0, 1), neither end included: (x + 1/2) 2^-52 of the upper 52 bits x, each of which a
/// double holds exactly.
inline double open_unit_interval(std::uint64_t bits) {
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

/// A real in [0, 1) from the upper 24 bits of a word.
SWEEPNET_HOST_DEVICE inline double unit_interval(std::uint32_t word) {
  return static_cast<double>(word >> 8) * (1.0 / 16777216.0);
}

/// A 64-bit draw mapped to [0, bound): floor(draw * bound / 2^64). The bias is below bound / 2^64.
SWEEPNET_HOST_DEVICE inline std::uint32_t bounded(std::uint32_t high, std::uint32_t low,
                                                  std::uint32_t bound) {
  const std::uint64_t carry = static_cast<std::uint64_t>(low) * bound >> 32;
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(high) * bound + carry) >> 32);
}

/// Elements that one block decides in a dropout mask: 16 random bits each.
inline constexpr std::uint32_t dropout_lanes = 8;

/// A kept element's 16 bits lie below this: keep probability 1 - rate, rounded to 2^-16.
SWEEPNET_HOST_DEVICE inline std::uint32_t keep_threshold(double rate) {
  return static_cast<std::uint32_t>((1.0 - rate) * 65536.0 + 0.5);
}

/// Whether the element in `lane` (0 to 7) of a dropout block is kept.
SWEEPNET_HOST_DEVICE inline bool is_kept(const random_block& block, std::uint32_t lane,
                                         std::uint32_t threshold) {
  // The lane's word, chosen without an index: by one a GPU finds nothing in registers.
  const std::uint32_t low = lane < 2 ? block.word[0] : block.word[1];
  const std::uint32_t high = lane < 6 ? block.word[2] : block.word[3];
  return ((lane < 4 ? low : high) >> (lane % 2 * 16) & 0xffffU) < threshold;
}

/// A uniformly random order of 0 .. rows-1 for one epoch (Fisher-Yates).
inline std::vector<std::uint32_t> shuffled_order(std::uint64_t seed, std::uint32_t epoch,
                                                 std::uint32_t rows) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t i = rows; i-- > 1;) {
    const random_block block = random_at(seed, random_stream::shuffle, 0, epoch, i / 2);
    const std::uint32_t lane = i % 2 * 2;
    std::swap(order[i], order[bounded(block.word[lane], block.word[lane + 1], i + 1)]);
  }
  return order;
}

}  // namespace sweepnet
