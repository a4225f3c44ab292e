// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Owners of what the GPU lends: streams, events, graphs and memory. Move-only; everything else
// borrows their handles. Copies between host and device are written out by name.

#include <cuda_runtime.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "sweepnet/backend/cuda/status.cuh"
#include "sweepnet/core/format.hpp"

namespace sweepnet::cuda {

namespace detail {

/// Destroys a CUDA handle; a failure then means that the context is gone already.
template <auto Destroy> struct destroyer {
  template <class Handle> void operator()(Handle handle) const { (void)Destroy(handle); }
};
template <class Handle, auto Destroy>
using owner = std::unique_ptr<std::remove_pointer_t<Handle>, destroyer<Destroy>>;

}  // namespace detail

/// A stream that does not wait for the default stream.
class stream {
 public:
  stream() {
    cudaStream_t handle = nullptr;
    SWEEPNET_CUDA(cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking));
    handle_.reset(handle);
  }
  [[nodiscard]] cudaStream_t get() const { return handle_.get(); }
  /// Waits until all of its work is done.
  void synchronize() const { SWEEPNET_CUDA(cudaStreamSynchronize(get())); }

 private:
  detail::owner<cudaStream_t, cudaStreamDestroy> handle_;
};

/// A point in a stream's work, with its time.
class event {
 public:
  event() {
    cudaEvent_t handle = nullptr;
    SWEEPNET_CUDA(cudaEventCreate(&handle));
    handle_.reset(handle);
  }
  void record(const stream& on) const { SWEEPNET_CUDA(cudaEventRecord(handle_.get(), on.get())); }
  /// Waits for both and returns the seconds between them.
  [[nodiscard]] double seconds_since(const event& start) const {
    float milliseconds = 0;
    SWEEPNET_CUDA(cudaEventSynchronize(handle_.get()));
    SWEEPNET_CUDA(cudaEventElapsedTime(&milliseconds, start.handle_.get(), handle_.get()));
    return static_cast<double>(milliseconds) * 1e-3;
  }

 private:
  detail::owner<cudaEvent_t, cudaEventDestroy> handle_;
};

/// Work captured once and launched again and again.
class graph {
 public:
  /// Captures what `work()` puts on the stream.
  template <class Work> graph(const stream& on, const Work& work) {
    SWEEPNET_CUDA(cudaStreamBeginCapture(on.get(), cudaStreamCaptureModeThreadLocal));
    cudaGraph_t captured = nullptr;
    try {
      work();
    } catch (...) {
      (void)cudaStreamEndCapture(on.get(), &captured);
      (void)cudaGetLastError();  // else a later call tells that it failed
      if (captured != nullptr) (void)cudaGraphDestroy(captured);
      throw;
    }
    SWEEPNET_CUDA(cudaStreamEndCapture(on.get(), &captured));
    const detail::owner<cudaGraph_t, cudaGraphDestroy> owned(captured);
    SWEEPNET_CUDA(cudaGraphGetNodes(captured, nullptr, &nodes_));
    cudaGraphExec_t handle = nullptr;
    SWEEPNET_CUDA(cudaGraphInstantiate(&handle, captured, 0));
    handle_.reset(handle);
  }
  void launch(const stream& on) const { SWEEPNET_CUDA(cudaGraphLaunch(handle_.get(), on.get())); }
  /// Kernels and copies in one launch.
  [[nodiscard]] std::size_t nodes() const { return nodes_; }

 private:
  detail::owner<cudaGraphExec_t, cudaGraphExecDestroy> handle_;
  std::size_t nodes_ = 0;
};

/// `size` values in device memory, uninitialised. Throws cuda_out_of_memory, saying how much was
/// asked for and how much is free.
template <class T> class device_memory {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  device_memory() = default;
  explicit device_memory(std::size_t size) : size_(size) {
    if (size == 0) return;
    void* handle = nullptr;
    const cudaError_t status = cudaMalloc(&handle, bytes());
    if (status == cudaErrorMemoryAllocation) {
      (void)cudaGetLastError();
      std::size_t free = 0;
      std::size_t total = 0;
      SWEEPNET_CUDA(cudaMemGetInfo(&free, &total));
      throw cuda_out_of_memory(
          fmt::format("the GPU has not enough memory: {} bytes were asked for, {} of {} are free",
                      bytes(), free, total));
    }
    check(status, "cudaMalloc", __FILE__, __LINE__);
    handle_.reset(static_cast<T*>(handle));
  }
  /// A copy of host values, there for work on `on` and on any stream; synchronises. Not cudaMemcpy:
  /// from pageable memory that may return before the copy is done, and a stream that does not wait
  /// for the default stream then reads what was there before.
  device_memory(std::span<const T> values, const stream& on) : device_memory(values.size()) {
    if (size_ == 0) return;
    SWEEPNET_CUDA(cudaMemcpyAsync(get(), values.data(), bytes(), cudaMemcpyHostToDevice, on.get()));
    on.synchronize();
  }

  [[nodiscard]] T* get() const { return handle_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(T); }

 private:
  detail::owner<T*, cudaFree> handle_;
  std::size_t size_ = 0;
};

/// Copies host values to device memory, from its value `first` on. The host may not change them
/// before the stream has come so far; pageable memory is staged, so that it may at once.
template <class T>
void copy_to_device(std::span<const T> from, const device_memory<T>& to, const stream& on,
                    std::int64_t first = 0) {
  if (from.empty()) return;
  SWEEPNET_CUDA(cudaMemcpyAsync(to.get() + first, from.data(), from.size_bytes(),
                                cudaMemcpyHostToDevice, on.get()));
}

/// A copy on the device.
template <class T>
void copy_on_device(const device_memory<T>& from, const device_memory<T>& to, const stream& on) {
  SWEEPNET_CUDA(
      cudaMemcpyAsync(to.get(), from.get(), from.bytes(), cudaMemcpyDeviceToDevice, on.get()));
}

/// A copy on the host; synchronises.
template <class T>
[[nodiscard]] std::vector<T> copy_to_host(const device_memory<T>& from, const stream& on) {
  std::vector<T> values(from.size());
  if (values.empty()) return values;
  SWEEPNET_CUDA(
      cudaMemcpyAsync(values.data(), from.get(), from.bytes(), cudaMemcpyDeviceToHost, on.get()));
  on.synchronize();
  return values;
}

}  // namespace sweepnet::cuda
