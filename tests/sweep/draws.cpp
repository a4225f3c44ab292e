// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/sweep/draws.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "support.hpp"

using namespace sweepnet;

TEST_CASE("a shuffled index is a permutation, another one for each seed") {
  std::set<std::vector<std::uint64_t>> orders;
  for (const std::uint64_t count : {1U, 2U, 3U, 5U, 12U, 64U, 65U, 1000U}) {
    for (const std::uint64_t seed : {0U, 1U, 2U}) {
      std::vector<std::uint64_t> order;
      for (std::uint64_t i = 0; i < count; ++i) order.push_back(shuffled_index(seed, i, count));
      if (count == 1000) orders.insert(order);
      std::ranges::sort(order);
      for (std::uint64_t i = 0; i < count; ++i) CHECK(order[i] == i);
    }
  }
  CHECK(orders.size() == 3);
}

TEST_CASE("an order of 10^12 takes no memory, and is random at both ends") {
  constexpr std::uint64_t count = 1'000'000'000'000;
  std::set<std::uint64_t> seen;
  std::uint64_t low_half = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    for (const std::uint64_t index : {i, count - 1 - i}) {
      const std::uint64_t at = shuffled_index(7, index, count);
      REQUIRE(at < count);
      CHECK(seen.insert(at).second);
      low_half += at < count / 2 ? 1U : 0U;
    }
  }
  CHECK(low_half > 1800);
  CHECK(low_half < 2200);
}

TEST_CASE("each place of a short order is taken equally often over the seeds") {
  std::vector<int> first(5);
  for (std::uint64_t seed = 0; seed < 5000; ++seed) ++first[shuffled_index(seed, 0, 5)];
  for (const int count : first) CHECK(std::abs(count - 1000) < 150);
}

TEST_CASE("draws lie in (0, 1) and differ by seed, name and index") {
  std::set<double> seen;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (const char* name : {"a", "b", "optimizer.learning_rate"}) {
      for (std::uint64_t i = 0; i < 100; ++i) {
        const double u = independent_draw(seed, name, i);
        CHECK(u > 0);
        CHECK(u < 1);
        seen.insert(u);
      }
    }
  }
  CHECK(seen.size() == 3000);
  CHECK(independent_draw(1, "a", 2) == independent_draw(1, "a", 2));
}

TEST_CASE("Halton's points have one in each of as many equal parts, in every base") {
  for (const std::uint32_t base : {2U, 3U, 7U, 29U}) {
    const std::uint64_t parts = std::uint64_t{base} * base;
    std::set<std::uint64_t> taken;
    for (std::uint64_t i = 0; i < parts; ++i) {
      const double u = halton_draw(3, "rate", i, base);
      CHECK(u > 0);
      CHECK(u < 1);
      taken.insert(static_cast<std::uint64_t>(u * static_cast<double>(parts)));
    }
    INFO(base);
    CHECK(taken.size() == parts);
  }
  CHECK(halton_draw(3, "rate", 5, 2) != halton_draw(4, "rate", 5, 2));
  CHECK(halton_draw(3, "rate", 5, 2) != halton_draw(3, "other", 5, 2));
}
