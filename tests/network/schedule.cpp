// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/schedule.hpp"

#include <algorithm>
#include <cmath>

#include "golden.hpp"
#include "sweepnet/network/optimizer.hpp"

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

TEST_CASE("a number or a schedule stands where a learning rate does") {
  const auto rate_of = [](const optimizer& o) { return o.rate_at(5); };
  CHECK(rate_of({.learning_rate = 0.25}) == 0.25);
  CHECK(rate_of({.learning_rate = 0.5F}) == 0.5);
  CHECK(rate_of({.learning_rate = 2}) == 2);
  CHECK(rate_of({.learning_rate = schedules::constant{0.125}}) == 0.125);
  const schedules::piecewise_constant_decay falling{.boundaries = {3}, .values = {1, 0.5}};
  CHECK(rate_of({.learning_rate = falling}) == 0.5);
  CHECK(rate_of({.learning_rate = learning_rate_schedule{falling}}) == 0.5);
  CHECK(rate_of({.rule = rules::sgd{}}) == 0.01);

  optimizer changed;
  changed.learning_rate = schedules::exponential_decay{
      .initial_learning_rate = 32, .decay_steps = 1, .decay_rate = 0.5};
  CHECK(changed.rate_at(5) == 1);
  changed.learning_rate = 0.75;
  CHECK(changed.rate_at(5) == 0.75);
  changed.learning_rate = schedules::cosine_decay{.initial_learning_rate = 3, .decay_steps = 5};
  CHECK(changed.rate_at(5) == 0);
  changed.learning_rate = std::nullopt;
  CHECK(changed.rate_at(5) == 0.001);
}
