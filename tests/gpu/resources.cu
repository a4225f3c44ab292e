// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The owners of what a GPU lends, and the words of its errors. Without a GPU each test is skipped
// by its name.

#include "sweepnet/backend/cuda/resources.cuh"

#include <cstddef>
#include <string>

#include "on_gpu.hpp"
#include "support.hpp"
#include "sweepnet/backend/cuda/device.cuh"
#include "sweepnet/backend/cuda/status.cuh"

using namespace sweepnet;
using testing::has_gpu;

TEST_CASE("events time a stream's work", "[gpu]") {
  if (!has_gpu("events time a stream's work")) return;
  const cuda::stream on;
  const cuda::device_memory<float> from(std::size_t{1} << 24);
  const cuda::device_memory<float> to(std::size_t{1} << 24);
  const cuda::event before;
  const cuda::event after;
  before.record(on);
  cuda::copy_on_device(from, to, on);
  after.record(on);
  CHECK(after.seconds_since(before) > 0);
}

TEST_CASE("a network too large for the GPU says how much was asked for and is free", "[gpu]") {
  if (!has_gpu("a network too large for the GPU says how much was asked for and is free")) return;
  CHECK(testing::message_of<cuda_out_of_memory>([] {
          const cuda::device_memory<float> huge(std::size_t{1} << 46);
        }).starts_with("the GPU has not enough memory: 281474976710656 bytes were asked for, "));
}

TEST_CASE("asking for the GPU of this machine") {
  if (!has_gpu("asking for the GPU of this machine")) return;
  CHECK(cuda::shared_bytes_per_block(0) >= 48 * 1024);
}

TEST_CASE("a CUDA status becomes an error that names call, place and CUDA's words") {
  const std::string message =
      testing::message_of<cuda_error>([] { SWEEPNET_CUDA(cudaErrorInvalidValue); });
  CHECK(message.starts_with("resources.cu:"));
  CHECK(message.ends_with(": cudaErrorInvalidValue: invalid argument (cudaErrorInvalidValue)"));
}
