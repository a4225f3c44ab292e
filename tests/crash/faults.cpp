// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Each call on a file of a run fails once, or is interrupted, or done in part, or the process dies
// in the midst of it, or the power goes; then the run goes on.

#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "runs.hpp"

using testing::crash_site;
using testing::ending;

namespace {

/// The calls that a run makes, and the names that are durable when it ends.
struct call_log {
  std::map<std::string, int> calls{};    ///< of each kind
  std::map<std::string, int> renames{};  ///< to each file's name
  std::set<std::string> kept{};
  bool hit = false;

  explicit call_log(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const std::string kind = line.substr(0, line.find(' '));
      const std::string path = line.substr(std::min(kind.size() + 1, line.size()));
      if (kind == "hit") {
        hit = true;
      } else if (kind == "kept") {
        kept.insert(path);
      } else if (kind == "gone") {
        kept.erase(path);
      } else {
        ++calls[kind];
        if (kind == "rename") ++renames[std::filesystem::path(path).filename().string()];
      }
    }
  }
};

struct fault {
  std::string kind;
  int at = 0;
  std::string how;
};

/// Runs of one site with the shim between them and their files.
class fault_site : public crash_site {
 public:
  explicit fault_site(const testing::crash_plan& plan = testing::short_plan()) : crash_site(plan) {}

  /// What puts the shim between a process and its files.
  [[nodiscard]] std::vector<std::string> variables(const fault& chosen) const {
    std::filesystem::remove(log());
    const std::string words = chosen.kind + ":" + std::to_string(chosen.at) + ":" + chosen.how;
    return {"SWEEPNET_FAULT=" + words, "SWEEPNET_FAULT_LOG=" + log(),
            "SWEEPNET_FAULT_BELOW=" + directory().string(), "LD_PRELOAD=" SWEEPNET_FAULT_SHIM,
            "ASAN_OPTIONS=verify_asan_link_order=0"};
  }
  [[nodiscard]] ending run_with(const fault& chosen) const {
    return run("broken", variables(chosen));
  }
  [[nodiscard]] ending run_on() const { return run_with({.kind = "none", .how = "0"}); }
  [[nodiscard]] call_log calls() const { return call_log(testing::read_file(log())); }

 private:
  [[nodiscard]] std::string log() const { return (directory() / "calls").string(); }
};

/// An error that such a call may give, and the exit codes that are right then.
struct failure {
  int error;
  std::set<int> codes;
};

// 0 stands where nothing depends on the call: a lock that does not work, a file that cannot be
// opened to be locked, or was only read and cannot be closed.
const std::map<std::string, failure> failures{
    {"open", {EIO, {0, 73, 74}}}, {"create", {ENOSPC, {73}}}, {"read", {EIO, {74}}},
    {"write", {ENOSPC, {74}}},    {"fsync", {EIO, {74}}},     {"rename", {EIO, {74}}},
    {"unlink", {EIO, {73, 74}}},  {"mkdir", {ENOSPC, {73}}},  {"lock", {ENOLCK, {0}}},
    {"close", {EIO, {0, 74}}}};

/// Of the calls of a kind every so many-th fails, and the last.
constexpr int stride = testing::cases(1, 60);

/// Breaks one run, and has it end well. Whether the fault came.
bool survives(const fault_site& site, const fault& chosen) {
  const ending broken = site.run_with(chosen);
  const call_log log = site.calls();
  INFO(chosen.kind << ":" << chosen.at << ":" << chosen.how << ": " << broken.err);
  site.check_whole("broken");
  for (const std::string& path : log.kept) {
    INFO(path);
    CHECK(std::filesystem::exists(path));
  }
  const bool dies = chosen.how == "kill" || chosen.how == "powercut";
  if (!log.hit) {
    CHECK(broken.code == 0);
  } else if (dies) {
    CHECK(broken.signal == SIGKILL);
  } else if (chosen.how == "short" || chosen.how == std::to_string(EINTR)) {
    CHECK(broken.code == 0);
  } else {
    const failure& expected = failures.at(chosen.kind);
    CHECK(expected.codes.contains(broken.code));
    if (broken.code != 0) {
      CHECK(broken.err.find(std::strerror(expected.error)) != std::string::npos);
      CHECK(broken.err.find(site.directory().string()) != std::string::npos);
    }
  }
  if (chosen.kind == "exit") {  // it would have exited 0
    for (const char* file : {crash_site::model, "log_0.csv", "result_0.json"}) {
      CHECK(std::filesystem::exists(site.output("broken") / file));
    }
  }
  if (broken.code != 0) {
    const ending again = site.run_on();
    INFO("again: " << again.err);
    CHECK(again.code == 0);
  }
  site.check_equal_to_calm("broken");
  site.clear("broken");
  return log.hit;
}

}  // namespace

TEST_CASE(
    "each call on a file fails once: nothing is lost, and the run goes on to the same bytes") {
  const fault_site site;
  REQUIRE(site.run_on().code == 0);
  const call_log counted = site.calls();
  site.check_equal_to_calm("broken");
  site.clear("broken");
  std::string tried;
  int hits = 0;
  int planned = 0;
  for (const auto& [kind, failure] : failures) {
    REQUIRE(counted.calls.contains(kind));
    std::vector<std::string> ways{std::to_string(failure.error), std::to_string(EINTR), "kill",
                                  "powercut"};
    if (kind == "read" || kind == "write") ways.emplace_back("short");
    const int calls = counted.calls.at(kind);
    for (const std::string& how : ways) {
      for (int at = 1; at <= calls; ++at) {
        if (at % stride != 1 % stride && at != calls) continue;
        ++planned;
        hits += survives(site, {kind, at, how}) ? 1 : 0;
      }
    }
    tried += " " + std::to_string(calls) + " " + kind;
  }
  for (const char* how : {"kill", "powercut"}) CHECK(survives(site, {"exit", 1, how}));
  WARN(hits << " of " << planned << " faults came:" << tried);
  CHECK(hits > planned * 9 / 10);
}

TEST_CASE("a run that was asked to stop is saved, even if the power goes then") {
  testing::crash_plan plan = testing::short_plan();
  plan.paramset = "- {batch_size: 2, epochs: 500, input_units: 8, hidden_nodes: [4], seed: 3}\n";
  const fault_site site(plan);
  testing::process run = site.start("broken", site.variables({"exit", 1, "powercut"}));
  const std::filesystem::path state = site.output("broken") / crash_site::state;
  for (int i = 0; i < 2000 && !std::filesystem::exists(state); ++i) testing::sleep_for(0.01);
  run.send(SIGTERM);
  const ending how = run.wait();
  INFO(how.err);
  CHECK(site.calls().hit);
  CHECK(how.err.find("the run is saved in " + state.string()) != std::string::npos);
  CHECK(std::filesystem::exists(state));
  site.check_whole("broken");
  CHECK(site.run_on().code == 0);
  site.check_equal_to_calm("broken");
}

TEST_CASE("a file that a command wrote is there, even if the power goes then") {
  const fault_site site;
  const std::string model = (site.output("calm") / crash_site::model).string();
  const std::filesystem::path copy = site.directory() / "new/folder/copy.safetensors";
  testing::process command({SWEEPNET_PROGRAM, "export", model, copy.string()},
                           site.variables({"exit", 1, "powercut"}),
                           (site.directory() / "err").string());
  const ending how = command.wait();
  INFO(how.err);
  CHECK(how.signal == SIGKILL);
  REQUIRE(std::filesystem::exists(copy));
  CHECK_NOTHROW(sweepnet::read_model(copy));
}

TEST_CASE("a log of many short epochs is written no more often than saving may take time") {
  testing::crash_plan plan = testing::short_plan();
  plan.paramset = "- {batch_size: 100, epochs: 300, input_units: 8, hidden_nodes: [4], seed: 3}\n";
  const fault_site site(plan);
  REQUIRE(site.run_on().code == 0);
  const int written = site.calls().renames.at("log_0.csv");
  INFO(written << " times in 300 epochs");
  CHECK(written <= 30);
  site.check_equal_to_calm("broken");
}

TEST_CASE("a run whose output directory vanishes makes it anew, or says what failed") {
  const crash_site site;
  testing::process run = site.start("vanished");
  testing::sleep_for(0.5 * site.seconds());
  if (std::filesystem::exists(site.output("vanished"))) {
    std::filesystem::rename(site.output("vanished"), site.directory() / "away");
  }
  const ending how = run.wait();
  INFO(how.err);
  if (how.code != 0) {  // it vanished in the midst of a write
    CHECK((how.code == 73 || how.code == 74));
    CHECK(how.err.find(site.output("vanished").string()) != std::string::npos);
    CHECK(site.run("vanished").code == 0);
  }
  CHECK(std::filesystem::exists(site.output("vanished") / crash_site::model));
  CHECK(std::filesystem::exists(site.output("vanished") / "result_0.json"));
}
