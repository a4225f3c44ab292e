// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Rows with one-hot columns against the same rows multiplied out: whatever the network, the same
// bits.

#include "one_hot_data.hpp"

#include <string>
#include <vector>

#include "backend/cpu/two_epochs.hpp"
#include "backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cpu/machine/thread_pool.hpp"
#include "sweepnet/embed/predictor.hpp"

using namespace sweepnet;

TEST_CASE("one-hot rows train to the bits of the same rows multiplied out") {
  std::int64_t sparse = 0;
  const std::uint64_t count = testing::cases(160, 30);
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const testing::one_hot_case s = testing::draw_one_hot_case(seed);
    INFO("seed " << seed << ": " << s.text);
    const dataset dense = testing::multiplied_out(s.data);
    const auto expected = testing::after_two_epochs(
        cpu_executor(s.model, s.options, dense, {.threads = 1, .sparse_below = 0}));
    for (const int threads : {1, 2, 5}) {
      CHECK(expected == testing::after_two_epochs(
                            cpu_executor(s.model, s.options, s.data, {.threads = threads})));
    }
    for (const double sparse_below : {0.0, 100.0}) {
      for (const bool keep : {false, true}) {
        const cpu_options how{.threads = 2, .sparse_below = sparse_below, .keep_gradients = keep};
        CHECK(expected == testing::after_two_epochs(cpu_executor(s.model, s.options, s.data, how)));
      }
    }
    const cpu_executor chosen(s.model, s.options, s.data, {.threads = 1});
    sparse += chosen.device().find("sparse") != std::string::npos ? 1 : 0;
  }
  CHECK(sparse > static_cast<std::int64_t>(count) / 4);  // both ways are there
  CHECK(sparse < static_cast<std::int64_t>(count) * 3 / 4);
}
