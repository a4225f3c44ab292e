// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A block of threads, as the kernels see it, and its stand-in on the host.
//
// A kernel is a plain struct of arguments with `template <class Block> operator()(Block&) const`.
// It is written in phases, block.each([&](int thread) { ... }), with a barrier behind each. On the
// GPU each thread runs its own call (device_block.cuh); here a loop runs all of them, so that the
// same source is tested without a GPU. What a thread keeps from phase to phase is a Block::local.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweepnet/core/host_device.hpp"

namespace sweepnet::cuda {

/// How a kernel is launched.
struct launch_shape {
  std::int64_t blocks = 1;
  std::size_t shared_bytes = 0;
};

/// How many parts of `size` cover `count`.
SWEEPNET_HOST_DEVICE constexpr std::int64_t parts_of(std::int64_t count, std::int64_t size) {
  return (count + size - 1) / size;
}

/// The order in which the host runs a block's threads. A kernel whose result depends on it lacks a
/// barrier.
enum class thread_order { ascending, descending };

/// One block on the host. Threads is the kernel's `threads`.
template <int Threads> class host_block {
 public:
  host_block(std::int64_t index, std::vector<std::max_align_t>& shared, thread_order order)
      : index_(index), shared_(&shared), order_(order) {}

  template <class T> class local {
   public:
    local() : values_(Threads) {}
    T& operator[](int thread) { return values_[static_cast<std::size_t>(thread)]; }

   private:
    std::vector<T> values_;
  };

  [[nodiscard]] std::int64_t index() const { return index_; }
  template <class T> [[nodiscard]] T* shared() { return reinterpret_cast<T*>(shared_->data()); }

  template <class Phase> void each(const Phase& phase) {
    for (int t = 0; t < Threads; ++t) {
      phase(order_ == thread_order::ascending ? t : Threads - 1 - t);
    }
  }

 private:
  std::int64_t index_;
  std::vector<std::max_align_t>* shared_;
  thread_order order_;
};

/// Runs a whole grid on the host, block by block.
template <class Kernel>
void run_on_host(const Kernel& kernel, const launch_shape& shape,
                 thread_order order = thread_order::ascending) {
  std::vector<std::max_align_t> shared(shape.shared_bytes / sizeof(std::max_align_t) + 1);
  for (std::int64_t b = 0; b < shape.blocks; ++b) {
    host_block<Kernel::threads> block(b, shared, order);
    kernel(block);
  }
}

}  // namespace sweepnet::cuda
