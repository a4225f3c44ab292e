// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// SIGTERM and SIGINT as a wish to stop soon: a scheduler's preemption or a user's Ctrl-C.

#include <signal.h>

#include <array>
#include <atomic>
#include <string>

#include "sweepnet/core/error.hpp"

namespace sweepnet::app {

/// The run was left in good order; the same command goes on from there.
using interrupted_error = coded_error<exit_code::interrupted>;

/// While it lives, the first SIGTERM or SIGINT is noted instead of killing the process; a second
/// one kills as ever. Only one may live at a time.
class interruption {
 public:
  interruption() {
    noted() = 0;
    struct sigaction action {};
    action.sa_handler = [](int number) { noted().store(number, std::memory_order_relaxed); };
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &action, &before_[i]);
  }
  interruption(const interruption&) = delete;  // it restores the handlers once
  interruption& operator=(const interruption&) = delete;
  ~interruption() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  }

  /// "SIGTERM" or "SIGINT" once it has come, else empty.
  [[nodiscard]] std::string signal() const {
    const int number = noted().load(std::memory_order_relaxed);
    return number == 0 ? "" : number == SIGINT ? "SIGINT" : "SIGTERM";
  }

 private:
  static constexpr std::array signals{SIGTERM, SIGINT};
  static std::atomic<int>& noted() {
    static std::atomic<int> number{0};
    static_assert(std::atomic<int>::is_always_lock_free, "a handler may not wait");
    return number;
  }

  std::array<struct sigaction, 2> before_{};
};

}  // namespace sweepnet::app
