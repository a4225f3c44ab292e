// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// About how long a sweep takes, told by a few runs of it.

#include "sweepnet/run/sweep_speed.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "data_files.hpp"
#include "support.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/sweep/paramset.hpp"

using namespace sweepnet;

namespace {

bool near(double found, double expected) { return std::abs(found / expected - 1) < 1e-9; }

}  // namespace

TEST_CASE("a run's seconds lie between those of the samples beside it") {
  const machine_speed speed(
      {{.step_cost = 1e6, .seconds_per_cost = 2e-9}, {.step_cost = 1e4, .seconds_per_cost = 6e-9}},
      2, 1);
  CHECK(near(speed.seconds_of({.cost = 1e9, .step_cost = 1e4}), 6));
  CHECK(near(speed.seconds_of({.cost = 1e9, .step_cost = 1e5}), 4));
  CHECK(near(speed.seconds_of({.cost = 1e9, .step_cost = 1e6}), 2));
  CHECK(near(speed.seconds_of({.cost = 1e9, .step_cost = 1}), 6));
  CHECK(near(speed.seconds_of({.cost = 1e9, .step_cost = 1e9}), 2));
  CHECK(testing::message_of<argument_error>([] { machine_speed({}, 1, 0); }) ==
        "a machine's speed needs a sample");
}

TEST_CASE("a sweep takes its runs' seconds over the workers, no less than its longest run") {
  const machine_speed speed({{.step_cost = 1, .seconds_per_cost = 1}}, 2, 1);
  const std::vector<searched_run> four(4, {.epochs = 3});
  const std::vector<costed_run> alike(4, {.cost = 6, .step_cost = 1});
  CHECK(near(expected_seconds({}, four, alike, speed), 12));
  // The first epoch of all, the others of two.
  const search_rules halved{.early = early_terminations::successive_halving{.eta = 2}};
  CHECK(near(expected_seconds(halved, four, alike, speed), (4 * 2 + 2 * 2 + 1 * 2) / 2.0));
  const std::vector<costed_run> one_long{{5, 1}, {1, 1}, {1, 1}, {1, 1}};
  CHECK(near(expected_seconds({}, four, one_long, speed), 5));
}

TEST_CASE("networks are timed from the cheapest step to the dearest") {
  const dataset data = testing::random_dataset(60, 20, 4);
  std::vector<paramset> paramsets;
  std::vector<costed_run> costs;
  for (const std::int64_t units : {4, 8, 8, 200}) {
    paramset p;
    p.input_units = units;
    p.hidden_nodes = {};
    paramsets.push_back(p);
    costs.push_back(costed_run_of(build_model(p, data.inputs(), data.classes()),
                                  training_options_of(p), data.train.rows(),
                                  data.validation.rows()));
  }
  CHECK(costs[3].step_cost > costs[0].step_cost);
  const auto network_of = [&](std::size_t run) {
    return std::pair(build_model(paramsets[run], data.inputs(), data.classes()),
                     training_options_of(paramsets[run]));
  };
  const machine_speed speed = measure_speed(costs, network_of, data, 2);
  CHECK(speed.samples() == 3);  // of equal ones one is enough
  CHECK(speed.workers() == 2);
  CHECK(speed.measured_for() > 0);
  for (const costed_run& each : costs) CHECK(speed.seconds_of(each) > 0);
  CHECK(testing::message_of<argument_error>([&] {
          (void)measure_speed({}, network_of, data, 1);
        }) == "a machine's speed is told by runs, and there are none");
}
