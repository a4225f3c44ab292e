// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a thread waits for another: it spins for about as long as it takes to sleep and wake, tens of
// microseconds, and then sleeps, so that it burns nothing and keeps nobody from the processor.

#include <atomic>
#include <chrono>

namespace sweepnet::cpu {

/// Tells the processor that this is a wait, for its power and for its other thread.
inline void pause() {
#if defined(__x86_64__) || defined(_M_X64)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Returns once condition(value) does not hold. Who changes the value notifies.
template <class Value, class Condition>
void wait_while(const std::atomic<Value>& value, Condition condition) {
  using clock = std::chrono::steady_clock;
  constexpr std::chrono::microseconds spinning(64);  // a pause takes from 5 to 50 ns
  constexpr int pauses = 16;                         // between looks at the clock
  const auto holds = [&] { return condition(value.load(std::memory_order_acquire)); };
  if (!holds()) return;
  const clock::time_point end = clock::now() + spinning;
  do {
    for (int i = 0; i < pauses; ++i) {
      pause();
      if (!holds()) return;
    }
  } while (clock::now() < end);
  for (Value seen = value.load(std::memory_order_acquire); condition(seen);
       seen = value.load(std::memory_order_acquire)) {
    value.wait(seen, std::memory_order_acquire);
  }
}

}  // namespace sweepnet::cpu
