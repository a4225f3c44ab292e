// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Streams, their captures, events and graphs, as cudart.cpp makes them.

#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "emulated/device.hpp"

/// What was captured, in its order.
struct CUgraph_st {
  std::vector<emulated::work> nodes{};
};
struct CUgraphExec_st {
  std::shared_ptr<const std::vector<emulated::work>> nodes;
};

struct CUstream_st {
  int device = 0;
  std::deque<emulated::work> queue{};
  std::unique_ptr<CUgraph_st> capture{};  ///< null: not capturing
  std::thread::id capturer{};             ///< who began it
  bool is_invalid = false;                ///< the capture is
};

struct CUevent_st {
  CUstream_st* stream = nullptr;
  bool is_pending = false;
  double milliseconds = -1;
};

namespace emulated {

/// The default stream, for which those of this backend do not wait.
CUstream_st& legacy_stream();
void add_stream(CUstream_st* stream);
void remove_stream(CUstream_st* stream);
bool is_stream(const CUstream_st* stream);

/// Runs the stream's work until `done`, and of other streams' work whatever comes in between.
void run_until(CUstream_st& stream, const std::function<bool()>& done);
/// Runs all work of all streams.
void run_all();

/// Whether this thread is capturing; if so its capture fails, as what was called cannot be
/// captured.
bool disturbs_capture();

/// The work of a launch, or why it cannot be.
cudaError_t make_launch(const void* function, dim3 blocks, dim3 threads, const void* argument,
                        std::size_t shared_bytes, work& made);
cudaError_t allow_shared_bytes(const void* function, int bytes);

}  // namespace emulated
