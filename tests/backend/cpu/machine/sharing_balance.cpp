// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cpu/machine/sharing_balance.hpp"

#include <chrono>

#include "support.hpp"

using namespace sweepnet;
using std::chrono::microseconds;

namespace {

using balance = cpu::sharing_balance;

long never() { return 0; }
long more_each_time() {
  static long count = 0;
  return ++count;
}

/// Pieces of work for two, one behind another: 50 us of one's own, and then a wait.
class pieces {
 public:
  explicit pieces(balance& of) : of_(&of) {}

  void add(microseconds wait, int done = 1) {
    const balance::clock::time_point begin = now;
    const balance::clock::time_point own = begin + microseconds(50);
    now = own + wait;
    of_->add({.begin = begin, .offered = begin, .own = own, .end = now, .done = done, .shares = 2});
  }

  /// How long a rest begins now.
  [[nodiscard]] microseconds rest() const {
    microseconds length(0);
    while (!of_->pays(now + length)) length += microseconds(1);
    return length;
  }

  balance::clock::time_point now{};

 private:
  balance* of_;
};

}  // namespace

TEST_CASE("work is shared as long as that takes less time than to do it alone") {
  balance kept(never);
  pieces p(kept);
  CHECK(kept.pays(p.now));
  for (int i = 0; i < 1000; ++i) p.add(microseconds(i % 2 == 0 ? 0 : 99));  // 50 us won, 49 lost
  CHECK(kept.pays(p.now));
  for (int i = 0; i < 1000; ++i) p.add(microseconds(0), 2);  // all of it by oneself
  CHECK(kept.pays(p.now));
}

TEST_CASE("a loss that was not won before is followed by a rest, a second one by a longer") {
  balance kept(never);
  pieces p(kept);
  p.add(microseconds(250));  // 200 us lost, as many as are kept for that
  CHECK(p.rest() == microseconds(0));
  p.add(microseconds(60));  // 10 us
  CHECK(p.rest() == microseconds(40));
  p.now += p.rest();
  p.add(microseconds(60));
  CHECK(p.rest() == microseconds(80));
  p.now += p.rest();
  for (int i = 0; i < 4; ++i) p.add(microseconds(0));  // wins the 200 us back
  p.add(microseconds(260));
  CHECK(p.rest() == microseconds(160));
}

TEST_CASE("after a loss that sharing has long outweighed a rest is short again") {
  balance kept(never);
  pieces p(kept);
  for (const int expected : {40, 80, 160}) {
    for (int i = 0; i < 4; ++i) p.add(microseconds(0));
    p.add(microseconds(260));
    CHECK(p.rest() == microseconds(expected));
    p.now += p.rest();
  }
  for (int i = 0; i < 200; ++i) p.add(microseconds(0));  // 10 ms
  p.add(microseconds(260));
  CHECK(p.rest() == microseconds(40));
}

TEST_CASE("a thread that is preempted while it works alone shares again sooner") {
  balance kept(more_each_time);
  pieces p(kept);
  p.add(microseconds(260));
  CHECK(p.rest() == microseconds(40));
  p.now += p.rest();
  CHECK(kept.pays(p.now));
  p.add(microseconds(60));
  CHECK(p.rest() == microseconds(10));
}

TEST_CASE("no rest is longer than a second") {
  balance kept(never);
  pieces p(kept);
  p.add(std::chrono::hours(1));
  CHECK_FALSE(kept.pays(p.now + std::chrono::milliseconds(999)));
  CHECK(kept.pays(p.now + std::chrono::seconds(1)));
}
