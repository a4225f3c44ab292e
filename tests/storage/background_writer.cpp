// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/background_writer.hpp"

#include <atomic>
#include <future>
#include <string>

#include "support.hpp"

using sweepnet::storage::background_writer;
using testing::read_file;

TEST_CASE("what is submitted is on disk after flush, or when the writer is gone") {
  const testing::temporary_directory directory;
  {
    background_writer writer;
    writer.submit(directory / "a", [] { return std::string("first"); });
    writer.flush();
    CHECK(read_file(directory / "a") == "first");
    writer.submit(directory / "b", [] { return std::string("second"); });
  }
  CHECK(read_file(directory / "b") == "second");
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
