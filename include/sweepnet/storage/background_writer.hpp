// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes files while the caller goes on: what is written last to a path is what ends up there. Or,
// for those who are many and write little, in the caller's own time and thread.

#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/start_thread.hpp"
#include "sweepnet/storage/patience.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet::storage {

/// Who writes.
enum class writing {
  in_background,  ///< a thread of the writer's own
  at_once         ///< the caller, before submit() returns, or throws what failed
};

/// One thread that encodes and writes whole files, each atomically, in order. A write that has not
/// begun when its path is submitted again is replaced, so that a slow disk or network delays
/// nobody.
///
/// A service that does not answer (service_unavailable) fails a write for now only: the next one to
/// its path takes its place, and flush() tries it again. Any other failure is thrown by the next
/// call. Writes end when the patience of the thread that made the writer, and which outlives it, is
/// over.
class background_writer {
 public:
  using encoder = std::function<std::string()>;
  using listener = std::function<void(const std::string&)>;

  /// `tell` hears, in submit(), when the writes to a path begin to fail for now. Throws
  /// configuration_error if the thread cannot be started.
  explicit background_writer(listener tell = nullptr, writing how = writing::in_background)
      : tell_(std::move(tell)), outer_(patience::current()) {
    if (how == writing::at_once) return;
    thread_ = start_thread("the thread that saves", [this] { serve(); });
  }
  background_writer(const background_writer&) = delete;  // the thread holds its address
  background_writer& operator=(const background_writer&) = delete;

  /// Cancels, so flush() first.
  ~background_writer() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    cancel();
    if (thread_.joinable()) thread_.join();
  }

  /// Has encode() written to `path`.
  void submit(const std::string& path, encoder encode) {
    submit_task(path, [path, encode = std::move(encode)] { write(path, encode()); });
  }

  /// Has write() called; it writes to `path` by itself.
  void submit_task(const std::string& path, std::function<void()> write) {
    if (!thread_.joinable()) {
      write();
      written_[path] = std::chrono::system_clock::now();
      return;
    }
    std::list<std::string> news;
    {
      const std::lock_guard lock(mutex_);
      rethrow_lasting();
      news.swap(news_);
      forget(path);
      waiting_.push_back({.path = path, .write = std::move(write)});
    }
    changed_.notify_all();
    if (!tell_) return;
    for (const std::string& each : news) tell_(each);
  }

  /// Returns when everything submitted is written. Throws the first failure, and forgets the
  /// others.
  void flush() {
    std::unique_lock lock(mutex_);
    const auto idle = [&] { return waiting_.empty() && running_ == nullptr; };
    changed_.wait(lock, idle);
    if (outer_ == nullptr || !outer_->over()) {
      waiting_.splice(waiting_.end(), failed_);
      changed_.notify_all();
      changed_.wait(lock, idle);
    }
    if (!lasting_ && !failed_.empty()) lasting_ = failed_.front();
    failed_.clear();
    rethrow_lasting();
  }

  /// Forgets what waits and what failed, and has a request that is under way given up: it takes
  /// effect, or it does not. A write to a disk goes on to its end.
  void cancel() {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
    failed_.clear();
    lasting_.reset();
    if (running_ != nullptr) {
      cancelled_ = true;
      running_->end_in({});
    }
    changed_.notify_all();
  }

  /// When `path` was last written.
  [[nodiscard]] std::optional<std::chrono::system_clock::time_point> written(
      const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = written_.find(path);
    return found == written_.end() ? std::nullopt : std::optional(found->second);
  }

  /// Processor seconds that encoding and writing have taken so far; waiting for the disk is free.
  [[nodiscard]] double processor_seconds() const { return processor_seconds_; }

 private:
  struct task {
    std::string path;
    std::function<void()> write;
    std::exception_ptr failure{};
  };

  static double thread_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  }

  void rethrow_lasting() {
    if (lasting_) std::rethrow_exception(std::exchange(lasting_, std::nullopt)->failure);
  }

  void forget(const std::string& path) {
    const auto same = [&](const task& each) { return each.path == path; };
    std::erase_if(waiting_, same);
    std::erase_if(failed_, same);
  }

  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !waiting_.empty() || closing_; });
      if (waiting_.empty()) return;
      task next = std::move(waiting_.front());
      waiting_.pop_front();
      patience waits(outer_);
      running_ = &waits;
      cancelled_ = false;
      lock.unlock();
      std::string passing;  // what was said of a failure for now
      try {
        const patience_scope scope(waits);
        next.write();
        next.failure = nullptr;
      } catch (const service_unavailable& e) {
        next.failure = std::current_exception();
        passing = e.what();
      } catch (...) {
        next.failure = std::current_exception();
      }
      processor_seconds_ = thread_seconds();  // the thread does nothing else
      lock.lock();
      running_ = nullptr;
      settle(std::move(next), passing);
      changed_.notify_all();
    }
  }

  /// Keeps what became of a task, unless nobody wants to know any more.
  void settle(task ended, const std::string& passing) {
    const auto same = [&](const task& each) { return each.path == ended.path; };
    if (!ended.failure) {
      written_[ended.path] = std::chrono::system_clock::now();
      ill_.erase(ended.path);
      if (lasting_ && lasting_->path == ended.path) lasting_.reset();
    } else if (cancelled_) {
      return;
    } else if (passing.empty()) {
      if (!lasting_) lasting_ = std::move(ended);
    } else {
      if (ill_.insert(ended.path).second) news_.push_back(passing);
      if (std::ranges::none_of(waiting_, same)) failed_.push_back(std::move(ended));
    }
  }

  listener tell_;
  const patience* outer_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<task> waiting_;
  std::list<task> failed_;       ///< for now: each path once
  std::set<std::string> ill_;    ///< paths whose last write failed for now
  std::list<std::string> news_;  ///< of these, not yet told
  std::optional<task> lasting_;  ///< the first that no retry cures
  patience* running_ = nullptr;
  bool cancelled_ = false;  ///< what runs
  bool closing_ = false;
  std::map<std::string, std::chrono::system_clock::time_point> written_;
  std::atomic<double> processor_seconds_{0};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace sweepnet::storage
