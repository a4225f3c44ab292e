// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole files: read in one go, written so that a reader sees the old or the new one, never a part.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"

namespace sweepnet::storage {

namespace detail {

/// Owns a file descriptor.
class file_descriptor {
 public:
  explicit file_descriptor(int descriptor) : descriptor_(descriptor) {}
  file_descriptor(const file_descriptor&) = delete;  // closing twice would close another's file
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() {
    if (descriptor_ > 2) ::close(descriptor_);
  }

  [[nodiscard]] int get() const { return descriptor_; }
  void swap(file_descriptor& other) { std::swap(descriptor_, other.descriptor_); }

 private:
  int descriptor_;
};

inline std::string reason(int number) { return std::generic_category().message(number); }

inline void read_all(int descriptor, const std::string& path, std::string& content) {
  constexpr std::size_t block = std::size_t{1} << 20;
  std::size_t size = content.size();
  for (;;) {
    content.resize(size + block);
    const ssize_t got = ::read(descriptor, content.data() + size, block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw io_error(path + ": cannot read: " + reason(errno));
    size += static_cast<std::size_t>(got);
    if (got == 0) break;
  }
  content.resize(size);
}

/// Removes the temporary file unless it was renamed into place.
class temporary_file {
 public:
  explicit temporary_file(std::string path) : path_(std::move(path)) {}
  temporary_file(const temporary_file&) = delete;  // one owner removes it
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  void renamed() { path_.clear(); }

 private:
  std::string path_;
};

/// Makes a rename durable. File systems that cannot sync a directory are left alone.
inline void sync_directory(const std::filesystem::path& directory) {
  const file_descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) == 0 || errno == EINVAL || errno == ENOTSUP) return;
  throw io_error(directory.string() + ": sync failed: " + reason(errno));
}

}  // namespace detail

/// The content of a file; "-" is standard input. Throws input_missing if it is not there or may
/// not be read, io_error if reading fails.
[[nodiscard]] inline std::string read_text(const std::string& path) {
  std::string content;
  if (path == "-") {
    detail::read_all(STDIN_FILENO, "standard input", content);
    return content;
  }
  const detail::file_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw input_missing(path + ": cannot open: " + detail::reason(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw input_missing(path + ": is a directory, expected a file");
  }
  detail::read_all(file.get(), path, content);
  return content;
}

namespace detail {

/// A new file beside `path`, open for writing and locked as long as its writer lives: by the lock
/// remove_abandoned() tells it from one that a killed process left.
struct scratch_file {
  explicit scratch_file(const std::filesystem::path& path) {
    for (int attempt = 0; descriptor.get() < 0; ++attempt) {
      const std::string name = path.string() + "." + std::to_string(::getpid()) + "-" +
                               std::to_string(attempt) + scratch_ending;
      file_descriptor opened(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (opened.get() < 0) {
        if (errno == EEXIST) continue;
        throw cannot_create(path.string() + ": cannot create: " + reason(errno));
      }
      (void)::flock(opened.get(), LOCK_EX | LOCK_NB);
      struct stat status {};
      if (::fstat(opened.get(), &status) == 0 && status.st_nlink == 0) continue;  // just removed
      descriptor.swap(opened);
      file.emplace(name);
    }
  }

  static constexpr const char* scratch_ending = ".tmp";
  file_descriptor descriptor{-1};
  std::optional<temporary_file> file{};
};

inline std::filesystem::path make_directory_of(const std::filesystem::path& path) {
  const std::filesystem::path directory =
      path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) {
    throw cannot_create(directory.string() + ": cannot make the directory: " + failure.message());
  }
  return directory;
}

}  // namespace detail

/// Writes a file beside its place, syncs it and renames it there, so that a crash at any moment
/// leaves the old content or the new. Makes missing directories. Throws cannot_create or io_error;
/// then nothing is left behind and the old content stands.
inline void write_atomic(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path directory = detail::make_directory_of(path);
  detail::scratch_file scratch(path);
  const auto check = [&](bool worked, const char* what) {
    if (!worked) throw io_error(path.string() + ": " + what + " failed: " + detail::reason(errno));
  };

  for (std::string_view rest = content; !rest.empty();) {
    const ssize_t written = ::write(scratch.descriptor.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    check(written >= 0, "write");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  check(::fsync(scratch.descriptor.get()) == 0, "sync");
  check(::rename(scratch.file->path().c_str(), path.c_str()) == 0, "rename");
  scratch.file->renamed();
  detail::sync_directory(directory);
}

/// Removes what killed processes left of their writes to `path`; a living writer's file stays.
inline void remove_abandoned(const std::filesystem::path& path) {
  const std::filesystem::path directory =
      path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const std::string start = path.filename().string() + ".";
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(start) || !name.ends_with(detail::scratch_file::scratch_ending)) continue;
    const detail::file_descriptor file(::open(entry->path().c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() >= 0 && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      ::unlink(entry->path().c_str());
    }
  }
}

/// Tries whether files can be written to `directory`, making it where it is missing. Throws
/// cannot_create.
inline void check_writable(const std::filesystem::path& directory) {
  const std::filesystem::path probe = directory / ".sweepnet";
  detail::make_directory_of(probe);
  remove_abandoned(probe);
  const detail::scratch_file scratch(probe);
}

}  // namespace sweepnet::storage
