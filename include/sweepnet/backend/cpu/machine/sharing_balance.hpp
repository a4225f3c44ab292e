// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a thread that shares its work with others is done any sooner. Where other processes want
// the processors, it waits for threads that do not run, and had better work alone for a while.

#include <algorithm>
#include <chrono>

#if defined(__linux__)
#include <sys/resource.h>
#endif

namespace sweepnet::cpu {

/// How often this thread was made to leave its processor; 0 where nobody counts.
[[nodiscard]] inline long times_preempted() {
#if defined(__linux__)
  rusage usage{};
  if (getrusage(RUSAGE_THREAD, &usage) == 0) return usage.ru_nivcsw;
#endif
  return 0;
}

/// The time that sharing has won of late, against what the same work takes alone. A loss that it
/// does not cover is followed by a rest, many times as long.
class sharing_balance {
 public:
  using clock = std::chrono::steady_clock;

  /// `preempted` counts for the calling thread.
  explicit sharing_balance(long (*preempted)() = times_preempted) : preempted_(preempted) {}

  [[nodiscard]] bool pays(clock::time_point now) {
    if (now < rest_until_) return false;
    if (is_resting_) {
      // Whoever is kept from the processor also when alone gains by every other thread.
      is_resting_ = false;
      if (preempted_() != preempted_before_) times_ = std::max(times_ / 8, 1);
    }
    return true;
  }

  /// A piece of work that was shared.
  struct piece {
    clock::time_point begin;
    clock::time_point offered;  ///< the others know of it
    clock::time_point own;      ///< the own part is done
    clock::time_point end;      ///< all parts are
    int done;                   ///< shares in the own part
    int shares;
  };

  void add(const piece& of) {
    const clock::duration alone = (of.own - of.offered) * of.shares / std::max(of.done, 1);
    won_ = std::min(won_ + alone - (of.end - of.begin), most);
    if (won_ == most) times_ = std::min(times_, usual_times);
    if (won_ >= clock::duration::zero()) return;
    rest_until_ = of.end + std::min(times_ * -won_, longest_rest);
    times_ = std::min(2 * times_, most_times);
    won_ = clock::duration::zero();
    is_resting_ = true;
    preempted_before_ = preempted_();
  }

 private:
  // A rest is so many times what was lost, so that no more than a thirtieth of the time is, and
  // twice as many if sharing has not won `most` since the one before; an eighth where the thread
  // was preempted while it worked alone. Beside one busy process on two Zen 3 cores, 8 to 128 times
  // and 1 ms made two threads 1.1 to 1.3 times as slow as one, these 1.0 to 1.1 times.
  static constexpr int usual_times = 32;
  static constexpr int most_times = 1024;
  static constexpr clock::duration most = std::chrono::microseconds(200);
  static constexpr clock::duration longest_rest = std::chrono::seconds(1);

  clock::duration won_ = most;
  clock::time_point rest_until_{};
  int times_ = usual_times;
  bool is_resting_ = false;
  long (*preempted_)();
  long preempted_before_ = 0;  // when the rest began
};

}  // namespace sweepnet::cpu
