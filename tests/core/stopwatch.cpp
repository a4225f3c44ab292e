// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/core/stopwatch.hpp"

#include <chrono>
#include <thread>

#include "support.hpp"

using namespace sweepnet;

TEST_CASE("a stopwatch tells seconds since it was made or restarted") {
  stopwatch watch;
  const stopwatch whole;
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(watch.seconds() >= 0.02);
  watch.restart();
  CHECK(watch.seconds() < whole.seconds());
}
