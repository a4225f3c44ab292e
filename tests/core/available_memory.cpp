// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/core/available_memory.hpp"

#include <unistd.h>

#include <cstdint>
#include <limits>
#include <string>

#include "support.hpp"

using namespace sweepnet;

TEST_CASE("available memory is the least of the machine's, the groups' and the address space") {
  const testing::temporary_directory root;
  const auto file = [&](const char* path, const std::string& content) {
    testing::write_file(root.path() / path, content);
  };
  const auto available = [&] { return available_memory(root.path().string()); };
  CHECK(available() == std::numeric_limits<std::uint64_t>::max());  // nothing is known

  file("proc/meminfo",
       "MemTotal:       16314420 kB\nMemFree:          100000 kB\nMemAvailable:    8000000 kB\n");
  CHECK(available() == 8'000'000ULL * 1024);

  SECTION("version 2, at the root of the container") {
    file("proc/self/cgroup", "0::/\n");
    file("sys/fs/cgroup/memory.max", "max\n");
    file("sys/fs/cgroup/memory.current", "1000000\n");
    CHECK(available() == 8'000'000ULL * 1024);
    file("sys/fs/cgroup/memory.max", "4000000\n");
    CHECK(available() == 3'000'000);
    file("sys/fs/cgroup/memory.stat",
         "anon 100000\nfile 800000\ninactive_file_of_another 5\ninactive_file 600000\n"
         "active_file 100000\n");
    CHECK(available() == 3'700'000);
    file("sys/fs/cgroup/memory.current", "9000000\n");  // the limit was lowered
    CHECK(available() == 0);
  }
  SECTION("version 2, the least on the way up") {
    file("proc/self/cgroup", "0::/job/step\n");
    file("sys/fs/cgroup/job/step/memory.max", "5000000\n");
    file("sys/fs/cgroup/job/step/memory.current", "1000\n");
    file("sys/fs/cgroup/job/memory.max", "6000000\n");
    file("sys/fs/cgroup/job/memory.current", "4000000\n");
    CHECK(available() == 2'000'000);
  }
  SECTION("version 1") {
    file("proc/self/cgroup", "5:cpuset:/\n4:memory:/docker/abc\n1:name=systemd:/x\n");
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");  // none
    file("sys/fs/cgroup/memory/memory.usage_in_bytes", "1000000\n");
    CHECK(available() == 8'000'000ULL * 1024);
    file("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "2000000\n");
    file("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "1500000\n");
    file("sys/fs/cgroup/memory/docker/abc/memory.stat",
         "inactive_file 1\ntotal_inactive_file 200000\ntotal_active_file 50000\n");
    CHECK(available() == 750'000);
  }
  SECTION("address space") {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    file("proc/self/statm", "3 2 1 1 0 1 0\n");
    file("proc/self/limits", "Max address space         unlimited            unlimited   bytes\n");
    CHECK(available() == 8'000'000ULL * 1024);
    file("proc/self/limits",
         "Max data size             1000                 unlimited            bytes\n"
         "Max address space         1000000              unlimited            bytes\n");
    CHECK(available() == 1'000'000 - 3 * page);
  }
}

TEST_CASE("what takes more memory than there is says how much there is") {
  CHECK_NOTHROW(require_memory(1, "nothing"));      // which is not asked for
  CHECK_NOTHROW(require_memory(17e6, "a little"));  // which is
  const auto message = testing::message_of<configuration_error>(
      [] { require_memory(25.614e12, "to train a network"); });
  INFO(message);
  CHECK(message.starts_with("to train a network takes 25614.00 GB of memory, "));
  CHECK((message.ends_with(" GB are available") || message.ends_with(" MB are available")));
}

TEST_CASE("some memory is available to this process") {
  CHECK(available_memory() > 1'000'000);
#if defined(__linux__)
  CHECK(available_memory() < std::numeric_limits<std::uint64_t>::max());
#endif
}
