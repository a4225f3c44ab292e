// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Steps of many models as one: kernels of one type, which so many models have next, are one launch.
//
// Each model's operations keep their order, and models share no memory; so in whatever order they
// come between each other, each model has what it has alone. Launched next is what the model has
// next that has most left to do, with the like of all others: so a short step waits for a long one
// where they meet again. Products and softmax have a library's call for each model, which goes to
// the stream as soon as it is next; no host waits between them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/backend/cuda/kernels/batched.hpp"
#include "sweepnet/backend/cuda/launch.cuh"
#include "sweepnet/backend/cuda/operations.cuh"
#include "sweepnet/backend/cuda/resources.cuh"
#include "sweepnet/core/visit.hpp"

namespace sweepnet::cuda {

class merged_operations {
 public:
  /// Of models by their ranks, from 0 on. They must stay as they are, and this be assigned to again
  /// only when the stream has come to the end of what it was given.
  void assign(const std::vector<const operations*>& models, const stream& on) {
    launches_.clear();
    staged_.clear();
    std::vector<std::size_t> next(models.size(), 0);
    for (;;) {
      std::size_t most_left = 0;
      std::size_t type = 0;
      for (std::size_t m = 0; m < models.size(); ++m) {
        const operations& all = *models[m];
        for (; next[m] < all.size() && is_call(all[next[m]]); ++next[m]) {
          launches_.push_back({.first = &all[next[m]], .models = {m}});
        }
        if (const std::size_t left = all.size() - next[m]; left > most_left) {
          most_left = left;
          type = all[next[m]].index();
        }
      }
      if (most_left == 0) break;
      add_launch(type, models, next);
    }
    if (memory_.size() < staged_.size()) {
      memory_ = {};
      memory_ = device_memory<std::byte>(2 * staged_.size());
    }
    copy_to_device(std::span<const std::byte>(staged_), memory_, on);
  }

  /// One step of the models with ranks below `count`.
  void put_on(std::size_t count, const stream& on) const {
    for (const merged_launch& each : launches_) {
      const auto beyond = std::ranges::lower_bound(each.models, count);
      const auto own = static_cast<std::size_t>(beyond - each.models.begin());
      if (own == 0) continue;
      visit_alternative([&](const auto& first) { put(first, each, own, on); }, *each.first);
    }
  }

 private:
  /// Kernels of one type, a model's each; or a library's call.
  struct merged_launch {
    const operation* first;            ///< the first model's
    std::vector<std::size_t> models;   ///< by rank, ascending
    std::vector<std::int64_t> ends{};  ///< behind each model's last block
    std::size_t kernels = 0;           ///< where they lie on the device
    std::size_t first_blocks = 0;      ///< and the first block of each
    std::size_t shared_bytes = 0;      ///< of the one that needs most
  };

  static bool is_call(const operation& what) { return std::holds_alternative<library_call>(what); }

  /// Of all models that have a kernel of that type next.
  void add_launch(std::size_t type, const std::vector<const operations*>& models,
                  std::vector<std::size_t>& next) {
    merged_launch all{.first = nullptr, .models = {}};
    std::vector<const operation*> kernels;
    for (std::size_t m = 0; m < models.size(); ++m) {
      if (next[m] == models[m]->size() || (*models[m])[next[m]].index() != type) continue;
      kernels.push_back(&(*models[m])[next[m]++]);
      all.models.push_back(m);
    }
    all.first = kernels.front();
    visit_alternative(
        [&]<class Kernel>(const Kernel&) {
          if constexpr (!std::is_same_v<Kernel, library_call>) stage<Kernel>(kernels, all);
        },
        *all.first);
    launches_.push_back(std::move(all));
  }

  template <class Kernel>
  void stage(const std::vector<const operation*>& kernels, merged_launch& to) {
    std::vector<std::int64_t> first_blocks;
    std::int64_t blocks = 0;
    to.kernels = staged_end();
    for (const operation* each : kernels) {
      const Kernel& kernel = *std::get_if<Kernel>(each);
      const launch_shape shape = kernel.shape();
      first_blocks.push_back(blocks);
      blocks += shape.blocks;
      to.ends.push_back(blocks);
      to.shared_bytes = std::max(to.shared_bytes, shape.shared_bytes);
      append(std::as_bytes(std::span(&kernel, 1)));
    }
    to.first_blocks = staged_end();
    append(std::as_bytes(std::span(first_blocks)));
  }

  /// Aligned for anything.
  [[nodiscard]] std::size_t staged_end() {
    constexpr std::size_t alignment = alignof(std::max_align_t);
    staged_.resize((staged_.size() + alignment - 1) / alignment * alignment);
    return staged_.size();
  }
  void append(std::span<const std::byte> bytes) {
    staged_.insert(staged_.end(), bytes.begin(), bytes.end());
  }

  template <class Kernel>
  void put(const Kernel& first, const merged_launch& all, std::size_t count,
           const stream& on) const {
    if (count == 1) {
      launch(first, on);
      return;
    }
    const std::byte* memory = memory_.get();
    launch(
        batched<Kernel>{
            .models = reinterpret_cast<const Kernel*>(memory + all.kernels),
            .first_block = reinterpret_cast<const std::int64_t*>(memory + all.first_blocks),
            .count = static_cast<std::int64_t>(count),
            .grid = {.blocks = all.ends[count - 1], .shared_bytes = all.shared_bytes}},
        on);
  }
  static void put(const library_call& call, const merged_launch&, std::size_t, const stream& on) {
    call(on);
  }

  std::vector<merged_launch> launches_;
  std::vector<std::byte> staged_;  ///< what `memory_` holds
  device_memory<std::byte> memory_;
};

}  // namespace sweepnet::cuda
