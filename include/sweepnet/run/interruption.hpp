// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// SIGTERM and SIGINT as a wish to stop soon: a scheduler's preemption or a user's Ctrl-C.

#include <signal.h>

#include <array>
#include <atomic>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/storage/patience.hpp"

namespace sweepnet {

/// The run was left in good order; the same command goes on from there.
using interrupted_error = coded_error<exit_code::interrupted>;

/// While it lives, the first SIGTERM or SIGINT is noted instead of killing the process, and leaves
/// `seconds` for what is under way with servers; a second one kills as ever. Only one may live at a
/// time.
class interruption {
 public:
  /// Amazon ECS sends SIGKILL 30 s after SIGTERM; this leaves some of it for what no deadline cuts.
  static constexpr double usual_seconds = 25;

  explicit interruption(double seconds = usual_seconds) : seconds_(seconds), scope_(patience_) {
    noted_ = 0;
    living_ = this;
    struct sigaction action {};
    action.sa_handler = &interruption::note;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &action, &before_[i]);
  }
  interruption(const interruption&) = delete;  // it restores the handlers once
  interruption& operator=(const interruption&) = delete;
  ~interruption() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
    living_ = nullptr;
  }

  /// "SIGTERM" or "SIGINT" once it has come, else empty.
  [[nodiscard]] std::string signal() const {
    const int number = noted_.load();
    return number == 0 ? "" : number == SIGINT ? "SIGINT" : "SIGTERM";
  }

  /// Throws interrupted_error, naming the signal and `where` it came, once one has.
  void throw_if_asked(const std::string& where) const {
    if (const std::string name = signal(); !name.empty()) {
      throw interrupted_error(name + " came " + where);
    }
  }

  /// How long after the signal servers are waited for; what is left of it.
  [[nodiscard]] double seconds() const { return seconds_; }
  [[nodiscard]] double seconds_left() const { return patience_.seconds_left(); }

 private:
  static void note(int number) {
    if (interruption* self = living_.load(); self != nullptr) {
      self->patience_.end_in(storage::patience::seconds(self->seconds_));
    }
    noted_ = number;
  }

  static constexpr std::array signals{SIGTERM, SIGINT};
  static inline std::atomic<int> noted_{0};
  static inline std::atomic<interruption*> living_{nullptr};
  static_assert(std::atomic<int>::is_always_lock_free &&
                    std::atomic<interruption*>::is_always_lock_free,
                "a handler may not wait");

  double seconds_;
  storage::patience patience_;
  storage::patience_scope scope_;  ///< of the thread that made it, and of the writers made there
  std::array<struct sigaction, 2> before_{};
};

}  // namespace sweepnet
