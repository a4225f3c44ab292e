// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/schedule.hpp"

#include <algorithm>
#include <cmath>

#include "golden.hpp"

using namespace sweepnet;

TEST_CASE("learning-rate schedules give Keras' rates") {
  const ordered_json schedules = testing::golden_json("schedules.json")["schedules"];
  REQUIRE(schedules.size() == 6);
  for (const ordered_json& entry : schedules) {
    const auto schedule =
        decode_json<learning_rate_schedule>(entry["config"], "golden", "learning_rate");
    const ordered_json& rates = entry["learning_rates"];
    REQUIRE(rates.size() == 101);
    const double largest = *std::max_element(rates.begin(), rates.end());
    for (std::size_t step = 0; step < rates.size(); ++step) {
      const double expected = rates[step].get<double>();
      INFO(entry["config"].dump() << " at step " << step);
      CHECK(std::abs(schedule.at(step) - expected) <=
            2e-6 * expected + 2e-8 * largest);  // Keras: float
    }
  }
}
