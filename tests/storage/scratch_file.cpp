// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/scratch_file.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "storage/refused_calls.hpp"
#include "support.hpp"
#include "sweepnet/storage/local.hpp"

namespace local = sweepnet::storage::local;
using testing::fork_to;
using testing::message_of;
using testing::read_file;
using testing::refused_call;
using testing::temporary_directory;
using testing::worked;
using testing::works_without;
using testing::write_file;

namespace {

using names = std::set<std::string>;

const std::string abandoned = "model_0.h5.0123456789abcdef.sweepnet-tmp";

names names_in(const std::filesystem::path& directory) {
  names found;
  for (const auto& each : std::filesystem::directory_iterator(directory)) {
    found.insert(each.path().filename().string());
  }
  return found;
}

local::entry place_of(const std::string& path) { return local::local_path(path, "").make_entry(); }

/// As if it had been written that long ago.
void age(const std::filesystem::path& file, double days) {
  std::filesystem::last_write_time(
      file, std::filesystem::file_time_type::clock::now() -
                std::chrono::seconds(static_cast<long>(days * 24 * 60 * 60)));
}

/// Locks that do not work, and locks that work on each host for itself.
const std::vector<refused_call> no_locks{{SYS_flock, ENOLCK}};
const std::vector<refused_call> blind_locks{{SYS_flock, 0}, {SYS_fstatfs, ENOSYS}};

}  // namespace

TEST_CASE("only what a killed writer left is removed") {
  const temporary_directory directory;
  const auto at = [&](const std::string& name) { return directory.path() / name; };
  write_file(at("model_0.h5"), "old");
  write_file(at("victim"), "a link's target");
  const names others{"model_0.h5.backup.tmp",
                     "model_0.h5.1-0.tmp",
                     "model_0.h5.0123456789ABCDEF.sweepnet-tmp",
                     "model_0.h5.0123456789abcde.sweepnet-tmp",
                     "model_0.h5.0123456789abcdef0.sweepnet-tmp",
                     "model_0.h5.0123456789abcdef.sweepnet-tmp.gz",
                     "model_01h5.0123456789abcdef.sweepnet-tmp",
                     "another_model_0.h5.0123456789abcdef.sweepnet-tmp"};
  for (const std::string& name : others) write_file(at(name), "a user's");
  const std::string pipe = "model_0.h5.1111111111111111.sweepnet-tmp";
  const std::string old_pipe = "model_0.h5.2-0.tmp";
  const std::string link = "model_0.h5.2222222222222222.sweepnet-tmp";
  const std::string folder = "model_0.h5.3333333333333333.sweepnet-tmp";
  REQUIRE(::mkfifo(at(pipe).c_str(), 0666) == 0);
  REQUIRE(::mkfifo(at(old_pipe).c_str(), 0666) == 0);
  std::filesystem::create_symlink("victim", at(link));
  std::filesystem::create_directory(at(folder));
  write_file(at(abandoned), "left by a killed process");

  ::alarm(10);  // a pipe that is opened waits for ever
  sweepnet::storage::local::remove_abandoned(directory / "model_0.h5");
  ::alarm(0);
  names expected = others;
  expected.insert({"model_0.h5", "victim", pipe, old_pipe, link, folder});
  CHECK(names_in(directory.path()) == expected);
  CHECK(read_file(at("victim")) == "a link's target");
}

TEST_CASE("the file of a living writer stays, wherever it runs, and gets its name") {
  const temporary_directory directory;
  const std::string path = directory / "model_0.h5";
  const auto write_slowly = [&](int go_on) {
    const local::entry place = place_of(path);
    local::scratch_file scratch(place);
    scratch.fill("half");
    char ignored = 0;
    if (::read(go_on, &ignored, 1) != 1) return false;
    scratch.fill(" and half");
    scratch.replace();
    return true;
  };
  const std::vector<refused_call> refused =
      GENERATE_COPY(std::vector<refused_call>{}, no_locks, blind_locks);
  int gate[2];
  REQUIRE(::pipe(gate) == 0);
  const pid_t writer = fork_to([&] { return testing::refuse(refused) && write_slowly(gate[0]); });
  ::alarm(10);
  while (names_in(directory.path()).empty() ||
         std::filesystem::file_size(*std::filesystem::directory_iterator(directory.path())) < 4) {
    ::usleep(1000);
  }
  ::alarm(0);
  CHECK(works_without(refused, [&] {
    local::remove_abandoned(path);
    return true;
  }));
  CHECK(names_in(directory.path()).size() == 1);
  REQUIRE(::write(gate[1], "", 1) == 1);
  CHECK(worked(writer));
  CHECK(read_file(path) == "half and half");
  CHECK(names_in(directory.path()) == names{"model_0.h5"});
  ::close(gate[0]);
  ::close(gate[1]);
}

TEST_CASE("where locks tell nothing, what is a day old was left by a dead writer") {
  const temporary_directory directory;
  const std::vector<refused_call> refused = GENERATE_COPY(no_locks, blind_locks);
  const auto removed = [&](double days) {
    write_file(directory / abandoned, "left");
    age(directory / abandoned, days);
    REQUIRE(works_without(refused, [&] {
      local::remove_abandoned(directory / "model_0.h5");
      return true;
    }));
    return names_in(directory.path()).empty();
  };
  CHECK_FALSE(removed(0));
  CHECK_FALSE(removed(0.9));
  CHECK(removed(1.1));
}

TEST_CASE("writers with equal process ids, whose locks are their hosts' own, publish whole files") {
  const temporary_directory directory;
  const std::string path = directory / "model_0.h5";
  const std::string contents[] = {std::string(300'000, 'a'), std::string(300'000, 'b')};
  local::write(path, contents[0]);
  const auto write_often = [&](const std::string& content) {
    for (int i = 0; i < 100; ++i) {
      local::remove_abandoned(path);
      local::write(path, content);
    }
    return true;
  };
  const auto in_a_container = [&](const std::string& content) {
    return fork_to([&] {
      const bool separate = ::unshare(CLONE_NEWPID) == 0;
      return worked(fork_to([&] {
        if (separate && ::getpid() != 1) return false;
        return testing::refuse(blind_locks) && write_often(content);
      }));
    });
  };
  const pid_t writers[] = {in_a_container(contents[0]), in_a_container(contents[1])};
  for (int i = 0; i < 200; ++i) {
    const std::string now = read_file(path);
    REQUIRE((now == contents[0] || now == contents[1]));
    ::usleep(500);
  }
  for (const pid_t writer : writers) CHECK(worked(writer));
  CHECK(names_in(directory.path()) == names{"model_0.h5"});
}

TEST_CASE("what gets a file's name is what was written for it") {
  const temporary_directory directory;
  const std::string path = directory / "model_0.h5";
  write_file(path, "old");
  const local::entry place = place_of(path);
  local::scratch_file scratch(place);
  scratch.fill("new");
  const std::string name = scratch.name();
  std::filesystem::remove(directory / name);
  const std::string message = path + ": cannot rename: " + name + " is another file now, or gone";
  CHECK(message_of<sweepnet::io_error>([&] { scratch.replace(); }) == message);
  write_file(directory / name, "another's half");
  CHECK(message_of<sweepnet::io_error>([&] { scratch.replace(); }) == message);
  CHECK(read_file(path) == "old");
}

TEST_CASE("names are drawn anew, and fit beside the longest file's name") {
  const temporary_directory directory;
  const std::string name(255, 'n');
  local::write(directory / name, "text");
  CHECK(read_file(directory / name) == "text");
  const local::entry place = place_of(directory / name);
  const local::scratch_file first(place);
  const local::scratch_file second(place);
  CHECK(first.name() != second.name());
  CHECK(first.name().size() == 255);
  CHECK(local::detail::is_scratch_name(first.name(), name));
}
