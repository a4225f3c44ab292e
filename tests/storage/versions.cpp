// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Writers that replace only what they know, on disk.

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/refused_calls.hpp"
#include "support.hpp"
#include "sweepnet/storage/local.hpp"

namespace local = sweepnet::storage::local;
using sweepnet::storage::revision;
using testing::fork_to;
using testing::read_file;
using testing::refused_call;
using testing::temporary_directory;
using testing::worked;

namespace {

/// File systems that cannot rename without replacing (NFS), and those that know no links either.
const std::vector<refused_call> links_only{{SYS_renameat2, EINVAL}};
const std::vector<refused_call> neither{{SYS_renameat2, EINVAL}, {SYS_linkat, EPERM}};

/// Processes that begin `body(i)` at one moment; how many returned true.
template <class Body> int race(int processes, const Body& body) {
  int gate[2];
  REQUIRE(::pipe(gate) == 0);
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    children.push_back(fork_to([&] {
      ::close(gate[1]);
      char ignored = 0;
      return ::read(gate[0], &ignored, 1) == 0 && body(i);
    }));
  }
  ::close(gate[0]);
  ::close(gate[1]);
  int won = 0;
  for (const pid_t child : children) won += worked(child) ? 1 : 0;
  return won;
}

}  // namespace

TEST_CASE("a file is written if the expected version lies there") {
  const temporary_directory directory;
  const std::vector<refused_call> refused =
      GENERATE_COPY(std::vector<refused_call>{}, links_only, neither,
                    std::vector<refused_call>{{SYS_flock, ENOLCK}});
  CHECK(testing::works_without(refused, [&] {
    const std::string path = directory / "new/file";
    if (local::revision_of(path) != revision{}) return false;
    const auto first = local::write_if(path, "first", {});
    if (!first || *first != local::revision_of(path) || *first == revision{}) return false;
    if (local::write_if(path, "no", {}) || local::read(path) != "first") return false;
    const auto second = local::write_if(path, "other", *first);
    if (!second || *second != local::revision_of(path) || *second == *first) return false;
    if (local::write_if(path, "no", *first) || local::read(path) != "other") return false;
    local::write(path, "later");
    if (local::write_if(path, "no", *second) || local::read(path) != "later") return false;
    local::remove(path);
    return !local::write_if(path, "no", *second) && !local::exists(path) &&
           local::list(directory / "new").empty();
  }));
}

TEST_CASE("of processes that create a file at once exactly one wins") {
  const std::vector<refused_call> refused = GENERATE(std::vector<refused_call>{}, links_only);
  for (int round = 0; round < 20; ++round) {
    const temporary_directory directory;
    const std::string path = directory / "file";
    int winner = -1;
    const int won = race(6, [&](int i) {
      return testing::refuse(refused) && local::write_if(path, std::to_string(i), {}).has_value() &&
             local::read(path) == std::to_string(i);
    });
    CHECK(won == 1);
    winner = std::stoi(read_file(path));
    CHECK((winner >= 0 && winner < 6));
    CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
  }
}

TEST_CASE("processes that replace what they read lose no turn") {
  const temporary_directory directory;
  const std::string path = directory / "count";
  local::write(path, "0");
  constexpr int turns = 25;
  const int finished = race(4, [&](int) {
    for (int done = 0; done < turns;) {
      const revision before = local::revision_of(path);
      const int count = std::stoi(local::read(path));
      if (local::write_if(path, std::to_string(count + 1), before)) ++done;
    }
    return true;
  });
  CHECK(finished == 4);
  CHECK(read_file(path) == std::to_string(4 * turns));
}
