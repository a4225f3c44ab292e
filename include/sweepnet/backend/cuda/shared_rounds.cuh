// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the members of a group train and evaluate together: in rounds of some steps, which all take
// part in that want to when a round begins. Who comes meanwhile takes part in the next one, and who
// is through goes. So nobody waits for a member that saves, or has more steps an epoch.

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "sweepnet/backend/cuda/merged.cuh"
#include "sweepnet/backend/cuda/operations.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/shared_device.cuh"
#include "sweepnet/core/stopwatch.hpp"

namespace sweepnet::cuda {

/// What a member wants to be done, so many times.
struct wanted_steps {
  const operations* step = nullptr;
  std::int64_t steps = 0;
  /// Puts there what the steps read, and reads back what came of them: called once each, by the
  /// thread whose turn it is, while the member's own waits.
  std::function<void()> begin{};
  std::function<void()> end{};
};

class shared_rounds {
 public:
  /// Members that advance at once, if so many want to.
  static constexpr std::size_t capacity = 128;

  explicit shared_rounds(std::shared_ptr<shared_device> on) : device_(std::move(on)) {
    active_.reserve(capacity);
  }

  [[nodiscard]] const std::shared_ptr<shared_device>& device() const { return device_; }

  /// Members that wait for the next round to begin.
  [[nodiscard]] std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return joining_.size();
  }

  /// Returns when the steps are done; no bit of them depends on what else is. Throws what went
  /// wrong with them.
  void take(wanted_steps what) {
    member mine{.wants = std::move(what)};
    mine.left = mine.wants.steps;
    std::unique_lock lock(mutex_);
    joining_.push_back(&mine);
    if (leader_ == nullptr) leader_ = &mine;
    // One of those who wait leads the rounds, until it is through itself.
    while (!mine.is_through) {
      if (leader_ == &mine) {
        lead(lock);
      } else {
        mine.woken.wait(lock);
      }
    }
    if (leader_ == &mine) pass_on_lead();
    if (mine.failure) std::rethrow_exception(mine.failure);
  }

 private:
  struct member {
    wanted_steps wants;
    std::int64_t left = 0;  ///< steps
    bool is_through = false;
    std::exception_ptr failure{};
    std::condition_variable woken{};

    /// What goes wrong here is this member's alone.
    template <class Work> void attempt(const Work& work) {
      try {
        if (!failure) work();
      } catch (...) {
        failure = std::current_exception();
      }
    }
  };

  void pass_on_lead() {
    leader_ = !active_.empty() ? active_.front() : !joining_.empty() ? joining_.front() : nullptr;
    if (leader_ != nullptr) leader_->woken.notify_one();
  }

  /// One round. `lock` is open while the device works.
  void lead(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    try {
      const turns::turn mine = device_->take_last_turn();
      lock.lock();
      const std::vector<member*> joined = take_joining();
      lock.unlock();
      for (member* each : joined) each->attempt(each->wants.begin);
      advance();
      lock.lock();
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      fail_all(std::current_exception());
    }
    const std::size_t gone = std::erase_if(active_, [this](member* each) {
      if (each->left > 0 && !each->failure) return false;
      each->is_through = true;
      if (each != leader_) each->woken.notify_one();
      return true;
    });
    if (gone > 0) is_assigned_ = false;
  }

  /// In the order in which they came, as many as there is room for.
  std::vector<member*> take_joining() {
    const auto count =
        static_cast<std::ptrdiff_t>(std::min(joining_.size(), capacity - active_.size()));
    std::vector<member*> joined(joining_.begin(), joining_.begin() + count);
    joining_.erase(joining_.begin(), joining_.begin() + count);
    active_.insert(active_.end(), joined.begin(), joined.end());
    if (count > 0) is_assigned_ = false;
    return joined;
  }

  /// The device failed: for all that are active, and for who leads, even if it has not begun.
  void fail_all(const std::exception_ptr& failure) {
    if (std::erase(joining_, leader_) > 0) active_.push_back(leader_);
    for (member* each : active_) {
      if (!each->failure) each->failure = failure;
    }
  }

  /// Some steps for each; of those that are through is read back what came of them. Waits for the
  /// device.
  void advance() {
    const stopwatch watch;
    std::vector<member*> members;
    std::ranges::copy_if(active_, std::back_inserter(members),
                         [](const member* each) { return !each->failure; });
    if (members.empty()) return;
    // Those with fewer steps drop out behind the others.
    std::ranges::stable_sort(members, std::ranges::greater{}, &member::left);
    const std::int64_t steps = std::min(members.front()->left, steps_for(members.size()));
    put_on_device(members, steps);
    std::int64_t taken = 0;
    for (member* each : members) {
      const std::int64_t own = std::min(steps, each->left);
      taken += own;
      each->left -= own;
      if (each->left == 0) each->attempt(each->wants.end);
    }
    device_->on().synchronize();
    seconds_a_step_ = watch.seconds() / static_cast<double>(taken);
  }

  /// All of their steps, before anything waits. What is the same in a second round is captured.
  void put_on_device(const std::vector<member*>& members, std::int64_t steps) {
    const stream& on = device_->on();
    if (!is_assigned_) {
      captured_.reset();
      std::vector<const operations*> all;
      for (const member* each : members) all.push_back(each->wants.step);
      merged_.assign(all, on);
      is_assigned_ = true;
    } else if (!captured_) {
      captured_.emplace(on, [&] { merged_.put_on(members.size(), on); });
    }
    std::size_t count = members.size();
    for (std::int64_t i = 0; i < steps; ++i) {
      while (members[count - 1]->left <= i) --count;
      if (captured_ && count == members.size()) {
        captured_->launch(on);
      } else {
        merged_.put_on(count, on);
      }
    }
  }

  /// So many that a round takes 5 ms: long beside what it takes to begin one, short beside an
  /// epoch.
  [[nodiscard]] std::int64_t steps_for(std::size_t members) const {
    const double fitting = 5e-3 / (std::max(seconds_a_step_, 1e-7) * static_cast<double>(members));
    return std::max<std::int64_t>(static_cast<std::int64_t>(fitting), 1);
  }

  std::shared_ptr<shared_device> device_;
  mutable std::mutex mutex_;  ///< of those who join, who leads, and who is through
  std::vector<member*> joining_;
  member* leader_ = nullptr;
  // The leader's alone.
  std::vector<member*> active_;
  double seconds_a_step_ = 20e-6;  ///< of one model
  bool is_assigned_ = false;       ///< `merged_` is the active members' steps
  merged_operations merged_;
  std::optional<graph> captured_;  ///< a step of all
};

}  // namespace sweepnet::cuda
