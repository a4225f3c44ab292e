// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Commands that are killed, or asked to stop, and given again until they end. A site has
// start(name), clear(name), and seconds(), which an undisturbed command takes.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string>

#include "process.hpp"
#include "support.hpp"

namespace testing {

struct kill_tally {
  int kills = 0;
  int finished = 0;  ///< commands that came to their end
};

/// Kills the command at random moments until that has been done as often as the environment
/// variable says, else `usual` times, and lets it end with `code`, anew from nothing until then.
/// `look` is called whenever a process is gone, `compare` when the command has ended.
template <class Site, class Look, class Compare>
kill_tally kill_and_go_on(const Site& site, const char* variable, int usual, int code,
                          const Look& look, const Compare& compare) {
  const char* wanted = std::getenv(variable);
  const int kills = wanted != nullptr ? std::atoi(wanted) : usual;
  const auto seed = static_cast<unsigned>(std::random_device{}());
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> moment(0, 1.05 * site.seconds());
  kill_tally tally;
  while (tally.kills < kills) {
    site.clear("killed");
    for (bool ended = false; !ended;) {
      process run = site.start("killed");
      if (tally.kills < kills) {
        sleep_for(moment(random));
        run.send(SIGKILL);
      }
      const ending how = run.wait();
      tally.kills += how.signal == SIGKILL ? 1 : 0;
      ended = how.signal == 0;
      INFO("after " << tally.kills << " kills: " << how.err);
      CHECK((how.signal == SIGKILL || how.code == code));
      look();
    }
    compare();
    ++tally.finished;
  }
  return tally;
}

/// Sends the signal at several moments: the command exits 75 within 2 s, `check` of what it said,
/// and goes on when it is given again. With `code` it has ended before the signal came.
template <class Site, class Check>
void ask_to_stop(const Site& site, int signal, int code, const Check& check) {
  int interrupted = 0;
  for (int attempt = 0; attempt < 20 && interrupted < 3; ++attempt) {
    process run = site.start("asked");
    sleep_for(0.02 + 0.1 * (attempt % 7) * site.seconds());
    const auto asked = std::chrono::steady_clock::now();
    run.send(signal);
    const ending how = run.wait();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - asked;
    INFO(how.err);
    if (how.signal == signal) continue;  // it came before the program could listen
    if (how.code == code) {              // it came too late
      site.clear("asked");
      continue;
    }
    CHECK(how.code == 75);
    CHECK(took.count() < 2);
    check(how.err);
    ++interrupted;
  }
  CHECK(interrupted > 0);
  CHECK(site.start("asked").wait().code == code);
}

}  // namespace testing
