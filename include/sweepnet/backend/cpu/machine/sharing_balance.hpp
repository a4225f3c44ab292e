// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a thread that shares its work with others is done any sooner. Where other processes want
// the processors, it waits for threads that do not run, and had better work alone for a while.

#include <algorithm>
#include <chrono>

namespace sweepnet::cpu {

/// The time that sharing has won of late, against what the same work takes alone. A loss that it
/// does not cover is followed by a rest, many times as long.
class sharing_balance {
 public:
  using clock = std::chrono::steady_clock;

  [[nodiscard]] bool pays(clock::time_point now) const { return now >= rest_until_; }

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
    if (won_ == most) times_ = least_times;
    if (won_ >= clock::duration::zero()) return;
    rest_until_ = of.end + std::min(times_ * -won_, longest_rest);
    times_ = std::min(2 * times_, most_times);
    won_ = clock::duration::zero();
  }

 private:
  // A rest is so many times what was lost, so that no more than a thirtieth of the time is, and
  // twice as many if sharing has not won `most` since the one before. Beside one busy process on
  // two Zen 3 cores, 8 to 128 times and 1 ms made two threads 1.1 to 1.3 times as slow as one,
  // these 0.9 to 1.0 times.
  static constexpr int least_times = 32;
  static constexpr int most_times = 1024;
  static constexpr clock::duration most = std::chrono::microseconds(200);
  static constexpr clock::duration longest_rest = std::chrono::seconds(1);

  clock::duration won_ = most;
  clock::time_point rest_until_{};
  int times_ = least_times;
};

}  // namespace sweepnet::cpu
