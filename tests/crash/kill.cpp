// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Kills at any moment. SWEEPNET_KILLS sets how many; the default is small, for every day.

#include <chrono>
#include <cstdlib>
#include <random>
#include <string>

#include "runs.hpp"

using testing::crash_site;
using testing::ending;

TEST_CASE("a run killed at random moments and resumed ends in the same bytes") {
  const crash_site site;
  const char* wanted = std::getenv("SWEEPNET_KILLS");
  const int kills = wanted != nullptr ? std::atoi(wanted) : 12;
  const auto seed = static_cast<unsigned>(std::random_device{}());
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> moment(0, 1.05 * site.seconds());

  int done = 0;
  int finished = 0;
  while (done < kills) {
    site.clear("killed");
    bool had_model = false;
    for (bool ended = false; !ended;) {
      testing::process run = site.start("killed");
      if (done < kills) {
        testing::sleep_for(moment(random));
        run.send(SIGKILL);
      }
      const ending how = run.wait();
      done += how.signal == SIGKILL ? 1 : 0;
      ended = how.signal == 0;
      INFO("after " << done << " kills: " << how.err);
      CHECK((how.signal == SIGKILL || how.code == 0));
      site.check_whole("killed");
      const bool has_model = std::filesystem::exists(site.output("killed") / crash_site::model);
      CHECK((has_model || !had_model));
      had_model = has_model;
    }
    site.check_equal_to_calm("killed");
    ++finished;
  }
  WARN(done << " kills in " << finished << " runs: all ended as the undisturbed run");
}

TEST_CASE("a signal to stop saves the run and exits 75, and the same command goes on") {
  const crash_site site;
  const auto [signal, name] = GENERATE(table<int, std::string>({{SIGTERM, "SIGTERM"},
                                                                {SIGINT, "SIGINT"},
                                                                {SIGHUP, "SIGHUP"},
                                                                {SIGUSR1, "SIGUSR1"},
                                                                {SIGUSR2, "SIGUSR2"},
                                                                {SIGXCPU, "SIGXCPU"}}));
  int interrupted = 0;
  for (int attempt = 0; attempt < 20 && interrupted < 3; ++attempt) {
    testing::process run = site.start("asked");
    testing::sleep_for(0.02 + 0.1 * (attempt % 7) * site.seconds());
    const auto asked = std::chrono::steady_clock::now();
    run.send(signal);
    const ending how = run.wait();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - asked;
    INFO(how.err);
    if (how.signal == signal) continue;  // it came before the program could listen
    if (how.code == 0) {                 // it came too late
      site.clear("asked");
      continue;
    }
    CHECK(how.code == 75);
    CHECK(took.count() < 2);
    CHECK(how.err.starts_with("sweepnet: " + name + " came "));
    ++interrupted;
  }
  CHECK(interrupted > 0);
  CHECK(site.run("asked").code == 0);
  site.check_equal_to_calm("asked");
}
