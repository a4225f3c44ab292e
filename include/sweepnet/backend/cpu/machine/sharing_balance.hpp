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
    const clock::duration gain = alone - (of.end - of.begin);
    won_ = std::min(won_ + gain, most);
    won_since_rest_ += gain;
    if (won_since_rest_ >= enough) times_ = std::min(times_, least_times);
    if (won_ >= clock::duration::zero()) return;
    rest_until_ = of.end + std::min(times_ * -won_, longest_rest);
    times_ = std::min(2 * times_, most_times);
    won_ = won_since_rest_ = clock::duration::zero();
    is_resting_ = true;
    preempted_before_ = preempted_();
  }

 private:
  // A rest is so many times what was lost: few times where sharing has won `enough` since the one
  // before, as what was lost was some moment's disturbance, else twice as many as then; an eighth
  // where the thread was preempted while it worked alone. On two Zen 3 cores, 20 epochs of the
  // reference job took 2.1 s with two threads (2.3 without any rest, 2.5 with 32 times and 200 us
  // for `enough`), beside one busy process 3.6 s (3.7), with one thread 3.4.
  static constexpr int least_times = 4;
  static constexpr int most_times = 1024;
  static constexpr clock::duration most = std::chrono::microseconds(200);
  static constexpr clock::duration enough = std::chrono::milliseconds(10);
  static constexpr clock::duration longest_rest = std::chrono::seconds(1);

  clock::duration won_ = most;
  clock::duration won_since_rest_{};
  clock::time_point rest_until_{};
  int times_ = least_times;
  bool is_resting_ = false;
  long (*preempted_)();
  long preempted_before_ = 0;  // when the rest began
};

}  // namespace sweepnet::cpu
