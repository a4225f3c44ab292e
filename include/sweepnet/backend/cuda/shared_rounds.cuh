// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the members of a group train together: in rounds of some steps, which all take part in that
// want to train when a round begins. Who comes meanwhile takes part in the next one, and who is
// through goes. So nobody waits for a member that validates, saves, or has more steps an epoch.
//
// In each step of a round the fused kernels are three launches for all models together; the plain
// path's networks follow, one after the other.

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/backend/cuda/kernels/batched.hpp"
#include "sweepnet/backend/cuda/launch.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/backend/cuda/shared_device.cuh"
#include "sweepnet/core/stopwatch.hpp"

namespace sweepnet::cuda {

/// Kernels of one type, for batched launches of the first few of them.
template <class Kernel> class kernel_batch {
 public:
  explicit kernel_batch(std::size_t capacity) : kernels_(capacity), first_block_(capacity) {}

  /// The host's vectors must stay as they are until the stream has come so far.
  void assign(const std::vector<Kernel>& kernels, const stream& on) {
    ends_.clear();
    first_.clear();
    shared_bytes_ = 0;
    std::int64_t blocks = 0;
    for (const Kernel& each : kernels) {
      const launch_shape shape = each.shape();
      first_.push_back(blocks);
      blocks += shape.blocks;
      ends_.push_back(blocks);
      shared_bytes_ = std::max(shared_bytes_, shape.shared_bytes);
    }
    copy_to_device(std::span<const Kernel>(kernels), kernels_, on);
    copy_to_device(std::span<const std::int64_t>(first_), first_block_, on);
  }

  /// Of the first `count`, at least one.
  void launch_first(std::size_t count, const stream& on) const {
    launch(batched<Kernel>{.models = kernels_.get(),
                           .first_block = first_block_.get(),
                           .count = static_cast<std::int64_t>(count),
                           .grid = {.blocks = ends_[count - 1], .shared_bytes = shared_bytes_}},
           on);
  }

 private:
  device_memory<Kernel> kernels_;
  device_memory<std::int64_t> first_block_;
  std::vector<std::int64_t> first_;
  std::vector<std::int64_t> ends_;  ///< behind each model's last block
  std::size_t shared_bytes_ = 0;
};

/// What a member wants to be done: so many steps, by either path.
struct wanted_steps {
  const fused_step* fused = nullptr;
  const graph* plain = nullptr;
  std::int64_t steps = 0;
  /// Puts there what the steps read, and reads back what came of them: called once each, by the
  /// thread whose turn it is, while the member's own waits.
  std::function<void()> begin{};
  std::function<void()> end{};
};

class training_rounds {
 public:
  /// Members that advance at once, if so many want to.
  static constexpr std::size_t capacity = 128;

  explicit training_rounds(std::shared_ptr<shared_device> on)
      : device_(std::move(on)), first_(capacity), tail_(capacity), update_(capacity) {
    active_.reserve(capacity);
  }

  [[nodiscard]] const std::shared_ptr<shared_device>& device() const { return device_; }

  /// Returns when the steps are done; no bit of them depends on what else is. Throws what went
  /// wrong with them.
  void train(wanted_steps what) {
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
    std::vector<member*> fused;
    std::vector<member*> plain;
    std::int64_t most = 0;
    for (member* each : active_) {
      if (each->failure) continue;
      (each->wants.fused != nullptr ? fused : plain).push_back(each);
      most = std::max(most, each->left);
    }
    const std::size_t count = fused.size() + plain.size();
    if (count == 0) return;
    const std::int64_t steps = std::min(most, steps_for(count));
    advance_fused(fused, steps);
    for (member* each : plain) {
      each->attempt([&] {
        for (std::int64_t i = 0; i < std::min(steps, each->left); ++i) {
          each->wants.plain->launch(device_->on());
        }
      });
    }
    std::int64_t taken = 0;
    for (const auto* members : {&fused, &plain}) {
      for (member* each : *members) {
        const std::int64_t own = std::min(steps, each->left);
        taken += own;
        each->left -= own;
        if (each->left == 0) each->attempt(each->wants.end);
      }
    }
    device_->on().synchronize();
    seconds_a_step_ = watch.seconds() / static_cast<double>(taken);
  }

  void advance_fused(std::vector<member*>& fused, std::int64_t steps) {
    if (fused.empty()) return;
    // Those with fewer steps drop out behind the others.
    std::ranges::stable_sort(fused, std::ranges::greater{}, &member::left);
    const stream& on = device_->on();
    if (!is_assigned_) assign(fused, on);
    std::size_t count = fused.size();
    for (std::int64_t i = 0; i < steps; ++i) {
      while (count > 0 && fused[count - 1]->left <= i) --count;
      if (count == 0) return;
      first_.launch_first(count, on);
      tail_.launch_first(count, on);
      update_.launch_first(count, on);
    }
  }

  void assign(const std::vector<member*>& fused, const stream& on) {
    firsts_.clear();
    tails_.clear();
    updates_.clear();
    for (const member* each : fused) {
      firsts_.push_back(each->wants.fused->first);
      tails_.push_back(each->wants.fused->tail);
      updates_.push_back(each->wants.fused->update);
    }
    first_.assign(firsts_, on);
    tail_.assign(tails_, on);
    update_.assign(updates_, on);
    is_assigned_ = true;
  }

  /// So many that a round takes 5 ms: long beside what it takes to begin one, short beside an
  /// epoch.
  [[nodiscard]] std::int64_t steps_for(std::size_t members) const {
    const double fitting = 5e-3 / (std::max(seconds_a_step_, 1e-7) * static_cast<double>(members));
    return std::max<std::int64_t>(static_cast<std::int64_t>(fitting), 1);
  }

  std::shared_ptr<shared_device> device_;
  std::mutex mutex_;  ///< of those who join, who leads, and who is through
  std::vector<member*> joining_;
  member* leader_ = nullptr;
  // The leader's alone.
  std::vector<member*> active_;
  double seconds_a_step_ = 20e-6;  ///< of one model
  bool is_assigned_ = false;       ///< the active members' kernels are those on the device
  std::vector<first_layer_kernel> firsts_;
  std::vector<tail_kernel> tails_;
  std::vector<fused_update_kernel> updates_;
  kernel_batch<first_layer_kernel> first_;
  kernel_batch<tail_kernel> tail_;
  kernel_batch<fused_update_kernel> update_;
};

}  // namespace sweepnet::cuda
