// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/core/random.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include "catch.hpp"

using namespace sweepnet;

TEST_CASE("Philox4x32-10 gives Random123's published answers") {
  // kat_vectors of Random123 1.14: counter and key all 0, and all 1 bits
  const auto answer = [](std::uint32_t bits) {
    const philox4x32_ctr_t counter = {{bits, bits, bits, bits}};
    const philox4x32_key_t key = {{bits, bits}};
    const philox4x32_ctr_t words = philox4x32(counter, key);
    return std::vector<std::uint32_t>(words.v, words.v + 4);
  };
  CHECK(answer(0) == std::vector<std::uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(answer(~0U) == std::vector<std::uint32_t>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
}

TEST_CASE("a block depends on each of seed, stream, layer, step and position") {
  std::set<std::uint32_t> words;
  const auto insert = [&](const random_block& block) { words.insert(block.word[0]); };
  insert(random_at(1, random_stream::dropout, 1, 1, 1));
  insert(random_at(2, random_stream::dropout, 1, 1, 1));
  insert(random_at(std::uint64_t{1} << 32 | 1, random_stream::dropout, 1, 1, 1));
  insert(random_at(1, random_stream::shuffle, 1, 1, 1));
  insert(random_at(1, random_stream::dropout, 2, 1, 1));
  insert(random_at(1, random_stream::dropout, 1, 2, 1));
  insert(random_at(1, random_stream::dropout, 1, 1, 2));
  CHECK(words.size() == 7);
}

TEST_CASE("bounded covers its range and stays below the bound") {
  CHECK(bounded(0, 0, 7) == 0);
  CHECK(bounded(0xffffffff, 0xffffffff, 7) == 6);
  CHECK(bounded(0x80000000, 0, 10) == 5);
  CHECK(bounded(0xffffffff, 0xffffffff, 0xffffffff) == 0xfffffffe);
}

TEST_CASE("a shuffled order is a permutation, differs by epoch and seed, and repeats") {
  const auto order = shuffled_order(3, 1, 1000);
  auto sorted = order;
  std::ranges::sort(sorted);
  std::vector<std::uint32_t> identity(1000);
  std::iota(identity.begin(), identity.end(), 0U);
  CHECK(sorted == identity);
  CHECK(order != identity);
  CHECK(order == shuffled_order(3, 1, 1000));
  CHECK(order != shuffled_order(3, 2, 1000));
  CHECK(order != shuffled_order(4, 1, 1000));
  CHECK(shuffled_order(3, 1, 1) == std::vector<std::uint32_t>{0});
  CHECK(shuffled_order(3, 1, 0).empty());
}

TEST_CASE("shuffles put every row everywhere equally often") {
  constexpr std::uint32_t rows = 5;
  constexpr std::uint32_t epochs = 20000;
  double chi_square = 0;
  std::vector<int> counts(rows * rows);
  for (std::uint32_t epoch = 0; epoch < epochs; ++epoch) {
    const auto order = shuffled_order(11, epoch, rows);
    for (std::uint32_t place = 0; place < rows; ++place) ++counts[place * rows + order[place]];
  }
  const double expected = static_cast<double>(epochs) / rows;
  for (const int count : counts) chi_square += (count - expected) * (count - expected) / expected;
  CHECK(chi_square < 39.3);  // 99.9% of chi-square with (rows - 1)^2 = 16 degrees of freedom
}

TEST_CASE("a dropout mask keeps 1 - rate of the elements") {
  const double rate = GENERATE(0.0, 0.2, 0.5, 0.7, 0.99);
  const std::uint32_t threshold = keep_threshold(rate);
  CHECK(std::abs(threshold / 65536.0 - (1 - rate)) <= 1.0 / 131072);
  constexpr std::uint32_t blocks = 50000;
  std::int64_t kept = 0;
  for (std::uint32_t b = 0; b < blocks; ++b) {
    const random_block block = random_at(5, random_stream::dropout, 1, 1, b);
    for (std::uint32_t lane = 0; lane < dropout_lanes; ++lane) {
      kept += is_kept(block, lane, threshold) ? 1 : 0;
    }
  }
  const double draws = static_cast<double>(blocks) * dropout_lanes;
  const double deviation = std::sqrt(draws * rate * (1 - rate));
  CHECK(std::abs(static_cast<double>(kept) - draws * (1 - rate)) <= 4 * deviation + draws / 131072);
}

TEST_CASE("a block at a counter of one's own is Philox's, of seed and counter") {
  // Random123's known answers for philox4x32-10.
  const random_block zero = random_at(0, 0, 0);
  CHECK(zero.word[0] == 0x6627e8d5);
  CHECK(zero.word[3] == 0x9b00dbd8);
  CHECK(bits_of(zero) == 0x6627e8d5e169c58d);
  const random_block ones = random_at(~0ULL, ~0ULL, ~0ULL);
  CHECK(ones.word[0] == 0x408f276d);
  CHECK(ones.word[1] == 0x41c83b0e);
}

TEST_CASE("an open unit interval has neither 0 nor 1") {
  CHECK(open_unit_interval(0) == 0x1p-53);
  CHECK(open_unit_interval(~0ULL) == 1 - 0x1p-53);
  CHECK(open_unit_interval(1ULL << 63) == 0.5 + 0x1p-53);
}
