// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Signals as a wish to stop soon: a scheduler's preemption or notice, a limit on processor time, a
// terminal that was closed, a user's Ctrl-C.

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

#include "sweepnet/run/stop_request.hpp"
#include "sweepnet/storage/patience.hpp"

namespace sweepnet {

/// While it lives, the first SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2 or SIGXCPU is noted instead
/// of killing the process, and leaves `seconds` for what is under way with servers; a second one,
/// of whatever kind, ends the process at once. Signals that come together count as one: timeout(1),
/// say, signals a process and then its group. So do all SIGHUPs, since kernel and shell both tell
/// of a terminal that was closed, and all SIGXCPUs, which come each second. A signal that was
/// ignored before stays ignored, as nohup(1) wants it. Only one interruption may live at a time.
class interruption final : public stop_request {
 public:
  /// Amazon ECS sends SIGKILL 30 s after SIGTERM; this leaves some of it for what no deadline cuts.
  static constexpr double usual_seconds = 25;

  explicit interruption(double seconds = usual_seconds) : seconds_(seconds), scope_(patience_) {
    noted_ = 0;
    first_ = never;
    living_ = this;
    struct sigaction action {};
    action.sa_handler = &interruption::note;
    action.sa_flags = SA_RESTART;
    for (const kind& each : kinds) ::sigaddset(&action.sa_mask, each.number);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      ::sigaction(kinds[i].number, nullptr, &before_[i]);
      if (before_[i].sa_handler == SIG_IGN) continue;
      ::sigaction(kinds[i].number, &action, nullptr);
    }
  }
  interruption(const interruption&) = delete;  // it restores the handlers once
  interruption& operator=(const interruption&) = delete;
  ~interruption() override {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      ::sigaction(kinds[i].number, &before_[i], nullptr);
    }
    living_ = nullptr;
  }

  /// "SIGTERM", or the name of another signal, once it has come, else empty.
  [[nodiscard]] std::string signal() const {
    const int number = noted_.load();
    for (const kind& each : kinds) {
      if (each.number == number) return each.name;
    }
    return "";
  }

  [[nodiscard]] std::string asked_by() const override { return signal(); }
  [[nodiscard]] double seconds() const override { return seconds_; }
  [[nodiscard]] double seconds_left() const override { return patience_.seconds_left(); }

 private:
  using clock = std::chrono::steady_clock;

  struct kind {
    int number;
    const char* name;
    bool repeats;  ///< one event sends several
  };
  static constexpr std::array<kind, 6> kinds{{{SIGTERM, "SIGTERM", false},
                                              {SIGINT, "SIGINT", false},
                                              {SIGHUP, "SIGHUP", true},
                                              {SIGUSR1, "SIGUSR1", false},
                                              {SIGUSR2, "SIGUSR2", false},
                                              {SIGXCPU, "SIGXCPU", true}}};
  static constexpr std::chrono::milliseconds together{200};

  static void note(int number) {
    const clock::rep now = clock::now().time_since_epoch().count();
    clock::rep first = never;
    if (!first_.compare_exchange_strong(first, now)) {
      if (clock::duration(now - first) < together || is_repeated(number)) return;
      end_by(number);
    }
    if (interruption* self = living_.load(); self != nullptr) {
      self->patience_.end_in(storage::patience::seconds(self->seconds_));
    }
    noted_ = number;
  }

  static bool is_repeated(int number) {
    for (const kind& each : kinds) {
      if (each.number == number) return each.repeats && noted_ == number;
    }
    return false;
  }

  [[noreturn]] static void end_by(int number) {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    ::sigaction(number, &action, nullptr);
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, number);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    ::raise(number);
    ::_exit(128 + number);  // of a container's process 1, which no signal ends by default
  }

  static constexpr clock::rep never = 0;
  static inline std::atomic<int> noted_{0};
  static inline std::atomic<clock::rep> first_{never};  ///< when the first signal came
  static inline std::atomic<interruption*> living_{nullptr};
  static_assert(std::atomic<int>::is_always_lock_free &&
                    std::atomic<clock::rep>::is_always_lock_free &&
                    std::atomic<interruption*>::is_always_lock_free,
                "a handler may not wait");

  double seconds_;
  storage::patience patience_;
  storage::patience_scope scope_;  ///< of the thread that made it, and of the writers made there
  std::array<struct sigaction, kinds.size()> before_{};
};

}  // namespace sweepnet
