// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long somebody is willing to wait for servers. Requests and the pauses between them end when
// the patience of their thread is over, however deep below the caller they are made.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

namespace sweepnet::storage {

/// Lasts for ever until somebody ends it: from any thread, or from a signal handler.
class patience {
 public:
  using clock = std::chrono::steady_clock;
  using seconds = std::chrono::duration<double>;

  patience() = default;
  /// Ends when `outer` does, too; that one outlives it, or is null.
  explicit patience(const patience* outer) : outer_(outer) {}
  patience(const patience&) = delete;  // scopes hold its address
  patience& operator=(const patience&) = delete;

  void end_in(seconds wait) noexcept {
    end_ = (clock::now() + std::chrono::duration_cast<clock::duration>(wait))
               .time_since_epoch()
               .count();
  }

  [[nodiscard]] bool over() const { return seconds_left() <= 0; }
  /// Infinite while nobody has ended it.
  [[nodiscard]] double seconds_left() const {
    const double outer = outer_ == nullptr ? endless : outer_->seconds_left();
    const clock::rep end = end_;
    if (end == never) return outer;
    const clock::duration left = clock::time_point(clock::duration(end)) - clock::now();
    return std::min(outer, seconds(left).count());
  }

  /// That of the calling thread, by its innermost patience_scope; null: it waits for ever.
  [[nodiscard]] static const patience* current() { return slot(); }

 private:
  friend class patience_scope;
  static const patience*& slot() {
    static thread_local const patience* innermost = nullptr;
    return innermost;
  }

  static constexpr double endless = std::numeric_limits<double>::infinity();
  static constexpr clock::rep never = std::numeric_limits<clock::rep>::max();
  static_assert(std::atomic<clock::rep>::is_always_lock_free, "a signal handler may not wait");
  std::atomic<clock::rep> end_{never};
  const patience* outer_ = nullptr;
};

/// While it lives, what its thread asks of servers is given up when `of` is over. An exception
/// then says so: service_unavailable.
class patience_scope {
 public:
  explicit patience_scope(const patience& of) : before_(patience::slot()) {
    patience::slot() = &of;
  }
  patience_scope(const patience_scope&) = delete;  // scopes nest
  patience_scope& operator=(const patience_scope&) = delete;
  ~patience_scope() { patience::slot() = before_; }

 private:
  const patience* before_;
};

/// Sleeps so long, or until the thread's patience is over. Whether it is not.
inline bool sleep_patiently(double seconds) {
  // Whoever ends a patience cannot wake those who sleep (a signal handler may not), so they look.
  constexpr double glance = 0.05;
  const patience* current = patience::current();
  const auto end = patience::clock::now() + patience::seconds(seconds);
  for (;;) {
    if (current != nullptr && current->over()) return false;
    const double left = patience::seconds(end - patience::clock::now()).count();
    if (left <= 0) return true;
    std::this_thread::sleep_for(patience::seconds(std::min(left, glance)));
  }
}

}  // namespace sweepnet::storage
