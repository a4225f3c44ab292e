// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What has no end is read no further than its limit, wherever it comes from.

#include "sweepnet/storage/read_limit.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/core/available_memory.hpp"
#include "sweepnet/storage/local.hpp"

using namespace sweepnet;
using namespace sweepnet::storage;
using testing::message_of;

TEST_CASE("a file is read up to its limit, and told beyond it") {
  const testing::temporary_directory directory;
  const std::string path = directory / "f";
  testing::write_file(path, "1234");
  CHECK(local::read(path, {.bytes = 4}) == "1234");
  CHECK(message_of<data_error>([&] { (void)local::read(path, {.bytes = 3}); }) ==
        path + ": expected at most 3 bytes, found 4");
  CHECK(message_of<data_error>([] { (void)local::read("/dev/zero", {.bytes = 1 << 22}); }) ==
        "/dev/zero: expected at most 4194304 bytes, found more");
}

TEST_CASE("a file is given piece by piece, whole") {
  const testing::temporary_directory directory;
  const std::string path = directory / "f";
  const std::string content = std::string(3'000'000, 'a') + "b";
  testing::write_file(path, content);
  std::string pieces;
  std::size_t largest = 0;
  local::read_pieces(path, [&](std::string_view piece) {
    pieces += piece;
    largest = std::max(largest, piece.size());
  });
  CHECK(pieces == content);
  CHECK(largest <= std::size_t{1} << 20);
}

TEST_CASE("without a limit of its own, half of the memory is a file's") {
  const testing::temporary_directory directory;
  const std::string path = directory / "sparse";
  testing::write_file(path, "");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 43);
  const std::string told = message_of<beyond_memory>([&] { (void)local::read(path); });
  CHECK(told.starts_with(path + ": expected at most "));
  CHECK(told.ends_with(" bytes, half of the memory available, found 8796093022208"));

#if defined(SWEEPNET_SANITIZES_ADDRESS)
  WARN("skipped: the address sanitizer keeps what is freed, so that less memory is left");
#else
  // One without end is not read to the end of all memory.
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    rlimit limit{};
    ::getrlimit(RLIMIT_AS, &limit);
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    limit.rlim_cur = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) + (512U << 20);
    ::setrlimit(RLIMIT_AS, &limit);
    int result = 1;
    try {
      (void)local::read("/dev/zero");
    } catch (const beyond_memory&) {
      result = 0;
    } catch (...) {  // what the C++ library throws without memory
      result = 2;
    }
    ::_exit(result);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
#endif
}
