// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A local path as system calls take it: from where the process stands, or beneath a root that
// nothing leads out of, neither ".." nor a symbolic link, whoever changes them meanwhile.

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/system_calls.hpp"

namespace sweepnet::storage::local {

namespace detail {

using namespace storage::detail;

inline bool is_link(int directory, const std::string& name) {
  struct stat status {};
  return ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISLNK(status.st_mode);
}

/// open_beneath() where the kernel cannot do it: one name after the other, and no link at all.
inline file_descriptor walk_beneath(int root, const std::filesystem::path& path, int flags) {
  file_descriptor directory;
  for (auto name = path.begin(); name != path.end();) {
    const int above = directory ? directory.get() : root;
    const std::string here = name->string();
    const bool last = ++name == path.end();
    const int how = (last ? flags : O_PATH | O_DIRECTORY | O_CLOEXEC) | O_NOFOLLOW;
    file_descriptor next(uninterrupted([&] { return ::openat(above, here.c_str(), how); }));
    const int failure = next ? 0 : errno;
    if ((next || failure == ELOOP || failure == ENOTDIR) && is_link(above, here)) {
      errno = ELOOP;
      return {};
    }
    errno = failure;
    if (!next || last) return next;
    directory = std::move(next);
  }
  errno = ENOENT;
  return {};
}

/// Opens a path that ends beneath the directory `root`, wherever links on the way point to. Without
/// a descriptor, errno is EXDEV if it leads out and ELOOP if a link is such that nobody can tell.
inline file_descriptor open_beneath(int root, const std::filesystem::path& path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long opened = -1;
  for (int attempt = 0; attempt < 1000 && opened < 0; ++attempt) {
    opened = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (opened < 0 && errno != EINTR && errno != EAGAIN) break;  // EAGAIN: a rename on its way
  }
  const bool unknown_call = opened < 0 && (errno == ENOSYS || errno == EPERM);  // EPERM: seccomp
  return unknown_call ? walk_beneath(root, path, flags) : file_descriptor(static_cast<int>(opened));
}

/// Makes what was created, renamed or removed in a directory durable. File systems that cannot sync
/// one are left alone.
inline void sync_directory(int directory, const std::string& shown) {
  if (uninterrupted([&] { return ::fsync(directory); }) == 0) return;
  if (errno == EINVAL || errno == ENOTSUP) return;
  throw io_error(shown + ": sync failed: " + reason(errno));
}

}  // namespace detail

/// An open directory and a name in it: what is done to the name is done there, whatever becomes of
/// the path meanwhile.
struct entry {
  file_descriptor directory{};
  std::string name{};
  std::string shown{};            ///< the path, for people
  std::string directory_shown{};  ///< its directory
};

/// A path, and the root that it must stay beneath if it has one.
class local_path {
 public:
  /// Throws data_error if the path holds a control byte or leads out of its root by its letters.
  explicit local_path(const location& where) : local_path(where.request_text(), where.root) {}
  local_path(const std::filesystem::path& path, const std::filesystem::path& root)
      : shown_(printable(path.string())), root_(root), path_(path) {
    for (const std::string& text : {path.string(), root.string()}) refuse_control_bytes(text);
    if (!confined()) return;
    const bool alike = path.is_absolute() == root.is_absolute();
    const auto plain = [&](const std::filesystem::path& each) {
      return (alike ? each : std::filesystem::absolute(each)).lexically_normal();
    };
    path_ = plain(path).lexically_relative(plain(root));
    if (path_.empty() || *path_.begin() == "..") {
      throw data_error(fmt::format("{}: leads out of {}", shown_, root.string()));
    }
  }

  [[nodiscard]] const std::string& shown() const { return shown_; }
  [[nodiscard]] bool confined() const { return !root_.empty(); }
  /// What `name` is in the directory that this is.
  [[nodiscard]] local_path child(const std::string& name) const {
    local_path below = *this;
    below.path_ /= name;
    return below;
  }

  /// Opens what is there; no descriptor, with errno, if nothing is or it cannot be opened. Throws
  /// data_error if a link leads out of the root.
  [[nodiscard]] file_descriptor open(int flags) const { return open_at(path_, flags); }

  /// Where the file lies, to be removed, say; none where its directory is not there. Throws
  /// io_error if that cannot be opened.
  [[nodiscard]] std::optional<entry> find_entry() const {
    entry place = named_entry();
    place.directory = open_at(parent_of(path_), O_PATH | O_DIRECTORY);
    if (place.directory) return place;
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    fail_to_open<io_error>(parent_of(path_));
  }

  /// Where the file is to be written; makes missing directories, durably. Throws cannot_create or
  /// io_error.
  [[nodiscard]] entry make_entry() const {
    entry place = named_entry();
    place.directory = make_directory(parent_of(path_));
    return place;
  }

 private:
  static void refuse_control_bytes(const std::string& text) {
    const auto found = std::ranges::find_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (found == text.end()) return;
    throw data_error(fmt::format("{}: expected a path without control bytes, found \\x{:02x}",
                                 printable(text), static_cast<unsigned char>(*found)));
  }
  static std::filesystem::path parent_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  }
  [[nodiscard]] std::string shown_of(const std::filesystem::path& directory) const {
    return printable(confined() ? (root_ / directory).lexically_normal().string()
                                : directory.string());
  }
  template <class Error>
  [[noreturn]] void fail_to_open(const std::filesystem::path& directory) const {
    const int failure = errno;
    const bool absent = failure == ENOENT || failure == ENOTDIR;
    throw Error(fmt::format("{}: cannot {} the directory: {}", shown_of(directory),
                            absent ? "make" : "open", detail::reason(failure)));
  }

  [[nodiscard]] entry named_entry() const {
    entry place{.name = path_.filename().string(),
                .shown = shown_,
                .directory_shown = shown_of(parent_of(path_))};
    if (place.name.empty() || place.name == "." || place.name == "..") {
      throw cannot_create(shown_ + ": expected a file's name at its end");
    }
    return place;
  }

  [[nodiscard]] file_descriptor open_at(const std::filesystem::path& path, int flags) const {
    using detail::uninterrupted;
    const auto open = [](const std::filesystem::path& plain, int how) {
      return file_descriptor(uninterrupted([&] { return ::open(plain.c_str(), how | O_CLOEXEC); }));
    };
    if (!confined()) return open(path, flags);
    const file_descriptor root = open(root_, O_PATH | O_DIRECTORY);
    if (!root) return {};
    file_descriptor opened = detail::open_beneath(root.get(), path, flags | O_CLOEXEC);
    if (!opened && (errno == EXDEV || errno == ELOOP)) {
      const char* what = errno == EXDEV ? "leads out of" : "on its way cannot be confined to";
      throw data_error(fmt::format("{}: a symbolic link {} {}", shown_, what, root_.string()));
    }
    return opened;
  }

  /// The directory, opened; where it is not there it is made, and so are those above it.
  [[nodiscard]] file_descriptor make_directory(const std::filesystem::path& directory) const {
    constexpr int flags = O_RDONLY | O_DIRECTORY;  // not O_PATH, which cannot be synced
    file_descriptor opened = open_at(directory, flags);
    if (opened) return opened;
    if (errno != ENOENT) fail_to_open<cannot_create>(directory);
    const std::filesystem::path above = parent_of(directory);
    if (above == directory) {
      if (!confined()) fail_to_open<cannot_create>(directory);
      return local_path(root_, "").make_directory(root_);
    }
    const file_descriptor parent = make_directory(above);
    const std::string name = directory.filename().string();
    if (!name.empty() && name != "." && name != "..") {
      const int made =
          detail::uninterrupted([&] { return ::mkdirat(parent.get(), name.c_str(), 0777); });
      if (made != 0 && errno != EEXIST) {  // another process may have been first
        throw cannot_create(fmt::format("{}: cannot make the directory: {}", shown_of(directory),
                                        detail::reason(errno)));
      }
      detail::sync_directory(parent.get(), shown_of(above));
    }
    opened = open_at(directory, flags);
    if (!opened) fail_to_open<cannot_create>(directory);
    return opened;
  }

  std::string shown_;
  std::filesystem::path root_;
  std::filesystem::path path_;  ///< from the root, if there is one
};

}  // namespace sweepnet::storage::local
