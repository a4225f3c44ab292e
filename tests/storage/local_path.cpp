// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/local_path.hpp"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "storage/refused_calls.hpp"
#include "support.hpp"
#include "sweepnet/storage/local.hpp"

namespace local = sweepnet::storage::local;
using sweepnet::storage::location;
using testing::message_of;
using testing::read_file;
using testing::refused_call;
using testing::temporary_directory;
using testing::write_file;

namespace {

/// A root with links that lead out of it, a link within it, and what lies outside.
struct confined_site {
  confined_site() {
    write_file(root + "/inner/file", "inside");
    write_file(outside + "/secret", "secret");
    std::filesystem::create_symlink("../outside", root + "/out");
    std::filesystem::create_symlink(outside, root + "/absolute");
    std::filesystem::create_symlink("inner", root + "/in");
    std::filesystem::create_symlink("../outside/secret", root + "/leaf");
    std::filesystem::create_symlink("/proc/self/cwd", root + "/magic");
  }

  [[nodiscard]] location at(const std::string& path) const {
    location where(path);
    where.root = root;
    return where;
  }
  [[nodiscard]] location beneath(const std::string& name) const { return at(root + "/" + name); }

  /// Nothing was read, written, made or removed out there.
  [[nodiscard]] bool outside_is_untouched() const {
    const auto entries = std::distance(std::filesystem::directory_iterator(outside), {});
    return entries == 1 && read_file(outside + "/secret") == "secret";
  }

  temporary_directory directory{};
  std::string root = directory / "root";
  std::string outside = directory / "outside";
};

/// Everything that can be done to a file, by name.
const std::map<std::string, std::function<void(const location&)>> operations{
    {"read", [](const location& where) { (void)local::read(where); }},
    {"write", [](const location& where) { local::write(where, "text"); }},
    {"write_if", [](const location& where) { (void)local::write_if(where, "text", {}); }},
    {"revision_of", [](const location& where) { (void)local::revision_of(where); }},
    {"exists", [](const location& where) { (void)local::exists(where); }},
    {"size_on_disk", [](const location& where) { (void)local::size_on_disk(where); }},
    {"is_directory", [](const location& where) { (void)local::is_directory(where); }},
    {"remove", [](const location& where) { local::remove(where); }},
    {"list", [](const location& where) { (void)local::list(where); }},
    {"remove_abandoned", [](const location& where) { local::remove_abandoned(where); }},
    {"check_writable", [](const location& where) { local::check_writable(where); }}};

/// Kernels before openat2, and containers that forbid it.
const std::vector<refused_call> no_openat2{{SYS_openat2, ENOSYS}};
const std::vector<refused_call> forbidden_openat2{{SYS_openat2, EPERM}};

}  // namespace

TEST_CASE("nothing leads out of a location's root by its letters") {
  const confined_site site;
  for (const std::string& path :
       {site.root + "/../outside/secret", site.root + "/inner/../../outside/secret",
        site.outside + "/secret", site.root + "er/secret", std::string("elsewhere")}) {
    for (const auto& [name, operation] : operations) {
      INFO(name << " " << path);
      CHECK(message_of<sweepnet::data_error>([&, &operation = operation] {
              operation(site.at(path));
            }) == path + ": leads out of " + site.root);
    }
  }
  CHECK(site.outside_is_untouched());
}

TEST_CASE("no symbolic link leads out of a location's root") {
  const confined_site site;
  const std::vector<refused_call> refused =
      GENERATE(std::vector<refused_call>{}, no_openat2, forbidden_openat2);
  CHECK(testing::works_without(refused, [&] {
    for (const char* name : {"out/secret", "absolute/secret", "out/new/deep", "magic/secret"}) {
      for (const auto& [operation_name, operation] : operations) {
        try {
          operation(site.beneath(name));
          std::cerr << operation_name << " " << name << " worked" << std::endl;
          return false;
        } catch (const sweepnet::data_error& e) {
          const std::string expected = site.root + "/" + name + ": a symbolic link ";
          if (!std::string(e.what()).starts_with(expected)) throw;
        }
      }
    }
    return true;
  }));
  CHECK(site.outside_is_untouched());
}

TEST_CASE("a link in a file's place is read if it stays inside, and written over") {
  const confined_site site;
  const bool old_kernel = GENERATE(false, true);
  CHECK(testing::works_without(old_kernel ? no_openat2 : std::vector<refused_call>{}, [&] {
    std::filesystem::create_symlink("inner/file", site.root + "/link");
    try {
      if (local::read(site.beneath("link")) != "inside" || old_kernel) return false;
      if (local::read(site.beneath("in/file")) != "inside") return false;
    } catch (const sweepnet::data_error& e) {
      if (!old_kernel) throw;
    }
    try {
      (void)local::read(site.beneath("leaf"));
      return false;
    } catch (const sweepnet::data_error&) {
    }
    local::write(site.beneath("leaf"), "text");
    local::write(site.beneath("link"), "text");
    return local::read(site.beneath("leaf")) == "text" &&
           local::read(site.beneath("inner/file")) == "inside";
  }));
  CHECK_FALSE(std::filesystem::is_symlink(site.root + "/leaf"));
  CHECK(site.outside_is_untouched());
}

TEST_CASE("all that may be done to a file can be done beneath a root, which is made if need be") {
  const temporary_directory directory;
  const bool old_kernel = GENERATE(false, true);
  CHECK(testing::works_without(old_kernel ? forbidden_openat2 : std::vector<refused_call>{}, [&] {
    location where(directory / "new/root/a/b/file");
    where.root = directory / "new/root";
    location root(where.root + "/");
    root.root = where.root;
    if (local::exists(where) || local::revision_of(where).tag != "") return false;
    local::remove(where);
    local::remove_abandoned(where);
    local::check_writable(root);
    const auto created = local::write_if(where, "first", {});
    if (!created || *created != local::revision_of(where)) return false;
    if (local::write_if(where, "no", {})) return false;
    if (!local::write_if(where, "second", *created)) return false;
    if (local::read(where) != "second" || !local::exists(where)) return false;
    local::write(where, "third");
    location folder(directory / "new/root/a/b");
    folder.root = where.root;
    if (!local::is_directory(folder) || local::list(folder).size() != 1) return false;
    local::remove(where);
    return local::list(folder).empty() && local::list(root).empty();
  }));
}

TEST_CASE("a root is the same place whether it is written relative or absolute") {
  const temporary_directory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  for (const auto& [text, root] :
       std::map<std::string, std::string>{{"file1", "."},
                                          {"./out/file2", "out"},
                                          {directory / "out/file3", "out/"},
                                          {"out/file4", directory / "out"}}) {
    location where(text);
    where.root = root;
    local::write(where, "text");
    CHECK(read_file(text) == "text");
  }
  std::filesystem::current_path(before);
}

TEST_CASE("a directory that becomes a link meanwhile leads nowhere either") {
  const confined_site site;
  std::filesystem::create_directory(site.root + "/a");
  std::filesystem::create_symlink("../outside", site.root + "/b");
  std::atomic<bool> stop{false};
  std::thread flip([&] {
    const std::string a = site.root + "/a";
    const std::string b = site.root + "/b";
    while (!stop) ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
  });
  int written = 0;
  int refused = 0;
  for (int i = 0; i < 500; ++i) {
    try {
      local::write(site.beneath("a/" + std::to_string(i % 10)), "text");
      ++written;
    } catch (const sweepnet::data_error&) {
      ++refused;
    }
  }
  stop = true;
  flip.join();
  INFO(written << " written, " << refused << " refused");
  CHECK(written + refused == 500);
  CHECK(site.outside_is_untouched());
}

TEST_CASE("a pipe or a directory beneath a root is no file, and nobody waits for it") {
  const confined_site site;
  REQUIRE(::mkfifo((site.root + "/pipe").c_str(), 0666) == 0);
  CHECK(message_of<sweepnet::data_error>([&] { (void)local::read(site.beneath("pipe")); }) ==
        site.root + "/pipe: expected a file, found a device, pipe or socket");
  CHECK(message_of<sweepnet::data_error>([&] { (void)local::read(site.beneath(".")); }) ==
        site.root + "/.: is a directory, expected a file");
}

TEST_CASE("control bytes in a path are refused, and shown harmlessly") {
  const temporary_directory directory;
  const std::string place = directory.path().string();
  for (const auto& [bytes, shown] :
       {std::pair{std::string("\0", 1), "\\x00"}, std::pair{std::string("\n"), "\\x0a"},
        std::pair{std::string("\x1b"), "\\x1b"}, std::pair{std::string("\x7f"), "\\x7f"}}) {
    for (const auto& [name, operation] : operations) {
      INFO(name);
      CHECK(message_of<sweepnet::data_error>([&, &operation = operation, &bytes = bytes] {
              operation(place + "/evil.sh" + bytes + ".h5");
            }) == place + "/evil.sh" + shown +
                      ".h5: expected a path without control bytes, found " + shown);
    }
  }
  CHECK(std::filesystem::is_empty(directory.path()));
}
