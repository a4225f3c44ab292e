// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Threads that share out numbered tasks statically. Which thread runs a task never changes what the
// task computes, so the number of threads cannot change a bit of a result.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sweepnet/core/start_thread.hpp"

namespace sweepnet {

/// Task t of a run goes to thread t mod size(). The calling thread is one of them.
class thread_pool {
 public:
  /// Throws configuration_error if the system does not start so many.
  explicit thread_pool(int threads) : thread_pool() {
    size_ = std::max(threads, 1);
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
    if (size_ == 1 || count <= 1) {
      for (std::int64_t t = 0; t < count; ++t) task(t);
      return;
    }
    task_ = &task;
    call_ = [](const void* what, std::int64_t t) { (*static_cast<const Task*>(what))(t); };
    count_ = count;
    busy_.store(size_ - 1, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
    share(0);
    wait_while(busy_, [](int busy) { return busy > 0; });
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  thread_pool() =
      default;  // whose destructor ends the workers that there are if one cannot be started

  // Between the runs of a step lie some microseconds: spinning for a few times that beats sleeping,
  // which costs tens of them. Beyond it the thread sleeps and burns nothing.
  static constexpr int spins = 2000;  // some 30 us

  template <class Value, class Condition>
  static void wait_while(const std::atomic<Value>& value, Condition condition) {
    for (int i = 0; i < spins; ++i) {
      if (!condition(value.load(std::memory_order_acquire))) return;
      pause();
    }
    for (Value seen = value.load(std::memory_order_acquire); condition(seen);
         seen = value.load(std::memory_order_acquire)) {
      value.wait(seen, std::memory_order_acquire);
    }
  }

  /// Tells the processor that this is a wait, for its power and for its other thread.
  static void pause() {
#if defined(__x86_64__) || defined(_M_X64)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  void share(int thread) {
    try {
      for (std::int64_t t = thread; t < count_; t += size_) call_(task_, t);
    } catch (...) {
      const std::lock_guard lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  void serve(int thread) {
    for (std::uint64_t seen = 0;; ++seen) {
      wait_while(generation_, [seen](std::uint64_t now) { return now == seen; });
      if (stopping_.load(std::memory_order_relaxed)) return;
      share(thread);
      if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
    }
  }

  int size_ = 1;
  std::vector<std::thread> workers_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<int> busy_{0};
  std::atomic<bool> stopping_{false};
  const void* task_ = nullptr;
  void (*call_)(const void*, std::int64_t) = nullptr;
  std::int64_t count_ = 0;
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
};

/// Runs body(first, last) over [0, count) in blocks of a fixed size.
template <class Body>
void for_each_block(thread_pool& pool, std::int64_t count, std::int64_t block, const Body& body) {
  pool.run((count + block - 1) / block,
           [&](std::int64_t t) { body(t * block, std::min(count, (t + 1) * block)); });
}

}  // namespace sweepnet
