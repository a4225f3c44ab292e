// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/local.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "catch.hpp"
#include "support.hpp"
#include "sweepnet/storage/store.hpp"

using sweepnet::storage::read_text;
using sweepnet::storage::write_atomic;
using testing::message_of;
using testing::read_file;
using testing::temporary_directory;
using testing::write_file;

namespace {

std::size_t entries_in(const std::filesystem::path& directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

/// While it lives, no file of this process may grow beyond `bytes`: a full disk in small.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit{bytes, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  file_size_limit(const file_size_limit&) = delete;  // it restores the limit once
  file_size_limit& operator=(const file_size_limit&) = delete;
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

TEST_CASE("what is written is read back, and nothing else is left") {
  const temporary_directory directory;
  const std::string path = directory / "file";
  const std::string content = GENERATE(as<std::string>{}, "", "text\n", std::string(3'000'000, 'x'),
                                       std::string("a\0b", 3));
  write_atomic(path, content);
  CHECK(read_text(path) == content);
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("a second write replaces the first") {
  const temporary_directory directory;
  const std::string path = directory / "file";
  write_atomic(path, "a long first content");
  write_atomic(path, "second");
  CHECK(read_text(path) == "second");
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("missing directories are made") {
  const temporary_directory directory;
  write_atomic(directory.path() / "a/b/file", "text");
  CHECK(read_text(directory / "a/b/file") == "text");
}

TEST_CASE("a path without a directory is written where the process stands") {
  const temporary_directory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  write_atomic("file", "text");
  std::filesystem::current_path(before);
  CHECK(read_text(directory / "file") == "text");
}

TEST_CASE("a write that fails half-way keeps the old content and leaves nothing") {
  const temporary_directory directory;
  const std::string path = directory / "file";
  write_atomic(path, "old");
  std::string message;
  {
    const file_size_limit limit(1000);
    message = message_of<sweepnet::io_error>([&] { write_atomic(path, std::string(5000, 'x')); });
  }
  CHECK(message == path + ": write failed: File too large");
  CHECK(read_text(path) == "old");
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("what comes in pieces is written behind a head that is known last, or not at all") {
  const temporary_directory directory;
  const std::string path = directory / "file";
  const auto write = [&](const std::string& head, bool fails) {
    sweepnet::storage::write_by(path, 3, [&](const sweepnet::storage::piece_taker& append) {
      append("pieces, ");
      append("more");
      if (fails) throw sweepnet::data_error("no more");
      return head;
    });
  };
  write("4: ", false);
  CHECK(read_text(path) == "4: pieces, more");
  CHECK(message_of<sweepnet::data_error>([&] { write("5: ", true); }) == "no more");
  CHECK(message_of<sweepnet::argument_error>([&] { write("12: ", false); }) ==
        path + ": expected a head of 3 bytes, got 4");
  CHECK(read_text(path) == "4: pieces, more");
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("a directory in the file's place is an error that leaves nothing") {
  const temporary_directory directory;
  const std::string path = directory / "place";
  std::filesystem::create_directory(path);
  CHECK(message_of<sweepnet::io_error>([&] { write_atomic(path, "text"); }) ==
        path + ": rename failed: Is a directory");
  CHECK(entries_in(directory.path()) == 1);
  CHECK(entries_in(path) == 0);
}

TEST_CASE("a file in a directory's place is an error") {
  const temporary_directory directory;
  write_file(directory / "file", "old");
  const std::string inside = directory / "file/inside";
  CHECK(message_of<sweepnet::cannot_create>([&] { write_atomic(inside, "text"); }) ==
        directory / "file: cannot make the directory: Not a directory");
  CHECK(read_text(directory / "file") == "old");
}

TEST_CASE("a directory that may not be written is an error") {
  if (::geteuid() == 0) {
    WARN("skipped: root may write everywhere");
    return;
  }
  const temporary_directory directory;
  const std::string path = directory / "file";
  std::filesystem::permissions(
      directory.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const std::string message =
      message_of<sweepnet::cannot_create>([&] { write_atomic(path, "text"); });
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_all);
  CHECK(message == path + ": cannot create: Permission denied");
  CHECK(entries_in(directory.path()) == 0);
}

TEST_CASE("a file that may not be read is an error") {
  if (::geteuid() == 0) {
    WARN("skipped: root may read everything");
    return;
  }
  const temporary_directory directory;
  const std::string path = directory / "file";
  write_file(path, "text");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  CHECK(message_of<sweepnet::input_missing>([&] { (void)read_text(path); }) ==
        path + ": cannot open: Permission denied");
}

TEST_CASE("a process killed at any moment of a write leaves the old content or the new") {
  const temporary_directory directory;
  const std::string path = directory / "file";
  const std::string contents[] = {std::string(200'000, 'a'), std::string(200'000, 'b')};
  write_atomic(path, contents[0]);
  for (int round = 0; round < 10; ++round) {
    const pid_t writer = ::fork();
    REQUIRE(writer >= 0);
    if (writer == 0) {
      for (std::size_t i = 0;; ++i) write_atomic(path, contents[i % 2]);
    }
    ::usleep(2000 * static_cast<useconds_t>(round));
    ::kill(writer, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(writer, &status, 0) == writer);
    const std::string now = read_file(path);
    CHECK((now == contents[0] || now == contents[1]));
  }
}

TEST_CASE("what cannot be read is named with the reason") {
  const temporary_directory directory;
  const std::string missing = directory / "missing";
  const std::string place = directory.path().string();
  CHECK(message_of<sweepnet::input_missing>([&] { (void)read_text(missing); }) ==
        missing + ": cannot open: No such file or directory");
  CHECK(message_of<sweepnet::input_missing>([&] { (void)read_text(place); }) ==
        place + ": is a directory, expected a file");
  CHECK(message_of<sweepnet::io_error>([] { (void)read_text("/proc/self/mem"); }) ==
        "/proc/self/mem: cannot read: Input/output error");
}

TEST_CASE("a directory is tried before anything is written to it") {
  const temporary_directory directory;
  sweepnet::storage::local::check_writable(directory / "new/inner");
  CHECK(std::filesystem::is_empty(directory / "new/inner"));
  write_file(directory / "file", "");
  CHECK(message_of<sweepnet::cannot_create>([&] {
          sweepnet::storage::local::check_writable(directory / "file/inner");
        }).starts_with(directory / "file/inner: cannot make the directory: "));
}

TEST_CASE("a pipe or a device is not replaced by a file") {
  const temporary_directory directory;
  const std::string path = directory / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0666) == 0);
  const std::string message = path + ": expected a file, found a device, pipe or socket";
  CHECK(message_of<sweepnet::cannot_create>([&] { write_atomic(path, "text"); }) == message);
  CHECK(std::filesystem::is_fifo(path));
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("only a file on disk has a size there") {
  const temporary_directory directory;
  write_file(directory / "file", "12345");
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  const auto size = [](const std::string& path) { return sweepnet::storage::size_on_disk(path); };
  CHECK(size(directory / "file") == 5);
  for (const std::string& other :
       {directory / "pipe", directory / "none", directory.path().string(), std::string("/dev/null"),
        std::string("-"), std::string("https://host/file"), std::string("s3://bucket/file")}) {
    INFO(other);
    CHECK_FALSE(size(other).has_value());
  }
}

TEST_CASE("a path that names no file is an error") {
  const temporary_directory directory;
  for (const std::string& path :
       {directory / "folder/", directory / "folder/.", directory / ".."}) {
    CHECK(message_of<sweepnet::cannot_create>([&] { write_atomic(path, "text"); }) ==
          path + ": expected a file's name at its end");
  }
  CHECK(entries_in(directory.path()) == 0);
}

TEST_CASE("directories that a path crosses twice are made, too") {
  const temporary_directory directory;
  write_atomic(directory.path() / "a/../b/./file", "text");
  CHECK(read_file(directory / "b/file") == "text");
}
