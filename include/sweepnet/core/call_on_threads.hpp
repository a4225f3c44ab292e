// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Several threads that do one thing, and a caller who waits until all of them are through.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/start_thread.hpp"

namespace sweepnet {

/// Calls body(0), ..., body(count - 1), each on a thread of its own, and while_waiting() ten times
/// a second until they have ended, and once then. Where the system starts fewer threads those that
/// are there go on; throws as start_thread() does where it starts none.
template <class Body, class WhileWaiting>
void call_on_threads(const std::string& what, int count, const Body& body,
                     const WhileWaiting& while_waiting) {
  using namespace std::chrono_literals;
  std::mutex mutex;
  std::condition_variable ended;
  int left = 0;
  std::vector<std::thread> threads;
  std::exception_ptr short_of_threads;
  const auto work = [&](int worker) {
    body(worker);
    const std::lock_guard lock(mutex);
    --left;
    ended.notify_all();
  };
  for (int i = 0; i < count && !short_of_threads; ++i) {
    {
      const std::lock_guard lock(mutex);
      ++left;
    }
    try {
      threads.push_back(start_thread(what, [&work, i] { work(i); }));
    } catch (const configuration_error&) {
      const std::lock_guard lock(mutex);
      --left;
      short_of_threads = std::current_exception();
    }
  }
  if (threads.empty() && short_of_threads) std::rethrow_exception(short_of_threads);
  for (bool all_ended = false; !all_ended;) {
    {
      std::unique_lock lock(mutex);
      all_ended = ended.wait_for(lock, 100ms, [&] { return left == 0; });
    }
    while_waiting();
  }
  for (std::thread& thread : threads) thread.join();
}

/// Calls body(i) for each i below `count` on up to `threads` threads, without them on the caller's.
/// After one that throws no others begin; throws that, and as call_on_threads() does.
template <class Body>
void for_each_on_threads(const std::string& what, int threads, std::size_t count,
                         const Body& body) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&](int) {
    for (std::size_t i = 0; (i = next++) < count;) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
        next = count;
      }
    }
  };
  const std::size_t at_once = std::min(count, static_cast<std::size_t>(std::max(threads, 1)));
  if (at_once > 1) {
    call_on_threads(what, static_cast<int>(at_once), work, [] {});
  } else {
    work(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace sweepnet
