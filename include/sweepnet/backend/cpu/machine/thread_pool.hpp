// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Threads that share out numbered tasks. Which thread runs a task never changes what the task
// computes, so the number of threads cannot change a bit of a result.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sweepnet/backend/cpu/machine/sharing_balance.hpp"
#include "sweepnet/backend/cpu/machine/waiting.hpp"
#include "sweepnet/core/start_thread.hpp"

namespace sweepnet {

/// Task t of a run lies in share t mod size(), and thread t mod size() is the first to ask for that
/// share. But whoever has done its own takes what others have not begun: a thread that another
/// process keeps from its processor holds up at most the share that it is at, and where that
/// happens too often the caller works alone for a while (sharing_balance.hpp). It is one of the
/// threads.
class thread_pool {
 public:
  /// Throws configuration_error if the system does not start so many.
  explicit thread_pool(int threads) : thread_pool(room_for{std::max(threads, 1)}) {
    for (int i = 1; i < size_; ++i) {
      workers_.push_back(
          start_thread("thread " + std::to_string(i + 1) + " of " + std::to_string(size_),
                       [this, i] { serve(i); }));
    }
  }

  thread_pool(const thread_pool&) = delete;  // the workers hold its address
  thread_pool& operator=(const thread_pool&) = delete;

  ~thread_pool() {
    stopping_.store(true, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  [[nodiscard]] int size() const { return size_; }

  /// Calls task(t) for each t in [0, count) and returns when all are done. Rethrows the first
  /// exception. Not reentrant.
  template <class Task> void run(std::int64_t count, const Task& task) {
    using clock = cpu::sharing_balance::clock;
    const bool is_shared = size_ > 1 && count > 1;
    const clock::time_point begin = is_shared ? clock::now() : clock::time_point{};
    if (!is_shared || !balance_.pays(begin)) {
      for (std::int64_t t = 0; t < count; ++t) task(t);
      return;
    }
    task_ = &task;
    call_ = [](const void* what, std::int64_t t) { (*static_cast<const Task*>(what))(t); };
    count_ = count;
    unfinished_.store(size_, std::memory_order_relaxed);
    const std::uint32_t generation = generation_.fetch_add(1, std::memory_order_release) + 1;
    generation_.notify_all();
    const clock::time_point offered = clock::now();
    const int done = take_shares(generation, 0);
    const clock::time_point own = clock::now();
    if (unfinished_.fetch_sub(done, std::memory_order_acq_rel) > done) {
      cpu::wait_while(unfinished_, [](int shares) { return shares > 0; });
    }
    balance_.add({.begin = begin,
                  .offered = offered,
                  .own = own,
                  .end = done < size_ ? clock::now() : own,
                  .done = done,
                  .shares = size_});
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  struct room_for {
    int threads;
  };
  // Whose destructor ends the workers that there are if one cannot be started.
  explicit thread_pool(room_for room)
      : size_(room.threads), begun_(static_cast<std::size_t>(room.threads)) {}

  /// The last run in which somebody took a share, on a cache line of its own.
  struct alignas(64) share_mark {
    std::atomic<std::uint32_t> generation{0};
  };

  /// Runs the shares that nobody has begun, from `first` on. Returns how many they were. Where that
  /// run is over, all of them were begun, and nothing of the next one is touched.
  int take_shares(std::uint32_t generation, int first) {
    int taken = 0;
    for (int i = 0; i < size_; ++i) {
      const int share = (first + i) % size_;
      std::atomic<std::uint32_t>& begun = begun_[static_cast<std::size_t>(share)].generation;
      std::uint32_t before = generation - 1;
      if (!begun.compare_exchange_strong(before, generation, std::memory_order_acq_rel)) continue;
      run_share(share);
      ++taken;
    }
    return taken;
  }

  void run_share(int share) {
    try {
      for (std::int64_t t = share; t < count_; t += size_) call_(task_, t);
    } catch (...) {
      const std::lock_guard lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  void serve(int thread) {
    for (std::uint32_t seen = 0;;) {
      cpu::wait_while(generation_, [seen](std::uint32_t now) { return now == seen; });
      seen = generation_.load(std::memory_order_acquire);
      if (stopping_.load(std::memory_order_relaxed)) return;
      const int done = take_shares(seen, thread);
      if (done > 0 && unfinished_.fetch_sub(done, std::memory_order_acq_rel) == done) {
        unfinished_.notify_one();
      }
    }
  }

  int size_;
  std::vector<share_mark> begun_;
  std::vector<std::thread> workers_{};
  alignas(64) std::atomic<std::uint32_t> generation_{0};
  alignas(64) std::atomic<int> unfinished_{0};  // shares
  std::atomic<bool> stopping_{false};
  const void* task_ = nullptr;
  void (*call_)(const void*, std::int64_t) = nullptr;
  std::int64_t count_ = 0;
  cpu::sharing_balance balance_{};
  std::mutex failure_mutex_{};
  std::exception_ptr failure_{};
};

/// Runs body(taker, first, last) over [0, count) in blocks of a fixed size: each of at most
/// `takers` tasks takes the next block that nobody has, one after the other.
template <class Body>
void take_blocks(thread_pool& pool, std::int64_t takers, std::int64_t count, std::int64_t block,
                 const Body& body) {
  const std::int64_t blocks = (count + block - 1) / block;
  std::atomic<std::int64_t> next{0};
  pool.run(std::min(takers, blocks), [&](std::int64_t taker) {
    for (std::int64_t b = next++; b < blocks; b = next++) {
      body(taker, b * block, std::min(count, (b + 1) * block));
    }
  });
}

/// Runs body(first, last) likewise, by all threads.
template <class Body>
void for_each_block(thread_pool& pool, std::int64_t count, std::int64_t block, const Body& body) {
  take_blocks(pool, pool.size(), count, block,
              [&](std::int64_t, std::int64_t first, std::int64_t last) { body(first, last); });
}

}  // namespace sweepnet
