// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Durability in bulk. A file that is written alone is synced before it gets its name, and its
// directory after that. Where thousands of small files are written, that would be most of the work:
// here they get their names at once, and a thread syncs their file systems (syncfs) every second.
// A killed process loses nothing by that, since the kernel has it all; a power cut may cost what
// was written within the last second, and leave files of it empty or cut short, which their readers
// notice by their digests.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/start_thread.hpp"
#include "sweepnet/storage/system_calls.hpp"

namespace sweepnet::storage {

/// Syncs what threads write to disk while a shared_syncs_scope of it is theirs.
class shared_syncs {
 public:
  /// Throws configuration_error if its thread cannot be started.
  shared_syncs() : thread_(start_thread("the thread that syncs files", [this] { serve(); })) {}
  shared_syncs(const shared_syncs&) = delete;  // the thread holds its address
  shared_syncs& operator=(const shared_syncs&) = delete;
  /// Syncs no more, so flush() first.
  ~shared_syncs() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  /// Something was written to the file system of this open directory.
  void note(int directory) {
    struct stat status {};
    if (::fstat(directory, &status) != 0) return;
    const std::lock_guard lock(mutex_);
    for (file_system& each : written_) {
      if (each.device != status.st_dev) continue;
      each.behind = true;
      return;
    }
    file_descriptor own(detail::uninterrupted(
        [&] { return ::fcntl(directory, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); }));
    if (own) written_.push_back({.device = status.st_dev, .directory = std::move(own)});
  }

  /// Returns when all that was noted is durable. Throws io_error if that failed, now or before.
  void flush() {
    const std::lock_guard alone(syncing_);
    sync();
    if (failure_ == 0) return;
    throw io_error("files were written, but could not be synced: " + detail::reason(failure_));
  }

  /// That of the calling thread; null: each file is synced by itself.
  [[nodiscard]] static shared_syncs* current() { return slot(); }

 private:
  friend class shared_syncs_scope;
  static shared_syncs*& slot() {
    static thread_local shared_syncs* innermost = nullptr;
    return innermost;
  }

  struct file_system {
    dev_t device{};
    file_descriptor directory{};
    bool behind = true;
  };

  /// Only one thread at a time; the list only grows, and its descriptors stay open.
  void sync() {
    std::vector<int> behind;
    {
      const std::lock_guard lock(mutex_);
      for (file_system& each : written_) {
        if (std::exchange(each.behind, false)) behind.push_back(each.directory.get());
      }
    }
    for (const int directory : behind) {
      if (detail::uninterrupted([&] { return ::syncfs(directory); }) != 0 && failure_ == 0) {
        failure_ = errno;
      }
    }
  }

  void serve() {
    using namespace std::chrono_literals;
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, 1s, [&] { return closing_; })) {
      lock.unlock();
      {
        const std::lock_guard alone(syncing_);
        sync();
      }
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<file_system> written_;
  bool closing_ = false;
  std::mutex syncing_;
  int failure_ = 0;     ///< the errno of the first sync that failed
  std::thread thread_;  // last: it uses all of the above
};

/// While it lives, what its thread writes to disk is synced by `by`; null: each file by itself.
class shared_syncs_scope {
 public:
  explicit shared_syncs_scope(shared_syncs* by) : before_(shared_syncs::slot()) {
    shared_syncs::slot() = by;
  }
  shared_syncs_scope(const shared_syncs_scope&) = delete;  // scopes nest
  shared_syncs_scope& operator=(const shared_syncs_scope&) = delete;
  ~shared_syncs_scope() { shared_syncs::slot() = before_; }

 private:
  shared_syncs* before_;
};

}  // namespace sweepnet::storage
