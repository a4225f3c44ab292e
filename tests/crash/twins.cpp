// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Two live attempts at one index, as schedulers make them when they lose sight of the first.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runs.hpp"

using testing::crash_site;
using testing::ending;

namespace {

/// All but what is on its way into place.
std::map<std::string, std::string> files_of(const std::filesystem::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with("tmp")) files[name] = testing::read_file(entry.path());
  }
  return files;
}

/// Waits until a run has saved something, then stops it; false if it has ended before.
bool stop_midway(const crash_site& site, const std::string& name, const testing::process& run) {
  const std::filesystem::path place = site.output(name);
  for (int i = 0; i < 2000 && !std::filesystem::exists(place / crash_site::state); ++i) {
    testing::sleep_for(0.001);
  }
  run.send(SIGSTOP);
  return !std::filesystem::exists(place / "result_0.json");
}

}  // namespace

TEST_CASE("a slower twin leaves a finished run as it is, ends 0, or may be killed at any moment") {
  const crash_site site(testing::long_plan());
  int met = 0;
  for (const double alive : {0.0, 0.02, 0.05, 0.1, 100.0, 100.0}) {
    site.clear("twins");
    testing::process slow = site.start("twins");
    if (!stop_midway(site, "twins", slow)) continue;
    const ending fast = site.run("twins");
    INFO(fast.err);
    // Stopped between its last look at a file and the rename, a twin holds the lock on it.
    if (fast.err.find("another process holds a lock on it") != std::string::npos) continue;
    CHECK(fast.code == 0);
    const auto left = files_of(site.output("twins"));
    slow.send(SIGCONT);
    if (alive < 100) {
      testing::sleep_for(alive);
      slow.send(SIGKILL);
    }
    const ending end = slow.wait();
    INFO(end.err);
    CHECK((end.code == 0 || end.signal == SIGKILL));
    CHECK((end.code == 0 || alive < 100));
    CHECK(files_of(site.output("twins")) == left);
    CHECK(site.run("twins").code == 0);
    site.check_equal_to_calm("twins");
    ++met;
  }
  CHECK(met >= 3);
}

TEST_CASE("twins that begin at once both end 0, with model, log and result of an undisturbed run") {
  const crash_site site(testing::long_plan());
  for (int i = 0; i < 3; ++i) {
    site.clear("twins");
    testing::process one = site.start("twins");
    testing::process two = site.start("twins", {}, {}, "two");
    const ending first = one.wait();
    const ending second = two.wait();
    INFO(first.err << second.err);
    CHECK(first.code == 0);
    CHECK(second.code == 0);
    // The state that is kept may be the slower one's: it leads to the same end.
    std::filesystem::copy_file(site.output("calm") / crash_site::state,
                               site.output("twins") / crash_site::state,
                               std::filesystem::copy_options::overwrite_existing);
    site.check_equal_to_calm("twins");
  }
}

TEST_CASE("of two runs of one index with different paramsets the loser says so") {
  const crash_site site(testing::long_plan());
  const auto is_refusal = [](const ending& how) {
    return how.code == 65 &&
           how.err.find("belongs to another run: paramset.seed is ") != std::string::npos &&
           how.err.ends_with("; --start-over discards it\n");
  };
  SECTION("that begin at once") {
    for (int i = 0; i < 3; ++i) {
      site.clear("rivals");
      testing::process one = site.start("rivals");
      testing::process two = site.start("rivals", {}, {"--seed", "9"}, "two");
      const ending first = one.wait();
      const ending second = two.wait();
      INFO(first.err << "; " << second.err);
      CHECK((first.code == 0) != (second.code == 0));
      CHECK((is_refusal(first) || is_refusal(second)));
      const std::vector<std::string> seed =
          first.code == 0 ? std::vector<std::string>{} : std::vector<std::string>{"--seed", "9"};
      const auto left = files_of(site.output("rivals"));
      CHECK(site.start("rivals", {}, seed).wait().code == 0);  // finished, its model the result's
      CHECK(files_of(site.output("rivals")) == left);
    }
  }
  SECTION("one of which slept while the other started over") {
    testing::process slow = site.start("rivals");
    REQUIRE(stop_midway(site, "rivals", slow));
    CHECK(site.start("rivals", {}, {"--seed", "9", "--start-over"}).wait().code == 0);
    const auto left = files_of(site.output("rivals"));
    slow.send(SIGCONT);
    const ending end = slow.wait();
    INFO(end.err);
    CHECK(is_refusal(end));
    CHECK(files_of(site.output("rivals")) == left);
  }
}
