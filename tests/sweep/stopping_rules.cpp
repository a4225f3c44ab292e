// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// At which epochs rules compare runs, and which of them they stop there.

#include "sweepnet/sweep/stopping_rules.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/core/format.hpp"

using namespace sweepnet;
namespace early_rules = early_terminations;

namespace {

using epochs = std::vector<std::int64_t>;
using curves = std::vector<std::vector<double>>;

std::vector<compared_run> running(const curves& losses) {
  std::vector<compared_run> runs;
  for (const auto& each : losses) runs.push_back({.losses = each});
  return runs;
}

std::vector<std::size_t> names(const std::vector<judgement>& stopped) {
  std::vector<std::size_t> runs;
  for (const judgement& each : stopped) runs.push_back(each.run);
  return runs;
}

/// So many runs of one epoch, the one at i with the loss i.
curves rising(std::size_t count) {
  curves losses;
  for (std::size_t i = 0; i < count; ++i) losses.push_back({static_cast<double>(i)});
  return losses;
}

const double diverged = std::nan("");

}  // namespace

TEST_CASE("W&B's bands are cut, not rounded, and end where runs do") {
  CHECK(bands_of({.min_iter = 3, .eta = 2.5}, 120) == epochs{3, 7, 18, 46, 117});
  CHECK(bands_of({.min_iter = 3, .eta = 2.5}, 116) == epochs{3, 7, 18, 46});
  CHECK(bands_of({.max_iter = 27, .s = 2}, 100) == epochs{3, 9});
  CHECK(bands_of({.max_iter = 27, .s = 8}, 100) == epochs{1, 3, 9});
  CHECK(bands_of({.max_iter = 20, .s = 5}, 100) == epochs{2, 6});
  CHECK(bands_of({.max_iter = 27, .s = 8}, 3) == epochs{1, 3});
  CHECK(bands_of({.min_iter = 1, .eta = 1.2}, 3) == epochs{1, 2, 3});
  CHECK(bands_of({.min_iter = 5}, 4).empty());
}

TEST_CASE("rungs are multiplied, rounded half up, and lie below the maximum") {
  CHECK(halving_rungs(1, 3, 243) == epochs{1, 3, 9, 27, 81});  // logarithms lose the last
  CHECK(halving_rungs(1, 10, 1000) == epochs{1, 10, 100});
  CHECK(halving_rungs(1, 3, 244) == epochs{1, 3, 9, 27, 81, 243});
  CHECK(halving_rungs(2, 1.5, 20) == epochs{2, 3, 5, 7, 10, 15});
  CHECK(halving_rungs(1, 1.1, 4) == epochs{1, 2, 3});
  CHECK(halving_rungs(9, 3, 9).empty());
  CHECK(survivors_of(9, 3) == 3);
  CHECK(survivors_of(10, 3) == 4);
  CHECK(survivors_of(1, 3) == 1);
  CHECK(survivors_of(2, 3) == 1);
}

TEST_CASE("hyperband's brackets are the usual table, or shares of it") {
  const auto table = [](std::int64_t max_epochs, std::size_t runs,
                        const early_rules::hyperband& rule) {
    std::string text;
    for (const hyperband_bracket& each : brackets_of(rule, max_epochs, runs)) {
      text += fmt::format("{}:{}@", each.number, each.size());
      for (const std::int64_t rung : each.rungs) text += fmt::format("{},", rung);
      text += " ";
    }
    return text;
  };
  CHECK(table(81, 143, {}) == "4:81@1,3,9,27, 3:34@3,9,27, 2:15@9,27, 1:8@27, 0:5@ ");
  CHECK(table(81, 286, {}).starts_with("4:162@1,3,9,27, 3:68@"));
  CHECK(table(81, 10, {}) == "4:6@1,3,9,27, 3:2@3,9,27, 2:1@9,27, 1:1@27, 0:0@ ");
  CHECK(table(100, 143, {}).starts_with("4:81@1,3,9,27, 3:34@3,9,27, 2:15@11,33, "));
  CHECK(table(243, 1000, {}).starts_with("5:"));  // not lost to a logarithm
  CHECK(table(20, 10, {.min_epochs = 5, .eta = 2}) == "2:4@5,10, 1:3@10, 0:3@ ");
  CHECK(table(4, 7, {.min_epochs = 5}) == "0:7@ ");
  std::size_t next = 0;
  for (const hyperband_bracket& each : brackets_of({}, 81, 1000)) {
    CHECK(each.first == next);
    next = each.last;
  }
  CHECK(next == 1000);
}

TEST_CASE("of n runs that W&B's rule compares, n / eta rounded down and one more go on") {
  const std::vector<std::size_t> survivors{1, 1, 2, 2, 2, 3, 3, 3, 4};
  for (std::size_t n = 1; n <= survivors.size(); ++n) {
    INFO(n);
    const curves losses = rising(n);
    const auto stopped = judge_by_bands({.min_iter = 1}, running(losses));
    CHECK(n - stopped.size() == survivors[n - 1]);
    for (const judgement& each : stopped) {
      CHECK(each.run >= survivors[n - 1]);
      CHECK(each.band == 1);
      CHECK(each.threshold == static_cast<double>(survivors[n - 1] - 1));
    }
  }
}

TEST_CASE("W&B's rule: ties stay, others count, and what is loose looks at the best so far") {
  const curves equal(5, {1.0});
  CHECK(judge_by_bands({.min_iter = 1}, running(equal)).empty());
  const curves losses{{1, 5, 9}, {2, 4}, {3}, {0.5, 6, 7, 8}};
  // At epoch 1 all four, at 3 two of them: sorted(V)[int(4/3)] = 1, sorted(V)[0] = 7.
  const auto strict = judge_by_bands({.min_iter = 1}, running(losses));
  CHECK(names(strict) == std::vector<std::size_t>{0, 1, 2});
  CHECK(strict[0].band == 3);
  CHECK(strict[0].loss == 9);
  CHECK(strict[0].threshold == 7);
  CHECK(strict[1].band == 1);
  CHECK(strict[1].threshold == 1);
  // The best of all that a run has had: run 0's 1 is no worse than 7.
  CHECK(names(judge_by_bands({.min_iter = 1, .strict = false}, running(losses))) ==
        std::vector<std::size_t>{1, 2});
  std::vector<compared_run> over = running(losses);
  over[2].running = false;
  CHECK(names(judge_by_bands({.min_iter = 1}, over)) == std::vector<std::size_t>{0, 1});
  CHECK(judge_by_bands({.min_iter = 5}, running(losses)).empty());
  CHECK(judge_by_bands({.min_iter = 1}, {}).empty());
}

TEST_CASE("by rank the best go on, of equal ones the first, and nothing that is not finite") {
  CHECK(names(judge_by_rank(running({{3}, {1}, {1}, {2}, {1}}), 1, 2)) ==
        std::vector<std::size_t>{0, 3, 4});
  const auto stopped = judge_by_rank(running({{3, 1}, {1, 4}, {2, 2}}), 2, 1);
  CHECK(names(stopped) == std::vector<std::size_t>{1, 2});
  CHECK(stopped[0].loss == 4);
  CHECK(stopped[0].threshold == 1);
  CHECK(names(judge_by_rank(running({{diverged}, {5}, {diverged}}), 1, 2)) ==
        std::vector<std::size_t>{0, 2});
  CHECK(judge_by_rank(running({{5}}), 1, 1).empty());
  const auto lone = judge_by_rank(running({{diverged}}), 1, 1);
  REQUIRE(lone.size() == 1);
  CHECK(std::isnan(lone[0].loss));
  CHECK_FALSE(lone[0].threshold);
  // One that is over takes a place by its last value, and is not stopped.
  const curves unequal{{3, 3, 3}, {1}, {2, 2, 2}};
  std::vector<compared_run> over = running(unequal);
  const std::vector<double> none;
  over[1].running = false;
  CHECK(names(judge_by_rank(over, 3, 1)) == std::vector<std::size_t>{0, 2});
  over[1].losses = none;
  CHECK(names(judge_by_rank(over, 3, 1)) == std::vector<std::size_t>{0});
}

TEST_CASE("a run is stopped whose best is worse than the median of the others' means") {
  const early_rules::median three{};
  // Means up to epoch 2: 2, 3, 4, 9. Of the others for run 3: the median is 3.
  const curves losses{{1, 3}, {3, 3}, {5, 3}, {10, 8}};
  const auto stopped = judge_by_median(three, running(losses), 2);
  CHECK(names(stopped) == std::vector<std::size_t>{3});
  CHECK(stopped[0].loss == 8);
  CHECK(stopped[0].threshold == 3);
  // An even number of others: the middle of two.
  const curves five{{1}, {2}, {3}, {4}, {2.4}};
  CHECK(names(judge_by_median(three, running(five), 1)) == std::vector<std::size_t>{2, 3});
  CHECK(judge_by_median({.min_runs = 5}, running(five), 1).empty());
  CHECK(judge_by_median(three, running({{1}, {1}, {1}, {1}}), 1).empty());  // ties
  CHECK(judge_by_median(three, running({{7}}), 1).empty());
  // Those that did not come so far do not count, those that are over do.
  const curves unequal{{1, 1}, {1, 1}, {1}, {9, 9}, {1, 1}};
  std::vector<compared_run> some = running(unequal);
  CHECK(names(judge_by_median(three, some, 2)) == std::vector<std::size_t>{3});
  some[4].losses = some[4].losses.first(1);
  CHECK(judge_by_median(three, some, 2).empty());
  // What is not finite is left out of means, and stops its own run.
  const auto lost = judge_by_median(three, running({{1, diverged}, {1, 1}}), 2);
  CHECK(names(lost) == std::vector<std::size_t>{0});
  CHECK(std::isnan(lost[0].loss));
}

TEST_CASE("what is not finite is worst for W&B's rule, too, and stopped even alone") {
  CHECK(names(judge_by_bands({.min_iter = 1}, running({{diverged}}))) ==
        std::vector<std::size_t>{0});
  const auto stopped = judge_by_bands({.min_iter = 1}, running({{diverged}, {1}, {diverged}}));
  CHECK(names(stopped) == std::vector<std::size_t>{0, 2});
  CHECK_FALSE(stopped[0].threshold);  // sorted(V)[1] is not finite
  CHECK(names(judge_by_bands({.min_iter = 2, .strict = false}, running({{1, diverged}, {2, 2}}))) ==
        std::vector<std::size_t>{0});
}
