// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A new file beside its place: written and synced there, then given its name in one step. And how
// one that a killed process left is told from one that is being written.

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/storage/local_path.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/shared_syncs.hpp"
#include "sweepnet/storage/system_calls.hpp"

namespace sweepnet::storage::local {

namespace detail {

/// Of files that are being written: NAME.0123456789abcdef.sweepnet-tmp, where NAME is the beginning
/// of the file's own.
inline constexpr std::string_view scratch_ending = ".sweepnet-tmp";
inline constexpr std::size_t scratch_digits = 16;

inline std::string scratch_start(const std::string& name) {
  constexpr std::size_t longest = 255 - 1 - scratch_digits - scratch_ending.size();
  return name.substr(0, longest) + ".";
}

/// A name that nobody else takes, wherever they run.
inline std::string new_scratch_name(const std::string& name) {
  std::uint64_t number = 0;
  if (uninterrupted([&] { return ::getrandom(&number, sizeof number, 0); }) != sizeof number) {
    throw io_error("no random bytes: " + reason(errno));
  }
  return fmt::format("{}{:016x}{}", scratch_start(name), number, scratch_ending);
}

/// Whether it is one of any file.
inline bool is_scratch_name(std::string_view name) {
  constexpr std::size_t behind = 1 + scratch_digits + scratch_ending.size();
  if (name.size() <= behind || !name.ends_with(scratch_ending)) return false;
  name.remove_prefix(name.size() - behind);
  return name[0] == '.' &&
         name.substr(1, scratch_digits).find_first_not_of("0123456789abcdef") == name.npos;
}
inline bool is_scratch_name(std::string_view name, const std::string& of) {
  const std::string start = scratch_start(of);
  return name.size() == start.size() + scratch_digits + scratch_ending.size() &&
         name.starts_with(start) && is_scratch_name(name);
}

inline bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

inline revision revision_in(const struct stat& status) {
  return {.tag = fmt::format("{}:{}:{}:{}.{:09}", status.st_dev, status.st_ino, status.st_size,
                             status.st_mtim.tv_sec, status.st_mtim.tv_nsec)};
}

/// Whether a lock on the file is seen by all who can open it: on file systems of this machine
/// alone. Elsewhere (NFS, FUSE) locks may be kept by each host for itself, or not at all.
inline bool locks_are_shared(int descriptor) {
  constexpr std::array<std::uint32_t, 8> of_one_machine{0xef53,       // ext2, ext3, ext4
                                                        0x58465342,   // XFS
                                                        0x9123683e,   // Btrfs
                                                        0x2fc12fc1,   // ZFS
                                                        0xf2f52010,   // F2FS
                                                        0xca451a4e,   // bcachefs
                                                        0x01021994,   // tmpfs
                                                        0x794c7630};  // overlayfs
  struct statfs status {};
  return uninterrupted([&] { return ::fstatfs(descriptor, &status); }) == 0 &&
         std::ranges::find(of_one_machine, static_cast<std::uint32_t>(status.f_type)) !=
             of_one_machine.end();
}

}  // namespace detail

/// A new file in an entry's directory, locked as long as it lives, and removed at the end of its
/// life unless it was given its name.
class scratch_file {
 public:
  /// An empty one. Throws cannot_create. `place` must outlive it.
  explicit scratch_file(const entry& place) : place_(&place) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    // Another process may take the new file for an abandoned one before it is locked.
    for (bool mine = false; !mine;) {
      name_ = detail::new_scratch_name(place.name);
      descriptor_ = file_descriptor(
          detail::uninterrupted([&] { return ::openat(directory(), name_.c_str(), flags, 0666); }));
      if (!descriptor_ && errno == EEXIST) continue;
      if (!descriptor_) {
        throw cannot_create(place.shown + ": cannot create: " + detail::reason(errno));
      }
      const int locked =
          detail::uninterrupted([&] { return ::flock(descriptor_.get(), LOCK_EX | LOCK_NB); });
      mine = (locked == 0 || errno != EWOULDBLOCK) && lies_at(name_);
      if (!mine) ::unlinkat(directory(), name_.c_str(), 0);
    }
  }
  scratch_file(const scratch_file&) = delete;  // one owner removes it
  scratch_file& operator=(const scratch_file&) = delete;
  ~scratch_file() {
    if (!name_.empty()) ::unlinkat(directory(), name_.c_str(), 0);
  }

  /// Puts the pieces of a content into it, one behind the other, durably, or as soon as the
  /// thread's shared_syncs are. Throws io_error.
  void fill(std::span<const std::string_view> pieces) const {
    for (const std::string_view piece : pieces) append(piece);
    finish();
  }
  void append(std::string_view piece) const {
    check(detail::write_all(descriptor_.get(), piece), "write");
  }
  /// Puts other bytes in the place of the first ones, after which nothing may be appended.
  void overwrite_front(std::string_view bytes) const {
    if (bytes.empty()) return;
    check(::lseek(descriptor_.get(), 0, SEEK_SET) == 0, "seek");
    check(detail::write_all(descriptor_.get(), bytes), "write");
  }
  void finish() const {
    if (shared_syncs::current() == nullptr) {
      check(detail::uninterrupted([&] { return ::fsync(descriptor_.get()); }) == 0, "sync");
    }
    check(detail::close_would_work(descriptor_.get()), "close");
  }

  void fill(std::string_view content) const { fill(std::span(&content, 1)); }

  /// Takes the name of its place, from another file if one has it. Throws io_error.
  void replace() {
    check_mine();
    const int renamed = detail::uninterrupted(
        [&] { return ::renameat(directory(), name_.c_str(), directory(), place_->name.c_str()); });
    check(renamed == 0 || lies_at(place_->name), "rename");
    settled();
  }

  /// Takes the name of its place. False if another file has it. Throws io_error.
  [[nodiscard]] bool take_free_name() {
    check_mine();
    const int where = directory();
    const char* name = place_->name.c_str();
    int taken = detail::uninterrupted(
        [&] { return ::renameat2(where, name_.c_str(), where, name, RENAME_NOREPLACE); });
    if (taken == 0 || lies_at(place_->name)) {
      settled();
      return true;
    }
    if (not_supported(errno)) {  // NFS knows links only, vfat and some of FUSE neither
      taken = detail::uninterrupted([&] { return ::linkat(where, name_.c_str(), where, name, 0); });
      if (taken == 0 || lies_at(place_->name)) return true;
    }
    if (errno == EEXIST) return false;
    check(not_supported(errno), "rename");
    struct stat status {};
    if (::fstatat(where, name, &status, AT_SYMLINK_NOFOLLOW) == 0) return false;
    replace();
    return true;
  }

  /// Removes it early. Throws cannot_create if it cannot be removed.
  void remove() {
    const std::string name = std::exchange(name_, "");
    if (detail::uninterrupted([&] { return ::unlinkat(directory(), name.c_str(), 0); }) != 0) {
      throw cannot_create(place_->shown + ": cannot remove: " + detail::reason(errno));
    }
  }

  [[nodiscard]] revision version() const {
    struct stat status {};
    check(::fstat(descriptor_.get(), &status) == 0, "stat");
    return detail::revision_in(status);
  }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  /// It has its name. Nobody takes it for abandoned any more, and who would replace this version
  /// need not wait until the directory is synced.
  void settled() {
    name_.clear();
    (void)::flock(descriptor_.get(), LOCK_UN);
  }
  static bool not_supported(int failure) {
    return failure == EINVAL || failure == ENOSYS || failure == EPERM || failure == ENOTSUP;
  }
  [[nodiscard]] int directory() const { return place_->directory.get(); }
  void check(bool worked, const char* what) const {
    if (!worked) throw io_error(place_->shown + ": " + what + " failed: " + detail::reason(errno));
  }
  /// Whether the name is this very file's: also what tells that a call worked whose answer was lost
  /// (EINTR, a request that NFS sent twice). Leaves errno alone.
  [[nodiscard]] bool lies_at(const std::string& name) const {
    const int before = errno;
    struct stat there {};
    struct stat mine {};
    const bool same = ::fstatat(directory(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
                      ::fstat(descriptor_.get(), &mine) == 0 && detail::same_file(there, mine);
    errno = before;
    return same;
  }
  /// What gets the file's name is the file that was written here.
  void check_mine() const {
    if (!lies_at(name_)) {
      throw io_error(
          fmt::format("{}: cannot rename: {} is another file now, or gone", place_->shown, name_));
    }
  }

  const entry* place_;
  std::string name_;  ///< empty: it has another
  file_descriptor descriptor_;
};

namespace detail {

/// The names in a directory that are no directories. Throws io_error.
inline std::vector<std::string> files_in(int directory, const std::string& shown) {
  file_descriptor again(
      uninterrupted([&] { return ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  DIR* const stream = again ? ::fdopendir(again.get()) : nullptr;
  if (stream == nullptr) throw io_error(shown + ": cannot list: " + reason(errno));
  (void)again.release();
  const auto is_directory = [&](const dirent& each) {
    struct stat status {};
    if (each.d_type != DT_UNKNOWN && each.d_type != DT_LNK) return each.d_type == DT_DIR;
    return ::fstatat(directory, each.d_name, &status, 0) == 0 && S_ISDIR(status.st_mode);
  };
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* each = ::readdir(stream)) {
    if (!is_directory(*each)) names.emplace_back(each->d_name);
    errno = 0;
  }
  const int failure = errno;
  ::closedir(stream);
  if (failure != 0) throw io_error(shown + ": cannot list: " + reason(failure));
  return names;
}

/// Whether a scratch file's writer is dead: nobody holds its lock, or, where locks tell nothing, it
/// has not been written to for a day.
inline bool is_abandoned(int descriptor, const struct stat& status) {
  const bool locked = uninterrupted([&] { return ::flock(descriptor, LOCK_EX | LOCK_NB); }) == 0;
  if (!locked && errno == EWOULDBLOCK) return false;
  constexpr std::time_t day = 24 * 60 * 60;
  return (locked && locks_are_shared(descriptor)) || std::time(nullptr) - status.st_mtime > day;
}

inline void remove_if_abandoned(int directory, const std::string& name) {
  struct stat named {};
  const auto look = [&] {
    return ::fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(named.st_mode);
  };
  if (!look()) return;  // before it is opened, since opening a device may do something
  constexpr int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const file_descriptor file(
      uninterrupted([&] { return ::openat(directory, name.c_str(), flags); }));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return;
  if (!is_abandoned(file.get(), status)) return;
  if (look() && same_file(named, status)) ::unlinkat(directory, name.c_str(), 0);
}

inline void remove_abandoned(const entry& place) {
  for (const std::string& name : files_in(place.directory.get(), place.directory_shown)) {
    if (is_scratch_name(name, place.name)) remove_if_abandoned(place.directory.get(), name);
  }
}

}  // namespace detail

}  // namespace sweepnet::storage::local
