// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Host threads that share a GPU's stream and handles take turns at them.

#include <condition_variable>
#include <mutex>
#include <utility>

namespace sweepnet::cuda {

class turns {
 public:
  /// It is the turn of whoever holds this.
  class turn {
   public:
    turn(turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    turn& operator=(turn&&) = delete;  // one turn ends before another begins
    ~turn() {
      if (of_ != nullptr) of_->give_back();
    }

   private:
    friend class turns;
    explicit turn(turns& of) : of_(&of) {}
    turns* of_;
  };

  /// Waits while another thread has its turn.
  [[nodiscard]] turn take() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    free_.wait(lock, [this] { return !taken_; });
    --waiting_;
    taken_ = true;
    return turn(*this);
  }
  /// Waits also while others wait to take() theirs: for one thread whose work is long.
  [[nodiscard]] turn take_last() {
    std::unique_lock lock(mutex_);
    nobody_waits_.wait(lock, [this] { return !taken_ && waiting_ == 0; });
    taken_ = true;
    return turn(*this);
  }

  /// Threads that wait to take() theirs.
  [[nodiscard]] int waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  void give_back() {
    const std::lock_guard lock(mutex_);
    taken_ = false;
    (waiting_ > 0 ? free_ : nobody_waits_).notify_one();
  }

  mutable std::mutex mutex_;
  std::condition_variable free_;
  std::condition_variable nobody_waits_;
  int waiting_ = 0;
  bool taken_ = false;
};

}  // namespace sweepnet::cuda
