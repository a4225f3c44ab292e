// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// In place of the library's file of this name: a block whose threads a loop runs, on the emulated
// device.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <typeinfo>

#include "emulated/device.hpp"

namespace sweepnet::cuda {

class device_block {
 public:
  /// As a register: garbage until it is written.
  template <class T> class local {
    static_assert(std::is_trivially_copyable_v<T>);

   public:
    local() : count_(emulated::current_block().threads), values_(new T[size()]) {
      std::memset(static_cast<void*>(values_.get()), 0xff, size() * sizeof(T));
    }
    T& operator[](int thread) { return values_[static_cast<std::size_t>(thread)]; }

   private:
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(count_); }
    int count_;
    std::unique_ptr<T[]> values_;
  };

  [[nodiscard]] std::int64_t index() const { return place_.index; }
  template <class T> [[nodiscard]] T* shared() { return reinterpret_cast<T*>(place_.shared); }
  template <class Phase> void each(const Phase& phase) {
    for (int t = 0; t < place_.threads; ++t) phase(place_.descending ? place_.threads - 1 - t : t);
  }

 private:
  const emulated::block_place& place_ = emulated::current_block();
};

template <class Kernel> void run(Kernel kernel);

/// Tells the device of the kernel before main() begins.
template <class Kernel>
const bool is_registered = emulated::register_kernel(reinterpret_cast<const void*>(&run<Kernel>),
                                                     {.name = typeid(Kernel).name(),
                                                      .bytes = sizeof(Kernel),
                                                      .threads = Kernel::threads,
                                                      .run_block = [](const void* kernel) {
                                                        run(*static_cast<const Kernel*>(kernel));
                                                      }});

/// One block of the grid.
template <class Kernel> void run(Kernel kernel) {
  (void)is_registered<Kernel>;
  device_block block;
  kernel(block);
}

}  // namespace sweepnet::cuda
