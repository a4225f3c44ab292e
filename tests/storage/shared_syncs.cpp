// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/shared_syncs.hpp"

#include <filesystem>
#include <string>
#include <thread>

#include "support.hpp"
#include "sweepnet/storage/background_writer.hpp"
#include "sweepnet/storage/store.hpp"

namespace storage = sweepnet::storage;
using storage::shared_syncs;
using storage::shared_syncs_scope;

TEST_CASE("files whose syncs are shared are whole in their place at once") {
  const testing::temporary_directory directory;
  shared_syncs syncs;
  CHECK(shared_syncs::current() == nullptr);
  {
    const shared_syncs_scope scope(&syncs);
    CHECK(shared_syncs::current() == &syncs);
    std::thread([] { CHECK(shared_syncs::current() == nullptr); }).join();
    for (int i = 0; i < 50; ++i) {
      const std::string path = directory / ("sub/file_" + std::to_string(i));
      storage::write(path, "text " + std::to_string(i));
      CHECK(testing::read_file(path) == "text " + std::to_string(i));
    }
    const auto mine = storage::write_if(directory / "one", "first", {});
    REQUIRE(mine);
    CHECK_FALSE(storage::write_if(directory / "one", "second", {}));
    CHECK(storage::write_if(directory / "one", "third", *mine));
    const shared_syncs_scope each_alone(nullptr);
    CHECK(shared_syncs::current() == nullptr);
  }
  CHECK(shared_syncs::current() == nullptr);
  CHECK_NOTHROW(syncs.flush());
  CHECK(testing::read_file(directory / "one") == "third");
}

TEST_CASE("what killed processes left in a directory goes at one look, and nothing else does") {
  const testing::temporary_directory directory;
  const std::string abandoned = "m.h5.0123456789abcdef.sweepnet-tmp";
  for (const char* name : {"m.h5", "m.h5.0123456789abcdef.tmp", "m.h5.0123.sweepnet-tmp",
                           "x0123456789abcdef.sweepnet-tmp", ".0123456789abcdef.sweepnet-tmp"}) {
    testing::write_file(directory / name, name);
  }
  testing::write_file(directory / abandoned, "half");
  storage::remove_all_abandoned(directory / "");
  CHECK_FALSE(std::filesystem::exists(directory / abandoned));
  for (const char* name : {"m.h5", "m.h5.0123456789abcdef.tmp", "m.h5.0123.sweepnet-tmp",
                           "x0123456789abcdef.sweepnet-tmp", ".0123456789abcdef.sweepnet-tmp"}) {
    INFO(name);
    CHECK(std::filesystem::exists(directory / name));
  }
  CHECK_NOTHROW(storage::remove_all_abandoned(directory / "not there"));
}

TEST_CASE("a writer that writes at once does so before submit() returns, and throws what failed") {
  const testing::temporary_directory directory;
  storage::background_writer writer(nullptr, storage::writing::at_once);
  const auto caller = std::this_thread::get_id();
  writer.submit(directory / "a", [&] {
    CHECK(std::this_thread::get_id() == caller);
    return std::string("text");
  });
  CHECK(testing::read_file(directory / "a") == "text");
  CHECK(writer.written(directory / "a"));
  testing::write_file(directory / "file", "");
  CHECK(testing::message_of<sweepnet::error>([&] {
          writer.submit(directory / "file/b", [] { return std::string("text"); });
        }).find("/file: cannot make the directory: ") != std::string::npos);
  CHECK_FALSE(writer.written(directory / "file/b"));
  CHECK_NOTHROW(writer.flush());
}
