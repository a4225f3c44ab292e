// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A CUDA device that runs on the host, and is hostile where a real one would only be unlucky: work
// waits as long as it may, memory is not there before, behind or after its use, and a kernel runs
// in two orders of its threads and blocks, which must give the same bytes. The stand-ins of the
// runtime, cuBLASLt and cuDNN are written over this.
//
// What a program did wrong ends the process with a line that begins "emulated device: ".

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace emulated {

/// Says what the program did wrong, and ends it.
[[noreturn]] void defect(const std::string& what);

// --- What a test asks for

/// The same seed gives the same order of everything.
struct hostility {
  std::uint64_t seed = 1;
  bool both_orders = true;  ///< runs each kernel twice and compares
};
/// As the environment says (SWEEPNET_EMULATED_SEED, SWEEPNET_EMULATED_ORDERS=one), or a test did.
hostility& how();

/// Makes the nth call from now on fail, counted from 1 over all three libraries; 0: none will.
void fail_call(std::int64_t nth);
/// Calls since then.
std::int64_t calls();
/// What it was given to compute since then: kernels, products and softmaxes, those of a graph
/// included.
std::int64_t launches();

/// What was made and not yet destroyed: allocations, streams, captures, events, graphs, handles,
/// descriptors.
std::int64_t live();

/// Bytes that are allocated.
std::size_t allocated();

// --- What the stand-ins are made of

/// One call of a library, by its name: alone in the device, counted, and perhaps meant to fail.
class call {
 public:
  enum class kind { may_fail, releases };
  explicit call(const char* name, kind what = kind::may_fail);
  [[nodiscard]] bool fails() const { return fails_; }

 private:
  std::unique_lock<std::recursive_mutex> alone_;
  bool fails_ = false;
};

/// Adds to live(), or to launches().
void count_live(std::int64_t change);
void count_launches(std::size_t more);

/// Random numbers of the seed.
std::mt19937_64& random();

/// The calling thread's device.
int current_device();
void set_current_device(int device);
inline constexpr int devices = 2;
inline constexpr std::size_t most_shared_bytes = 232448;  // of a block, on an H100

// Memory

/// Null where there is not so much. Filled with NaN, aligned to 256 bytes and no more, a guard page
/// behind it.
void* allocate(std::size_t bytes);
/// False for what was not allocated.
bool release(void* memory);
std::size_t capacity();
/// Whether this begins in memory of the device.
bool is_device(const void* memory);
/// A defect unless all of it lies in one allocation.
void require_extent(const void* memory, std::size_t bytes, const std::string& whose);

/// Lets device memory be touched, while it lives.
class access {
 public:
  access();
  ~access();
  access(const access&) = delete;  // one opens and closes
  access& operator=(const access&) = delete;
};
/// Runs `body`, with what it writes to device memory kept apart until all of it is done: `again`,
/// if any, then runs on the memory that `body` began with, and must leave the same bytes.
void run_tracked(const std::string& name, const std::function<void()>& body,
                 const std::function<void()>& again);

// Work

struct work {
  std::string name;
  std::function<void()> run;
  std::function<void()> again{};  ///< the same in another order
  bool computes = true;           ///< else it copies, or marks a place
};

/// Puts it on the stream, or into the graph that the stream is capturing. `launches`: only the
/// stream's own device can run it.
cudaError_t enqueue(cudaStream_t stream, work what);
/// Whether the stream is there, and of this thread's device.
bool is_usable(cudaStream_t stream);

// Kernels

/// Where a block stands, and how its threads follow each other.
struct block_place {
  std::int64_t index = 0;
  int threads = 0;
  bool descending = false;
  std::byte* shared = nullptr;  ///< poisoned, its end at a guard page
};
const block_place& current_block();

struct kernel_type {
  const char* name;
  std::size_t bytes;  ///< of its argument
  int threads;        ///< that it was compiled for
  void (*run_block)(const void* argument);
};
bool register_kernel(const void* function, const kernel_type& type);

}  // namespace emulated
