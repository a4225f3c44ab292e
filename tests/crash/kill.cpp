// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Kills at any moment. SWEEPNET_KILLS sets how many; the default is small, for every day.

#include <csignal>
#include <filesystem>
#include <string>

#include "disturbed.hpp"
#include "runs.hpp"

using testing::crash_site;
using testing::ending;

TEST_CASE("a run killed at random moments and resumed ends in the same bytes") {
  const crash_site site;
  bool had_model = false;
  const auto look = [&] {
    site.check_whole("killed");
    const bool has_model = std::filesystem::exists(site.output("killed") / crash_site::model);
    CHECK((has_model || !had_model));
    had_model = has_model;
  };
  const auto compare = [&] {
    site.check_equal_to_calm("killed");
    had_model = false;  // the next run begins anew
  };
  const auto [kills, finished] =
      testing::kill_and_go_on(site, "SWEEPNET_KILLS", testing::cases(12, 5), 0, look, compare);
  WARN(kills << " kills in " << finished << " runs: all ended as the undisturbed run");
}

TEST_CASE("a signal to stop saves the run and exits 75, and the same command goes on") {
  const crash_site site;
  const auto [signal, name] = GENERATE(
      take(testing::cases<std::size_t>(6, 2), table<int, std::string>({{SIGTERM, "SIGTERM"},
                                                                       {SIGINT, "SIGINT"},
                                                                       {SIGHUP, "SIGHUP"},
                                                                       {SIGUSR1, "SIGUSR1"},
                                                                       {SIGUSR2, "SIGUSR2"},
                                                                       {SIGXCPU, "SIGXCPU"}})));
  testing::ask_to_stop(site, signal, 0, [&, name = name](const std::string& said) {
    CHECK(said.starts_with("sweepnet: " + name + " came "));
  });
  site.check_equal_to_calm("asked");
}
