// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// SIGTERM while the S3 that a run is kept on fails or stalls: it leaves in time, saved where that
// can be done, and says what it could not do.

#if defined(SWEEPNET_HAS_S3)

#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <mutex>
#include <string>

#include "data_files.hpp"
#include "process.hpp"
#include "storage/loopback.hpp"
#include "support.hpp"

using testing::answer;
using testing::asked;
using testing::ending;

namespace {

/// A bucket in memory, whose writes fail on demand; stalls are the server's own.
class bucket {
 public:
  std::atomic<bool> fails = false;
  std::atomic<int> refused = 0;  ///< writes

  std::string operator()(const asked& request) {
    const std::lock_guard lock(mutex_);
    const std::string key = request.target.substr(0, request.target.find('?'));
    if (request.target.find("list-type=2") != std::string::npos) return listing(request.target);
    if (request.method == "PUT") {
      if (fails) {
        ++refused;
        return answer(503, "<Error><Code>SlowDown</Code></Error>");
      }
      objects_[key] = request.body;
      return answer(200, "", {"ETag: \"t\""});
    }
    if (request.method == "DELETE") return answer(204, "");
    const auto found = objects_.find(key);
    return found == objects_.end() ? answer(404, "<Error><Code>NoSuchKey</Code></Error>")
                                   : answer(200, found->second);
  }

  [[nodiscard]] std::string object(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return objects_[key];
  }

 private:
  std::string listing(const std::string& target) {
    const std::size_t at = target.find("prefix=") + 7;
    std::string prefix = target.substr(at, target.find('&', at) - at);
    for (std::size_t i = 0; (i = prefix.find("%2F")) != prefix.npos;) prefix.replace(i, 3, "/");
    std::string found = "<L>";
    for (const auto& [key, content] : objects_) {
      if (key.starts_with("/bucket/" + prefix) && !content.empty()) {
        found += "<Contents><Key>" + key.substr(8) + "</Key><ETag>\"t\"</ETag></Contents>";
      }
    }
    return answer(200, found + "</L>");
  }

  std::mutex mutex_;
  std::map<std::string, std::string> objects_;
};

/// A run that would last for minutes, kept on that bucket.
class site {
 public:
  static constexpr double stop_within = 2;

  site() {
    testing::write_idx_directory(directory_ / "data", testing::random_dataset(600, 300, 5));
    testing::write_file(
        directory_ / "sweep.yml",
        "- {batch_size: 8, epochs: 1000000, input_units: 200, hidden_nodes: [20]}\n");
  }

  [[nodiscard]] testing::process start() {
    return testing::process(
        {SWEEPNET_PROGRAM, "train", directory_ / "sweep.yml", "--data", directory_ / "data",
         "--output", "s3://bucket/out", "--set", "model_path=model.safetensors", "--verbose", "0",
         "--threads", "1", "--save-every", "0.05", "--stop-within", std::to_string(stop_within)},
        {"AWS_ENDPOINT_URL=" + server.url(), "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=s",
         "AWS_MAX_ATTEMPTS=2"},
        directory_ / "err");
  }

  [[nodiscard]] std::string state() { return s3.object("/bucket/out/state_0.safetensors"); }

  /// Until the run was saved twice, so that it has heard of the first time.
  void wait_for_state() {
    std::string first;
    for (int i = 0; i < 600 && (first.empty() || state() == first); ++i) {
      testing::sleep_for(0.05);
      if (first.empty()) first = state();
    }
    REQUIRE_FALSE(first.empty());
    REQUIRE((state() != first));  // not for people
  }

  void wait_for_refusals(int count) {
    for (int i = 0; i < 600 && s3.refused < count; ++i) testing::sleep_for(0.05);
    REQUIRE(s3.refused >= count);
  }

  bucket s3{};
  testing::loopback_server server{[this](const asked& request) { return s3(request); }};

 private:
  testing::temporary_directory directory_{};
};

/// The end of a run that is asked to stop, and the seconds that it took.
std::pair<ending, double> stopped(testing::process& run) {
  const auto asked_at = std::chrono::steady_clock::now();
  run.send(SIGTERM);
  ending how = run.wait();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - asked_at;
  WARN("exit " << how.code << " after " << took.count() << " s: " << how.err);
  return {std::move(how), took.count()};
}

constexpr const char* saving = ": saving the run in s3://bucket/out/state_0.safetensors, for ";

}  // namespace

TEST_CASE("SIGTERM while S3 fails or stalls: the run leaves in time and says what is saved") {
  const bool stalls = GENERATE(true, false);
  site here;
  testing::process run = here.start();
  here.wait_for_state();
  const std::string before = here.state();
  if (stalls) here.server.stall();
  here.s3.fails = true;
  testing::sleep_for(0.5);
  const auto [how, seconds] = stopped(run);
  CHECK(how.code == 69);
  CHECK(seconds > site::stop_within - 0.2);
  CHECK(seconds < site::stop_within + 3);
  CHECK(how.err.find(saving) != std::string::npos);
  CHECK(how.err.find(", and the run could not be saved within 2 s: s3://bucket/out/") !=
        std::string::npos);
  CHECK(how.err.find("Z, and the same command goes on from there") != std::string::npos);
  CHECK(here.state().size() >= before.size());
}

TEST_CASE("SIGTERM after S3 has recovered from a failed save: the run is saved anew") {
  const bool stalls = GENERATE(true, false);
  site here;
  testing::process run = here.start();
  here.wait_for_state();
  if (stalls) here.server.stall();
  here.s3.fails = true;
  testing::sleep_for(0.5);
  if (!stalls) CHECK(here.s3.refused > 0);
  const std::string before = here.state();
  here.s3.fails = false;
  here.server.resume();  // what it has left unanswered, it never answers
  const auto [how, seconds] = stopped(run);
  CHECK(how.code == 75);
  CHECK(seconds < site::stop_within + 1);
  CHECK(how.err.find(": the run is saved in s3://bucket/out/state_0.safetensors, and") !=
        std::string::npos);
  CHECK((here.state() != before));  // not for people
}

TEST_CASE("SIGTERM while S3 fails, and it recovers in time: the run is saved") {
  site here;
  testing::process run = here.start();
  here.wait_for_state();
  here.s3.fails = true;
  here.wait_for_refusals(2);
  run.send(SIGTERM);
  testing::sleep_for(1);
  here.s3.fails = false;
  const ending how = run.wait();
  INFO(how.err);
  CHECK(how.code == 75);
}

TEST_CASE("a save that failed for now does not end a run, whose next one succeeds") {
  site here;
  testing::process run = here.start();
  here.wait_for_state();
  here.s3.fails = true;
  here.wait_for_refusals(5);
  here.s3.fails = false;
  const std::string before = here.state();
  for (int i = 0; i < 600 && here.state() == before; ++i) testing::sleep_for(0.05);
  CHECK((here.state() != before));  // not for people
  const ending how = stopped(run).first;
  CHECK(how.code == 75);
  CHECK(how.err.starts_with("note: s3://bucket/out/"));
  CHECK(how.err.find("503 SlowDown, request id unknown, after 2 attempts; the run goes on\n") !=
        std::string::npos);
}

TEST_CASE("a second signal kills a run that still waits for S3") {
  site here;
  testing::process run = here.start();
  here.wait_for_state();
  here.server.stall();
  testing::sleep_for(0.2);
  run.send(SIGTERM);
  testing::sleep_for(0.5);
  CHECK(stopped(run).first.signal == SIGTERM);
}

#endif
