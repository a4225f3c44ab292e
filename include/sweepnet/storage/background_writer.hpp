// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes files while the caller goes on: what is written last to a path is what ends up there.

#include <time.h>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "sweepnet/storage/store.hpp"

namespace sweepnet::storage {

/// One thread that encodes and writes whole files, each atomically, in order. A write that has not
/// begun when its path is submitted again is replaced, so that a slow disk or network delays
/// nobody.
class background_writer {
 public:
  using encoder = std::function<std::string()>;
  using task_function = std::function<void()>;

  background_writer() : thread_([this] { serve(); }) {}
  background_writer(const background_writer&) = delete;  // the thread holds its address
  background_writer& operator=(const background_writer&) = delete;

  /// Writes what is still waiting; failures are lost here, so flush() first.
  ~background_writer() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  /// Has encode() written to `path`. Rethrows the failure of an earlier write.
  void submit(const std::string& path, encoder encode) {
    submit_task(path, [path, encode = std::move(encode)] { write(path, encode()); });
  }

  /// Has work() done, which writes to `path` in a way of its own.
  void submit_task(const std::string& path, task_function work) {
    {
      const std::lock_guard lock(mutex_);
      rethrow();
      std::erase_if(waiting_, [&](const task& each) { return each.path == path; });
      waiting_.push_back({path, std::move(work)});
    }
    changed_.notify_all();
  }

  /// Returns when everything submitted is written. Rethrows the first failure.
  void flush() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return (waiting_.empty() && !busy_) || failure_; });
    rethrow();
  }

  /// Processor seconds that encoding and writing have taken so far; waiting for the disk is free.
  [[nodiscard]] double processor_seconds() const { return processor_seconds_; }

 private:
  struct task {
    std::string path;
    task_function work;
  };

  static double thread_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  }

  void rethrow() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !waiting_.empty() || closing_; });
      if (waiting_.empty()) return;
      const task next = std::move(waiting_.front());
      waiting_.pop_front();
      busy_ = true;
      lock.unlock();
      std::exception_ptr failure;
      try {
        next.work();
      } catch (...) {
        failure = std::current_exception();
      }
      processor_seconds_ = thread_seconds();  // the thread does nothing else
      lock.lock();
      busy_ = false;
      if (failure && !failure_) failure_ = failure;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<task> waiting_;
  std::exception_ptr failure_;
  bool busy_ = false;
  bool closing_ = false;
  std::atomic<double> processor_seconds_{0};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace sweepnet::storage
