// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/background_writer.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "support.hpp"

using sweepnet::storage::background_writer;
using testing::read_file;

TEST_CASE("what is submitted is on disk after flush") {
  const testing::temporary_directory directory;
  background_writer writer;
  CHECK_FALSE(writer.written(directory / "a"));
  writer.submit(directory / "a", [] { return std::string("first"); });
  writer.flush();
  CHECK(read_file(directory / "a") == "first");
  CHECK(writer.written(directory / "a"));
}

TEST_CASE("a waiting write is replaced by a newer one to the same path, and by no other") {
  const testing::temporary_directory directory;
  background_writer writer;
  std::promise<void> begun;
  std::promise<void> go_on;
  writer.submit(directory / "slow", [&] {
    begun.set_value();
    go_on.get_future().wait();
    return std::string("slow");
  });
  begun.get_future().wait();
  std::atomic<int> encoded{0};
  for (const char* content : {"1", "2", "3"}) {
    writer.submit(directory / "often", [&encoded, content] {
      ++encoded;
      return std::string(content);
    });
  }
  writer.submit(directory / "once", [] { return std::string("once"); });
  go_on.set_value();
  writer.flush();
  CHECK(encoded == 1);
  CHECK(read_file(directory / "slow") == "slow");
  CHECK(read_file(directory / "often") == "3");
  CHECK(read_file(directory / "once") == "once");
}

TEST_CASE("a failure reaches the next call, once") {
  const testing::temporary_directory directory;
  testing::write_file(directory / "file", "");
  background_writer writer;
  const std::string path = directory / "file/inside";
  writer.submit(path, [] { return std::string("lost"); });
  CHECK(testing::message_of<sweepnet::cannot_create>([&] {
          writer.flush();
        }).starts_with(directory / "file: cannot make the directory: "));
  CHECK_NOTHROW(writer.flush());
}

namespace {

/// A path on a service that is well or ill, as a test wants.
struct service {
  std::atomic<bool> ill = true;
  std::atomic<int> tries = 0;
  std::string stored{};

  [[nodiscard]] std::function<void()> task(const std::string& content) {
    return [this, content] {
      ++tries;
      if (ill) throw sweepnet::service_unavailable("the service is ill");
      stored = content;
    };
  }
};

}  // namespace

TEST_CASE("a service that is ill for now ends nothing: a newer write, or flush, comes after") {
  service service;
  std::vector<std::string> told;
  background_writer writer([&](const std::string& text) { told.push_back(text); });
  writer.submit_task("state", service.task("1"));
  while (service.tries < 1) std::this_thread::yield();
  // Whether the failure is there already or comes later, neither call throws it.
  writer.submit_task("state", service.task("2"));
  while (service.tries < 2) std::this_thread::yield();
  service.ill = false;
  CHECK_NOTHROW(writer.submit_task("model", service.task("3")));
  writer.flush();
  CHECK(writer.written("model"));
  CHECK(writer.written("state"));
  writer.submit_task("state", service.task("3"));
  CHECK(told == std::vector<std::string>{"the service is ill"});  // once, not for each write
  writer.flush();

  service.ill = true;
  writer.submit_task("state", service.task("4"));
  CHECK(testing::message_of<sweepnet::service_unavailable>([&] { writer.flush(); }) ==
        "the service is ill");
  CHECK_NOTHROW(writer.flush());
  service.ill = false;
  writer.submit_task("state", service.task("5"));
  writer.flush();
  CHECK(service.stored == "5");
}

TEST_CASE("a failure that no retry cures is forgotten when its path is written after all") {
  const testing::temporary_directory directory;
  background_writer writer;
  std::promise<void> go_on;
  std::atomic<bool> begun = false;
  writer.submit_task("state", [&] {
    begun = true;
    go_on.get_future().wait();
    throw sweepnet::io_error("the disk is full");
  });
  while (!begun) std::this_thread::yield();
  writer.submit_task("state", [] {});
  go_on.set_value();
  CHECK_NOTHROW(writer.flush());
}

TEST_CASE("what is cancelled is neither waited for nor told, and nothing is written at the end") {
  service service;
  std::atomic<bool> begun = false;
  const auto patient = [&] {
    begun = true;
    if (!sweepnet::storage::sleep_patiently(60)) {
      throw sweepnet::service_unavailable("no time left");
    }
  };
  const auto start = std::chrono::steady_clock::now();
  {
    background_writer writer;
    writer.submit_task("state", patient);
    writer.submit_task("model", service.task("never"));
    while (!begun) std::this_thread::yield();
    writer.cancel();
    service.ill = false;
    writer.submit_task("state", service.task("after"));
    writer.flush();
    CHECK(service.stored == "after");
    CHECK(service.tries == 1);
    begun = false;
    writer.submit_task("state", patient);
    writer.submit_task("model", service.task("never"));
    while (!begun) std::this_thread::yield();
  }
  CHECK(service.tries == 1);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("writes end with the patience of who made the writer") {
  sweepnet::storage::patience waiting;
  const sweepnet::storage::patience_scope scope(waiting);
  background_writer writer;
  std::atomic<int> tries = 0;
  writer.submit_task("state", [&] {
    ++tries;
    if (!sweepnet::storage::sleep_patiently(60)) {
      throw sweepnet::service_unavailable("no time left");
    }
  });
  while (tries == 0) std::this_thread::yield();
  waiting.end_in({});
  CHECK(testing::message_of<sweepnet::service_unavailable>([&] { writer.flush(); }) ==
        "no time left");
  CHECK(tries == 1);
}
