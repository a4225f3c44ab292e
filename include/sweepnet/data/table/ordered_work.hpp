// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Jobs that several threads do in any order, and one takes up in the order in which they came.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/start_thread.hpp"

namespace sweepnet::csv {

/// Calls work(job) for each job, on any of `threads` threads, of which the caller's is one, and
/// take(job) on the caller's, from within add() and finish(). What work() throws is thrown when the
/// job's turn comes to be taken up; after that no other is.
template <class Job> class ordered_work {
 public:
  using call = std::function<void(Job&)>;

  /// Where the system starts fewer threads those that are there do it all.
  ordered_work(const std::string& what, int threads, call work, call take)
      : work_(std::move(work)), take_(std::move(take)) {
    for (int i = 1; i < threads; ++i) {
      try {
        threads_.push_back(start_thread(what, [this] { run(); }));
      } catch (const configuration_error&) {
        break;
      }
    }
  }
  ordered_work(const ordered_work&) = delete;  // threads refer to it
  ordered_work& operator=(const ordered_work&) = delete;
  ~ordered_work() {
    {
      const std::lock_guard lock(mutex_);
      waiting_.clear();
      stopped_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  /// An object that was taken up, with what it holds; or a new one.
  [[nodiscard]] std::unique_ptr<Job> spare() {
    if (spare_.empty()) return std::make_unique<Job>();
    std::unique_ptr<Job> job = std::move(spare_.back());
    spare_.pop_back();
    return job;
  }

  /// Returns when few jobs are left to be taken up: twice as many as there are threads.
  void add(std::unique_ptr<Job> job) {
    {
      const std::lock_guard lock(mutex_);
      order_.push_back({.job = std::move(job)});
      waiting_.push_back(&order_.back());
    }
    changed_.notify_all();
    take_until_left(threads_.empty() ? 0 : 2 * (threads_.size() + 1));
  }

  /// Returns when all jobs are taken up.
  void finish() { take_until_left(0); }

 private:
  struct entry {
    std::unique_ptr<Job> job{};
    bool done = false;
    std::exception_ptr failure{};
  };

  void take_until_left(std::size_t most) {
    std::unique_lock lock(mutex_);
    while (!order_.empty()) {
      if (order_.front().done) {
        entry front = std::move(order_.front());
        order_.pop_front();
        lock.unlock();
        if (front.failure) std::rethrow_exception(front.failure);
        take_(*front.job);
        spare_.push_back(std::move(front.job));
        lock.lock();
      } else if (order_.size() <= most) {
        return;
      } else if (!waiting_.empty()) {
        work_on_next(lock);
      } else {
        changed_.wait(lock);
      }
    }
  }

  void work_on_next(std::unique_lock<std::mutex>& lock) {
    entry& next = *waiting_.front();  // a deque's elements stay where they are
    waiting_.pop_front();
    lock.unlock();
    try {
      work_(*next.job);
    } catch (...) {
      next.failure = std::current_exception();
    }
    lock.lock();
    next.done = true;
    changed_.notify_all();
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return stopped_ || !waiting_.empty(); });
      if (stopped_) return;
      work_on_next(lock);
    }
  }

  call work_;
  call take_;
  std::vector<std::unique_ptr<Job>> spare_{};
  std::mutex mutex_{};  ///< of what follows
  std::condition_variable changed_{};
  std::deque<entry> order_{};
  std::deque<entry*> waiting_{};
  bool stopped_ = false;
  std::vector<std::thread> threads_{};
};

}  // namespace sweepnet::csv
