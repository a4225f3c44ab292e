// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What is done next for the runs of a large sweep, as result after result comes.

#include "sweepnet/run/sweep_planner.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "support.hpp"
#include "sweepnet/core/random.hpp"

using namespace sweepnet;
namespace early_rules = early_terminations;

namespace {

/// A run's values up to an epoch: the same whoever asks.
std::vector<double> values_of(std::size_t run, std::int64_t until) {
  std::vector<double> values;
  for (std::int64_t e = 0; e < until; ++e) {
    values.push_back(open_unit_interval(bits_of(random_at(3, run, static_cast<std::uint64_t>(e)))));
  }
  return values;
}

}  // namespace

TEST_CASE("asha and hyperband are planned result by result for 100,000 runs") {
  constexpr std::size_t count = 100'000;
  constexpr std::int64_t epochs = 9;
  for (const early_termination& early : {early_termination(early_rules::asha{.parallel = 4}),
                                         early_termination(early_rules::asha{.parallel = 1000}),
                                         early_termination(early_rules::hyperband{})}) {
    INFO(name_of(early));
    const search_rules rules{.early = early, .compared = metric::val_loss};
    sweep_planner planner(rules, std::vector<searched_run>(count, {.epochs = epochs}),
                          std::vector<run_progress>(count), false);
    std::vector<std::int64_t> reached(count);
    std::size_t stopped = 0;
    std::deque<sweep_task> open;
    const auto ask = [&] {
      for (sweep_task& task : planner.more()) open.push_back(std::move(task));
    };
    for (ask(); !open.empty();) {
      const sweep_task task = open.front();
      open.pop_front();
      if (task.stop) {
        ++stopped;
      } else {
        REQUIRE(task.leg->until > reached[task.run]);
        reached[task.run] = task.leg->until;
        planner.note(task.run, {.values = values_of(task.run, reached[task.run]),
                                .over = reached[task.run] == epochs});
      }
      if (open.size() < 4) ask();  // as four workers do, once nothing is left to take
    }
    CHECK(planner.is_finished());
    const auto ended = static_cast<std::size_t>(std::ranges::count(reached, epochs));
    CHECK(ended > 0);
    CHECK(stopped + ended == count);
    CHECK(planner.told().size() == count);
  }
}
