// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Whole sweeps killed at any moment, asked to stop, and two at once in one directory.
// SWEEPNET_SWEEP_KILLS sets how many kills; the default is small, for every day.

#include <csignal>
#include <string>

#include "disturbed.hpp"
#include "process.hpp"
#include "support.hpp"
#include "sweeps.hpp"

using testing::ending;
using testing::killed_sweep;

TEST_CASE(
    "a sweep killed at random moments and started again ends in the bytes of its runs alone") {
  const killed_sweep site;
  const auto [kills, finished] = testing::kill_and_go_on(
      site, "SWEEPNET_SWEEP_KILLS", testing::cases(10, 4), 65, [] {},
      [&] { site.check_equal_to_alone("killed"); });
  WARN(kills << " kills in " << finished << " sweeps: all ended as their runs alone");
}

TEST_CASE("a signal saves all runs of a sweep within 2 s, exits 75, and the same command goes on") {
  const killed_sweep site;
  testing::ask_to_stop(site, SIGTERM, 65, [](const std::string& said) {
    CHECK(said.find("sweepnet: SIGTERM came") != std::string::npos);
    CHECK(said.find("the same command goes on from there") != std::string::npos);
  });
  site.check_equal_to_alone("asked");
}

TEST_CASE("two sweeps of one directory at once lose nothing") {
  const killed_sweep site;
  testing::process one = site.start("shared", "sweep", {"--threads", "1"}, "_one");
  testing::sleep_for(0.2 * site.seconds());
  testing::process other = site.start("shared", "sweep", {"--threads", "2"}, "_other");
  for (testing::process* each : {&one, &other}) {
    const ending how = each->wait();
    INFO(how.err);
    CHECK(how.code == 65);
    CHECK(how.err.find("1 of 8 runs failed or are damaged: paramset 3;") != std::string::npos);
  }
  // The state that is kept beside a result is that of either, when it saved last.
  site.check_equal_to_alone("shared", false);
}
