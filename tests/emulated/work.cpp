// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What waits on the device: streams as queues that run as late as they may, and kernels, block by
// block in two orders.

#include "emulated/work.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <thread>

namespace emulated {
namespace {

struct launch_limits {
  kernel_type type;
  std::size_t shared_bytes = 48 * 1024;
};

struct device {
  std::recursive_mutex alone{};
  std::atomic<int> waiting{0};  ///< threads, for that
  hostility how{};
  std::mt19937_64 random{};
  std::int64_t calls = 0;
  std::int64_t launches = 0;
  std::int64_t failing = 0;
  std::int64_t live = 0;
  std::set<std::string> reached{};
  std::vector<CUstream_st*> streams{};
  CUstream_st legacy{};
  std::map<const void*, launch_limits> kernels{};
  std::byte* shared = nullptr;

  device() {
    if (const char* seed = std::getenv("SWEEPNET_EMULATED_SEED")) {
      how.seed = std::strtoull(seed, nullptr, 10);
    }
    const char* orders = std::getenv("SWEEPNET_EMULATED_ORDERS");
    how.both_orders = orders == nullptr || std::string(orders) != "one";
    random.seed(how.seed);
    constexpr std::size_t page = 4096;
    shared = static_cast<std::byte*>(
        ::mmap(nullptr, shared_mapped + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ::mprotect(shared, shared_mapped, PROT_READ | PROT_WRITE);
  }
  static constexpr std::size_t shared_mapped = std::size_t{256} << 10;
};

device& self() {
  static auto& only = *new device;  // a handle may be destroyed after main()
  return only;
}

thread_local int thread_device = 0;
thread_local block_place place;

/// Blocks in this order, each with its shared memory poisoned anew.
void run_grid(const kernel_type& type, const void* argument, int threads, std::size_t shared_bytes,
              const std::vector<std::int64_t>& blocks, bool descending) {
  constexpr std::size_t shared_alignment = 16;
  const std::size_t rounded =
      (shared_bytes + shared_alignment - 1) / shared_alignment * shared_alignment;
  for (const std::int64_t index : blocks) {
    place = {.index = index,
             .threads = threads,
             .descending = descending,
             .shared = self().shared + device::shared_mapped - rounded};
    std::memset(place.shared, 0xff, rounded);
    type.run_block(argument);
    const std::byte* written = place.shared;
    if (!std::all_of(written + shared_bytes, written + rounded,
                     [](std::byte b) { return b == std::byte{0xff}; })) {
      defect(std::string(type.name) + " wrote behind its shared memory");
    }
  }
}

std::vector<std::int64_t> in_order(unsigned blocks) {
  std::vector<std::int64_t> order(blocks);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// In which the last block is not the last.
std::vector<std::int64_t> shuffled(unsigned blocks) {
  std::vector<std::int64_t> order = in_order(blocks);
  std::shuffle(order.begin(), order.end(), random());
  if (order.back() == blocks - 1) std::swap(order.front(), order.back());
  return order;
}

void run_front(CUstream_st& stream) {
  const work what = std::move(stream.queue.front());
  stream.queue.pop_front();
  what.run();
}

}  // namespace

void defect(const std::string& what) {
  std::fprintf(stderr, "emulated device: %s\n", what.c_str());
  std::fflush(stderr);
  std::abort();
}

hostility& how() { return self().how; }
std::mt19937_64& random() { return self().random; }
void fail_call(std::int64_t nth) {
  self().calls = 0;
  self().launches = 0;
  self().failing = nth;
}
std::int64_t calls() { return self().calls; }
std::int64_t launches() { return self().launches; }
void count_launches(std::size_t more) { self().launches += static_cast<std::int64_t>(more); }
std::int64_t live() { return self().live; }
void count_live(std::int64_t change) { self().live += change; }
int current_device() { return thread_device; }
void set_current_device(int number) { thread_device = number; }
const block_place& current_block() { return place; }

call::call(const char* name, kind what) : alone_(self().alone, std::defer_lock) {
  using namespace std::chrono_literals;
  device& d = self();
  if (d.waiting > 0) std::this_thread::sleep_for(20us);  // threads that wait come in between
  ++d.waiting;
  alone_.lock();
  --d.waiting;
  if (d.reached.insert(name).second) {
    if (const char* file = std::getenv("SWEEPNET_EMULATED_REACHED")) {
      std::ofstream(file, std::ios::app) << name << "\n";
    }
  }
  if (what == kind::may_fail) fails_ = ++d.calls == d.failing;
}

CUstream_st& legacy_stream() { return self().legacy; }
void add_stream(CUstream_st* stream) { self().streams.push_back(stream); }
void remove_stream(CUstream_st* stream) { std::erase(self().streams, stream); }
bool is_stream(const CUstream_st* stream) {
  return std::ranges::find(self().streams, stream) != self().streams.end();
}
bool is_usable(cudaStream_t stream) {
  return is_stream(stream) && stream->device == current_device();
}

void run_until(CUstream_st& stream, const std::function<bool()>& done) {
  if (done()) return;
  const access open;
  while (!done()) {
    std::vector<CUstream_st*> waiting;
    for (CUstream_st* each : self().streams) {
      if (!each->queue.empty()) waiting.push_back(each);
    }
    const bool other = !waiting.empty() && random()() % 2 == 0;
    run_front(other ? *waiting[random()() % waiting.size()] : stream);
    if (!self().legacy.queue.empty() && random()() % 64 == 0) run_front(self().legacy);
  }
}

void run_all() {
  const access open;
  for (;;) {
    std::vector<CUstream_st*> waiting;
    for (CUstream_st* each : self().streams) {
      if (!each->queue.empty()) waiting.push_back(each);
    }
    if (!self().legacy.queue.empty()) waiting.push_back(&self().legacy);
    if (waiting.empty()) return;
    run_front(*waiting[random()() % waiting.size()]);
  }
}

bool disturbs_capture() {
  bool any = false;
  for (CUstream_st* each : self().streams) {
    if (each->capture && each->capturer == std::this_thread::get_id()) {
      any = each->is_invalid = true;
    }
  }
  return any;
}

cudaError_t enqueue(cudaStream_t stream, work what) {
  if (!is_stream(stream)) return cudaErrorInvalidResourceHandle;
  work tracked{.name = what.name, .run = [what] { run_tracked(what.name, what.run, what.again); }};
  if (!stream->capture) {
    stream->queue.push_back(std::move(tracked));
    if (what.computes) ++self().launches;
  } else {
    if (stream->capturer != std::this_thread::get_id()) {
      defect(what.name + " of another thread came into a capture");
    }
    if (stream->is_invalid) return cudaErrorStreamCaptureInvalidated;
    stream->capture->nodes.push_back(std::move(tracked));
  }
  return cudaSuccess;
}

bool register_kernel(const void* function, const kernel_type& type) {
  self().kernels.emplace(function, launch_limits{.type = type});
  return true;
}

cudaError_t allow_shared_bytes(const void* function, int bytes) {
  const auto found = self().kernels.find(function);
  if (found == self().kernels.end()) return cudaErrorInvalidDeviceFunction;
  if (bytes < 0 || static_cast<std::size_t>(bytes) > most_shared_bytes)
    return cudaErrorInvalidValue;
  found->second.shared_bytes = static_cast<std::size_t>(bytes);
  return cudaSuccess;
}

cudaError_t make_launch(const void* function, dim3 blocks, dim3 threads, const void* argument,
                        std::size_t shared_bytes, work& made) {
  const auto found = self().kernels.find(function);
  if (found == self().kernels.end()) return cudaErrorInvalidDeviceFunction;
  const kernel_type type = found->second.type;
  const std::uint64_t in_block = std::uint64_t{threads.x} * threads.y * threads.z;
  if (in_block == 0 || in_block > 1024 || in_block > static_cast<unsigned>(type.threads) ||
      blocks.x == 0 || blocks.x > 0x7fffffffU || blocks.y * blocks.z != 1 ||
      shared_bytes > found->second.shared_bytes || type.bytes > 4096) {
    return cudaErrorInvalidConfiguration;
  }
  const auto count = static_cast<int>(in_block);
  std::vector<std::max_align_t> copy(type.bytes / sizeof(std::max_align_t) + 1);
  std::memcpy(copy.data(), argument, type.bytes);
  made = {
      .name = type.name,
      .run = [=] { run_grid(type, copy.data(), count, shared_bytes, in_order(blocks.x), false); },
      .again = [=] { run_grid(type, copy.data(), count, shared_bytes, shuffled(blocks.x), true); }};
  return cudaSuccess;
}

}  // namespace emulated
