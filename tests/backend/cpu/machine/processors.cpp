// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cpu/machine/processors.hpp"

#include "support.hpp"

using namespace sweepnet;

TEST_CASE("the CPU quota of a container is found under both versions of control groups") {
  const testing::temporary_directory root;
  const auto file = [&](const char* path, const char* content) {
    testing::write_file(root.path() / path, content);
  };
  CHECK(cpu_quota(root.path()) == std::nullopt);  // no control groups at all

  SECTION("version 2, at the root of the container") {
    file("proc/self/cgroup", "0::/\n");
    file("sys/fs/cgroup/cpu.max", "max 100000\n");
    CHECK(cpu_quota(root.path()) == std::nullopt);
    file("sys/fs/cgroup/cpu.max", "150000 100000\n");
    CHECK(cpu_quota(root.path()) == 1.5);
  }
  SECTION("version 2, the smallest on the way up") {
    file("proc/self/cgroup", "0::/job/step\n");
    file("sys/fs/cgroup/job/step/cpu.max", "400000 100000\n");
    file("sys/fs/cgroup/job/cpu.max", "200000 100000\n");
    CHECK(cpu_quota(root.path()) == 2.0);
  }
  SECTION("version 1") {
    file("proc/self/cgroup", "5:cpuset:/\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/x\n");
    file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
    file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    CHECK(cpu_quota(root.path()) == 0.5);
    file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    CHECK(cpu_quota(root.path()) == std::nullopt);
  }
}

TEST_CASE("a number of threads that is asked for is taken, none is at least one") {
  CHECK(usable_threads(7) == 7);
  CHECK(usable_threads(0) >= 1);
  CHECK(usable_threads(0) <= affine_processors());
}
