// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cpu/machine/processors.hpp"

#include <cmath>
#include <optional>

#include "support.hpp"
#include "sweepnet/core/format.hpp"

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

TEST_CASE("a pod's request is told by the weight of its control group") {
  const testing::temporary_directory root;
  const auto file = [&](const char* path, const char* content) {
    testing::write_file(root.path() / path, content);
  };
  CHECK(requested_processors(root.path()) == std::nullopt);  // no control groups at all

  SECTION("version 2") {
    file("proc/self/cgroup", "0::/\n");
    CHECK(requested_processors(root.path()) == std::nullopt);
    file("sys/fs/cgroup/cpu.weight", "1\n");  // of a pod that requests nothing
    CHECK(requested_processors(root.path()) == std::nullopt);
    file("sys/fs/cgroup/cpu.weight", "79\n");  // of 2 processors, by the older formula
    CHECK(std::abs(requested_processors(root.path()).value() - 2) < 0.01);
    file("sys/fs/cgroup/cpu.weight", "10000\n");
    CHECK(requested_processors(root.path()) == 256.0);
  }
  SECTION("version 1, the innermost") {
    file("proc/self/cgroup", "4:cpu,cpuacct:/kubepods/pod\n");
    file("sys/fs/cgroup/cpu,cpuacct/cpu.shares", "1024\n");
    file("sys/fs/cgroup/cpu,cpuacct/kubepods/pod/cpu.shares", "512\n");
    CHECK(requested_processors(root.path()) == 0.5);
    file("sys/fs/cgroup/cpu,cpuacct/kubepods/pod/cpu.shares", "2\n");
    CHECK(requested_processors(root.path()) == std::nullopt);
  }
}

TEST_CASE("threads are as many as processors, quota and grant allow, and the reason is told") {
  const testing::temporary_directory root;
  const int all = affine_processors();
  const thread_choice free = choose_threads({}, root.path());
  CHECK(free.threads == all);
  CHECK(free.reason.empty());
  const thread_choice granted = choose_threads({{0.25, "somebody gives"}}, root.path());
  CHECK(granted.threads == 1);
  CHECK(choose_threads({{all + 0.5, "somebody gives"}}, root.path()).reason.empty());
  testing::write_file(root.path() / "proc/self/cgroup", "0::/\n");
  testing::write_file(root.path() / "sys/fs/cgroup/cpu.weight", "1\n");  // which alone is no bound
  CHECK(choose_threads({}, root.path()).threads == all);
  testing::write_file(root.path() / "sys/fs/cgroup/cpu.max", "75000 100000\n");
  const thread_choice throttled = choose_threads({{all + 1.0, "somebody gives"}}, root.path());
  CHECK(throttled.threads == 1);
  if (all == 1) {
    WARN("skipped: one processor, which nothing bounds");
    return;
  }
  CHECK(granted.reason == fmt::format("1 of {} processors: somebody gives 0.25", all));
  CHECK(throttled.reason ==
        fmt::format("1 of {} processors: the control group's quota is 0.75", all));
}

TEST_CASE("a number of threads that is asked for is taken, none is at least one") {
  CHECK(usable_threads(7) == 7);
  CHECK(usable_threads(0) >= 1);
  CHECK(usable_threads(0) <= affine_processors());
}
