// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// System calls on files, each tried again when a signal interrupts it.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace sweepnet::storage {

/// Owns a file descriptor; negative: none.
class file_descriptor {
 public:
  file_descriptor() = default;
  explicit file_descriptor(int descriptor) : descriptor_(descriptor) {}
  file_descriptor(file_descriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  // Closed once, whatever close() says: on Linux the descriptor is gone even after EINTR, and may
  // be another's by then. errno stays what it was, the reason of the call before.
  ~file_descriptor() {
    if (descriptor_ < 0) return;
    const int before = errno;
    ::close(descriptor_);
    errno = before;
  }

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] explicit operator bool() const { return descriptor_ >= 0; }
  /// Gives it away, to somebody who closes it.
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

namespace detail {

/// What an errno means.
inline std::string reason(int number) { return std::generic_category().message(number); }

/// The result of a system call that no signal interrupted. Not for close().
template <class Call> auto uninterrupted(const Call& call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

/// False, with errno, if not all could be written.
inline bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        uninterrupted([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (written == 0) errno = ENOSPC;  // it would be so for ever
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Whether close() has nothing to complain of, as it may on NFS and FUSE, while the descriptor
/// stays open and keeps its lock: a duplicate is closed. False, with errno.
inline bool close_would_work(int descriptor) {
  const int duplicate =
      uninterrupted([&] { return ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); });
  return duplicate >= 0 && (::close(duplicate) == 0 || errno == EINTR);
}

}  // namespace detail

}  // namespace sweepnet::storage
