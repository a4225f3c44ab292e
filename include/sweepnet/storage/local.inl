// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/storage/local.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/storage/local_path.hpp"
#include "sweepnet/storage/scratch_file.hpp"
#include "sweepnet/storage/system_calls.hpp"

namespace sweepnet::storage::local {

namespace detail {

inline void read_all(int descriptor, const std::string& shown, std::string& content) {
  constexpr std::size_t block = std::size_t{1} << 20;
  std::size_t size = content.size();
  for (;;) {
    content.resize(size + block);
    const ssize_t got =
        uninterrupted([&] { return ::read(descriptor, content.data() + size, block); });
    if (got < 0) throw io_error(shown + ": cannot read: " + reason(errno));
    size += static_cast<std::size_t>(got);
    if (got == 0) break;
  }
  content.resize(size);
}

/// input_missing where the path is to blame, io_error where another try may work.
[[noreturn]] inline void fail_to(const char* what, const local_path& path, int failure) {
  const std::string message = fmt::format("{}: cannot {}: {}", path.shown(), what, reason(failure));
  switch (failure) {
    case ENOENT:
    case ENOTDIR:
    case EACCES:
    case EPERM:
    case ELOOP:
    case ENAMETOOLONG: throw input_missing(message);
    default: throw io_error(message);
  }
}

/// What is there, as fstat() tells it; nothing if nothing is.
inline std::optional<struct stat> look(const local_path& path) {
  const file_descriptor file = path.open(O_PATH);
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) fail_to("open", path, errno);
  return status;
}

inline revision revision_at(const local_path& path) {
  const std::optional<struct stat> status = look(path);
  return status ? revision_in(*status) : revision{};
}

/// Throws cannot_create where a device or a pipe lies, whose place a file would take.
inline void refuse_special(const entry& place) {
  struct stat status {};
  if (::fstatat(place.directory.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      !S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode) && !S_ISDIR(status.st_mode)) {
    throw cannot_create(place.shown + ": expected a file, found a device, pipe or socket");
  }
}

/// Locks the file against others that replace this version of it. Where locks do not work nothing
/// happens. Throws io_error if somebody holds the lock for ten seconds.
inline void lock_version(int descriptor, const local_path& path) {
  using namespace std::chrono_literals;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const int locked = uninterrupted([&] { return ::flock(descriptor, LOCK_EX | LOCK_NB); });
    if (locked == 0 || errno != EWOULDBLOCK) return;
    std::this_thread::sleep_for(10ms);
  }
  throw io_error(path.shown() + ": cannot replace: another process holds a lock on it");
}

/// Gives the file its name if `expected` has it, whichever others try to replace that, too.
inline bool replace_version(const local_path& path, scratch_file& scratch,
                            const revision& expected) {
  file_descriptor there = path.open(O_WRONLY | O_NONBLOCK);  // NFS locks only what can be written
  if (!there) there = path.open(O_RDONLY | O_NONBLOCK);
  if (there) lock_version(there.get(), path);
  if (revision_at(path) != expected) return false;
  scratch.replace();
  return true;
}

}  // namespace detail

SWEEPNET_INLINE std::string read(const location& where) {
  std::string content;
  if (where.type == location::kind::standard_stream) {
    detail::read_all(STDIN_FILENO, "standard input", content);
    return content;
  }
  const local_path path(where);
  const file_descriptor file = path.open(path.confined() ? O_RDONLY | O_NONBLOCK : O_RDONLY);
  if (!file) detail::fail_to("open", path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) detail::fail_to("open", path, errno);
  if (S_ISDIR(status.st_mode)) {
    throw input_missing(path.shown() + ": is a directory, expected a file");
  }
  if (path.confined() && !S_ISREG(status.st_mode)) {
    throw input_missing(path.shown() + ": expected a file, found a device, pipe or socket");
  }
  detail::read_all(file.get(), path.shown(), content);
  return content;
}

SWEEPNET_INLINE void write(const location& where, std::string_view content) {
  const entry place = local_path(where).make_entry();
  detail::refuse_special(place);
  scratch_file scratch(place);
  scratch.fill(content);
  scratch.replace();
  detail::sync_directory(place.directory.get(), place.directory_shown);
}

SWEEPNET_INLINE revision revision_of(const location& where) {
  return detail::revision_at(local_path(where));
}

SWEEPNET_INLINE std::optional<revision> write_if(const location& where,
                                                 std::span<const std::string_view> pieces,
                                                 const revision& expected) {
  const local_path path(where);
  if (detail::revision_at(path) != expected) return std::nullopt;
  const entry place = path.make_entry();
  detail::refuse_special(place);
  scratch_file scratch(place);
  scratch.fill(pieces);
  const bool won = expected.tag.empty() ? scratch.take_free_name()
                                        : detail::replace_version(path, scratch, expected);
  if (!won) return std::nullopt;
  detail::sync_directory(place.directory.get(), place.directory_shown);
  return scratch.version();
}

SWEEPNET_INLINE bool exists(const location& where) {
  return detail::look(local_path(where)).has_value();
}

SWEEPNET_INLINE bool is_directory(const location& where) {
  const std::optional<struct stat> status = detail::look(local_path(where));
  return status && S_ISDIR(status->st_mode);
}

SWEEPNET_INLINE void remove(const location& where) {
  const std::optional<entry> place = local_path(where).find_entry();
  if (!place) return;
  const int removed = detail::uninterrupted(
      [&] { return ::unlinkat(place->directory.get(), place->name.c_str(), 0); });
  if (removed == 0 || errno == ENOENT) return;
  throw io_error(place->shown + ": cannot remove: " + detail::reason(errno));
}

SWEEPNET_INLINE std::vector<std::string> list(const location& where, std::size_t most) {
  const local_path path(where);
  const file_descriptor directory = path.open(O_RDONLY | O_DIRECTORY);
  if (!directory) detail::fail_to("list", path, errno);
  std::vector<std::string> names = detail::files_in(directory.get(), path.shown());
  names.resize(std::min(names.size(), most));
  return names;
}

SWEEPNET_INLINE void remove_abandoned(const location& where) {
  if (const std::optional<entry> place = local_path(where).find_entry()) {
    detail::remove_abandoned(*place);
  }
}

SWEEPNET_INLINE void check_writable(const location& directory) {
  const entry place = local_path(directory).child(".sweepnet").make_entry();
  detail::remove_abandoned(place);
  scratch_file(place).remove();
}

}  // namespace sweepnet::storage::local

namespace sweepnet::storage {

SWEEPNET_INLINE void write_atomic(const std::filesystem::path& path, std::string_view content) {
  local::write(path.string(), content);
}

}  // namespace sweepnet::storage
