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
#include <chrono>
#include <thread>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/storage/local_path.hpp"
#include "sweepnet/storage/scratch_file.hpp"
#include "sweepnet/storage/shared_syncs.hpp"
#include "sweepnet/storage/system_calls.hpp"

namespace sweepnet::storage::local {

namespace detail {

/// What was written to the directory becomes durable: now, or with all that its thread writes.
inline void settle(const entry& place) {
  if (shared_syncs* shared = shared_syncs::current(); shared != nullptr) {
    shared->note(place.directory.get());
  } else {
    sync_directory(place.directory.get(), place.directory_shown);
  }
}

/// `size` is what is known of the content's: of a small one the pieces are no larger.
inline void take_pieces(int descriptor, const std::string& shown, std::uint64_t size,
                        const std::function<void(std::string_view)>& take) {
  constexpr std::uint64_t largest = std::uint64_t{1} << 20;
  constexpr std::uint64_t smallest = 4096;
  const std::uint64_t fitting = size == 0 ? largest : std::clamp(size + 1, smallest, largest);
  std::string piece(static_cast<std::size_t>(fitting), '\0');
  for (;;) {
    const ssize_t got =
        uninterrupted([&] { return ::read(descriptor, piece.data(), piece.size()); });
    if (got < 0) throw io_error(shown + ": cannot read: " + reason(errno));
    if (got == 0) return;
    take(std::string_view(piece).substr(0, static_cast<std::size_t>(got)));
  }
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

/// A file, or standard input, that is about to be read.
struct readable_file {
  std::string shown = "standard input";
  std::uint64_t size = 0;    ///< of a regular file, as it is now
  file_descriptor opened{};  ///< none: standard input

  [[nodiscard]] int descriptor() const { return opened ? opened.get() : STDIN_FILENO; }
};

inline readable_file open_to_read(const location& where) {
  if (where.type == location::kind::standard_stream) return {};
  const local_path path(where);
  readable_file file{.shown = path.shown(),
                     .opened = path.open(path.confined() ? O_RDONLY | O_NONBLOCK : O_RDONLY)};
  struct stat status {};
  if (!file.opened || ::fstat(file.opened.get(), &status) != 0) fail_to("open", path, errno);
  const bool regular = S_ISREG(status.st_mode);
  if (regular) file.size = static_cast<std::uint64_t>(status.st_size);
  if (!S_ISDIR(status.st_mode) && (regular || !path.confined())) return file;
  const std::string message =
      path.shown() + (S_ISDIR(status.st_mode)
                          ? ": is a directory, expected a file"
                          : ": expected a file, found a device, pipe or socket");
  if (path.confined()) throw data_error(message);  // it is there, and not what belongs there
  throw input_missing(message);
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

SWEEPNET_INLINE std::string read(const location& where, const read_limit& limit) {
  std::string content;
  const detail::readable_file file = detail::open_to_read(where);
  read_bound bound(file.shown, limit);
  bound.check_whole(file.size);
  content.reserve(static_cast<std::size_t>(file.size));
  detail::take_pieces(file.descriptor(), file.shown, file.size, [&](std::string_view piece) {
    bound.check(content.size() + piece.size());
    content += piece;
  });
  return content;
}

SWEEPNET_INLINE void read_pieces(const location& where,
                                 const std::function<void(std::string_view)>& take) {
  const detail::readable_file file = detail::open_to_read(where);
  detail::take_pieces(file.descriptor(), file.shown, file.size, take);
}

SWEEPNET_INLINE void write(const location& where, std::string_view content) {
  local::write_by(where, 0, [content](const piece_taker& append) {
    append(content);
    return std::string();
  });
}

SWEEPNET_INLINE void write_by(const location& where, std::size_t head,
                              const headed_producer& produce) {
  const entry place = local_path(where).make_entry();
  detail::refuse_special(place);
  scratch_file scratch(place);
  scratch.append(std::string(head, '\0'));
  scratch.overwrite_front(produce([&](std::string_view piece) { scratch.append(piece); }));
  scratch.finish();
  scratch.replace();
  detail::settle(place);
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
  detail::settle(place);
  return scratch.version();
}

SWEEPNET_INLINE bool exists(const location& where) {
  return detail::look(local_path(where)).has_value();
}

SWEEPNET_INLINE std::optional<std::uint64_t> size_on_disk(const location& where) {
  const std::optional<struct stat> status = detail::look(local_path(where));
  if (!status || !S_ISREG(status->st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status->st_size);
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

SWEEPNET_INLINE void remove_all_abandoned(const location& directory) {
  const local_path path(directory);
  const file_descriptor opened = path.open(O_RDONLY | O_DIRECTORY);
  if (!opened) return;
  for (const std::string& name : detail::files_in(opened.get(), path.shown())) {
    if (detail::is_scratch_name(name)) detail::remove_if_abandoned(opened.get(), name);
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
