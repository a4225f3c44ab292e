// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// CUDA's runtime over the emulated device.

#include <cuda_runtime.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "emulated/device.hpp"
#include "emulated/work.hpp"

using emulated::call;

namespace {

thread_local cudaError_t last_error = cudaSuccess;

/// Of each call: what cudaGetLastError() then says, too.
cudaError_t status(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

struct error_words {
  cudaError_t error;
  const char* name;
  const char* text;
};
constexpr error_words all_words[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration",
     "invalid configuration argument"},
    {cudaErrorInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection",
     "invalid copy direction for memcpy"},
    {cudaErrorInvalidDeviceFunction, "cudaErrorInvalidDeviceFunction", "invalid device function"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
     "operation not permitted when stream is capturing"},
    {cudaErrorStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated",
     "operation failed due to a previous error during capture"},
    {cudaErrorUnknown, "cudaErrorUnknown", "unknown error"}};

const error_words& words_of(cudaError_t error) {
  for (const error_words& each : all_words) {
    if (each.error == error) return each;
  }
  return all_words[std::size(all_words) - 1];
}

double milliseconds_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

bool is_device_number(int device) { return device >= 0 && device < emulated::devices; }

}  // namespace

extern "C" {

cudaError_t cudaGetLastError() {
  const call made("cudaGetLastError", call::kind::releases);
  return std::exchange(last_error, cudaSuccess);
}
const char* cudaGetErrorName(cudaError_t error) {
  const call made("cudaGetErrorName", call::kind::releases);
  return words_of(error).name;
}
const char* cudaGetErrorString(cudaError_t error) {
  const call made("cudaGetErrorString", call::kind::releases);
  return words_of(error).text;
}

cudaError_t cudaDriverGetVersion(int* version) {
  const call made("cudaDriverGetVersion");
  if (made.fails()) return status(cudaErrorUnknown);
  *version = 13000;
  return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int* version) {
  const call made("cudaRuntimeGetVersion");
  if (made.fails()) return status(cudaErrorUnknown);
  *version = 13000;
  return cudaSuccess;
}
cudaError_t cudaGetDeviceCount(int* count) {
  const call made("cudaGetDeviceCount");
  if (made.fails()) return status(cudaErrorUnknown);
  *count = emulated::devices;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) {
  const call made("cudaSetDevice");
  if (made.fails()) return status(cudaErrorUnknown);
  if (!is_device_number(device)) return status(cudaErrorInvalidDevice);
  emulated::set_current_device(device);
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  const call made("cudaDeviceGetAttribute");
  if (made.fails()) return status(cudaErrorUnknown);
  if (!is_device_number(device)) return status(cudaErrorInvalidDevice);
  switch (attribute) {
    case cudaDevAttrComputeCapabilityMajor: *value = 9; return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor: *value = 0; return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(emulated::most_shared_bytes);
      return cudaSuccess;
  }
  return status(cudaErrorInvalidValue);
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  const call made("cudaGetDeviceProperties");
  if (made.fails()) return status(cudaErrorUnknown);
  if (!is_device_number(device)) return status(cudaErrorInvalidDevice);
  std::strcpy(properties->name, "emulated");
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  const call made("cudaMalloc");
  if (emulated::disturbs_capture()) return status(cudaErrorStreamCaptureUnsupported);
  *memory = made.fails() || bytes == 0 ? nullptr : emulated::allocate(bytes);
  return *memory == nullptr && bytes > 0 ? status(cudaErrorMemoryAllocation) : cudaSuccess;
}
cudaError_t cudaFree(void* memory) {
  const call made("cudaFree", call::kind::releases);
  if (emulated::disturbs_capture()) return status(cudaErrorStreamCaptureUnsupported);
  emulated::run_all();  // it waits for the device
  if (memory == nullptr || emulated::release(memory)) return cudaSuccess;
  return status(cudaErrorInvalidValue);
}
cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  const call made("cudaMemGetInfo");
  if (made.fails()) return status(cudaErrorUnknown);
  *total = emulated::capacity();
  *free = *total - emulated::allocated();
  return cudaSuccess;
}

// From the host the bytes are taken at once, as those of pageable memory are staged; to the host
// they come late.
static cudaError_t make_copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                             emulated::work& made) {
  const bool to_device = kind != cudaMemcpyDeviceToHost;
  const bool from_device = kind != cudaMemcpyHostToDevice;
  if (kind < cudaMemcpyHostToDevice || kind > cudaMemcpyDeviceToDevice ||
      to_device != emulated::is_device(to) || from_device != emulated::is_device(from)) {
    return cudaErrorInvalidValue;
  }
  if (to_device) emulated::require_extent(to, bytes, "a copy's destination");
  if (from_device) emulated::require_extent(from, bytes, "a copy's source");
  std::vector<std::byte> staged;
  if (!from_device) {
    const auto* first = static_cast<const std::byte*>(from);
    staged.assign(first, first + bytes);
  }
  made = {.name = "a copy",
          .run = [=] { std::memcpy(to, staged.empty() ? from : staged.data(), bytes); },
          .computes = false};
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  const call made("cudaMemcpyAsync");
  if (made.fails()) return status(cudaErrorUnknown);
  if (emulated::is_stream(stream) && stream->capture && kind != cudaMemcpyDeviceToDevice) {
    stream->is_invalid = true;  // the host's memory may change
    return status(cudaErrorStreamCaptureUnsupported);
  }
  emulated::work copy;
  if (const cudaError_t error = make_copy(to, from, bytes, kind, copy)) return status(error);
  return status(emulated::enqueue(stream, std::move(copy)));
}

// The one to avoid: from pageable memory it may return before the copy is done, and a stream that
// does not wait for the default stream runs ahead of it.
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  const call made("cudaMemcpy");
  if (made.fails()) return status(cudaErrorUnknown);
  if (emulated::disturbs_capture()) return status(cudaErrorStreamCaptureUnsupported);
  emulated::work copy;
  if (const cudaError_t error = make_copy(to, from, bytes, kind, copy)) return status(error);
  CUstream_st& legacy = emulated::legacy_stream();
  legacy.queue.push_back(
      {.name = copy.name, .run = [copy] { emulated::run_tracked(copy.name, copy.run, {}); }});
  if (kind != cudaMemcpyHostToDevice) {
    emulated::run_until(legacy, [&] { return legacy.queue.empty(); });
  }
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  const call made("cudaStreamCreateWithFlags");
  if (made.fails()) return status(cudaErrorUnknown);
  if (flags != cudaStreamNonBlocking) return status(cudaErrorInvalidValue);
  *stream = new CUstream_st{.device = emulated::current_device()};
  emulated::add_stream(*stream);
  emulated::count_live(1);
  return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const call made("cudaStreamDestroy", call::kind::releases);
  if (!emulated::is_stream(stream)) return status(cudaErrorInvalidResourceHandle);
  emulated::run_until(*stream, [&] { return stream->queue.empty(); });
  emulated::remove_stream(stream);
  delete stream;
  emulated::count_live(-1);
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const call made("cudaStreamSynchronize");
  if (!emulated::is_stream(stream)) return status(cudaErrorInvalidResourceHandle);
  if (stream->capture) {
    stream->is_invalid = true;
    return status(cudaErrorStreamCaptureUnsupported);
  }
  emulated::run_until(*stream, [&] { return stream->queue.empty(); });
  return made.fails() ? status(cudaErrorUnknown) : cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  const call made("cudaStreamBeginCapture");
  if (made.fails()) return status(cudaErrorUnknown);
  if (!emulated::is_stream(stream) || mode != cudaStreamCaptureModeThreadLocal) {
    return status(cudaErrorInvalidValue);
  }
  if (stream->capture) return status(cudaErrorStreamCaptureUnsupported);
  stream->capture = std::make_unique<CUgraph_st>();
  stream->capturer = std::this_thread::get_id();
  stream->is_invalid = false;
  emulated::count_live(1);
  return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const call made("cudaStreamEndCapture");
  *graph = nullptr;
  if (!emulated::is_stream(stream) || !stream->capture) return status(cudaErrorInvalidValue);
  std::unique_ptr<CUgraph_st> captured = std::move(stream->capture);
  if (made.fails() || stream->is_invalid) {
    emulated::count_live(-1);
    return status(cudaErrorStreamCaptureInvalidated);
  }
  *graph = captured.release();
  return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
  const call made("cudaEventCreate");
  if (made.fails()) return status(cudaErrorUnknown);
  *event = new CUevent_st;
  emulated::count_live(1);
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const call made("cudaEventDestroy", call::kind::releases);
  if (event->is_pending) {
    emulated::run_until(*event->stream, [&] { return !event->is_pending; });
  }
  delete event;
  emulated::count_live(-1);
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const call made("cudaEventRecord");
  if (made.fails()) return status(cudaErrorUnknown);
  if (!emulated::is_usable(stream)) return status(cudaErrorInvalidResourceHandle);
  event->stream = stream;
  event->is_pending = true;
  return status(emulated::enqueue(stream, {.name = "an event",
                                           .run =
                                               [event] {
                                                 event->milliseconds = milliseconds_now();
                                                 event->is_pending = false;
                                               },
                                           .computes = false}));
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  const call made("cudaEventSynchronize");
  if (event->is_pending) {
    emulated::run_until(*event->stream, [&] { return !event->is_pending; });
  }
  return made.fails() ? status(cudaErrorUnknown) : cudaSuccess;
}
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  const call made("cudaEventElapsedTime");
  if (made.fails()) return status(cudaErrorUnknown);
  if (start->is_pending || end->is_pending || start->milliseconds < 0 || end->milliseconds < 0) {
    return status(cudaErrorInvalidResourceHandle);
  }
  *milliseconds = static_cast<float>(end->milliseconds - start->milliseconds);
  return cudaSuccess;
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, std::size_t* count) {
  const call made("cudaGraphGetNodes");
  if (made.fails()) return status(cudaErrorUnknown);
  if (nodes != nullptr) return status(cudaErrorInvalidValue);
  *count = graph->nodes.size();
  return cudaSuccess;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* instance, cudaGraph_t graph,
                                 unsigned long long flags) {
  const call made("cudaGraphInstantiate");
  if (made.fails() || flags != 0) return status(cudaErrorUnknown);
  *instance = new CUgraphExec_st{std::make_shared<const std::vector<emulated::work>>(graph->nodes)};
  emulated::count_live(1);
  return cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t instance, cudaStream_t stream) {
  const call made("cudaGraphLaunch");
  if (made.fails()) return status(cudaErrorUnknown);
  if (!emulated::is_usable(stream)) return status(cudaErrorInvalidResourceHandle);
  if (stream->capture) {
    stream->is_invalid = true;
    return status(cudaErrorStreamCaptureUnsupported);
  }
  for (const emulated::work& node : *instance->nodes) stream->queue.push_back(node);
  emulated::count_launches(instance->nodes->size());
  return cudaSuccess;
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  const call made("cudaGraphDestroy", call::kind::releases);
  delete graph;
  emulated::count_live(-1);
  return cudaSuccess;
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t instance) {
  const call made("cudaGraphExecDestroy", call::kind::releases);
  delete instance;
  emulated::count_live(-1);
  return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value) {
  const call made("cudaFuncSetAttribute");
  if (made.fails()) return status(cudaErrorUnknown);
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) {
    return status(cudaErrorInvalidValue);
  }
  return status(emulated::allow_shared_bytes(kernel, value));
}
cudaError_t cudaLaunchKernel(const void* kernel, dim3 blocks, dim3 threads, void** arguments,
                             std::size_t shared_bytes, cudaStream_t stream) {
  const call made("cudaLaunchKernel");
  if (made.fails()) {
    if (emulated::is_stream(stream)) stream->is_invalid = true;  // and with it what it captures
    return status(cudaErrorUnknown);
  }
  if (!emulated::is_usable(stream)) return status(cudaErrorInvalidResourceHandle);
  emulated::work launch;
  if (const cudaError_t error =
          emulated::make_launch(kernel, blocks, threads, arguments[0], shared_bytes, launch)) {
    return status(error);
  }
  return status(emulated::enqueue(stream, std::move(launch)));
}

}  // extern "C"
