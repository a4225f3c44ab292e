// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The emulated device finds what it is there to find: programs that are wrong end with its words.

#include <cublasLt.h>
#include <cuda_runtime.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulated/device.hpp"
#include "support.hpp"
#include "sweepnet/backend/cuda/cublaslt.cuh"
#include "sweepnet/backend/cuda/launch.cuh"
#include "sweepnet/backend/cuda/resources.cuh"

using namespace sweepnet;

namespace {

/// What a process said that ran `body` until it was ended; "lived" if nothing ended it.
template <class Body> std::string last_words(const Body& body) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    ::signal(SIGABRT, SIG_DFL);  // the test program's own would report it
    emulated::how().both_orders = true;
    body();
    std::fputs("lived", stderr);
    std::_Exit(0);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 512> some{};
  for (ssize_t got = 0; (got = ::read(ends[0], some.data(), some.size())) > 0;) {
    said.append(some.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said.substr(0, said.find('\n'));
}

/// body(block, memory) as a kernel.
template <class Body> struct kernel_of {
  static constexpr int threads = 64;
  std::int64_t blocks;
  std::size_t shared_bytes;
  float* memory;
  [[nodiscard]] cuda::launch_shape shape() const {
    return {.blocks = blocks, .shared_bytes = shared_bytes};
  }
  template <class Block> void operator()(Block& block) const { Body()(block, memory); }
};

/// Runs it over `size` floats, and returns what they are.
template <class Body>
std::vector<float> run(const Body&, std::int64_t blocks, std::size_t size,
                       std::size_t shared_bytes = 0) {
  const cuda::stream on;
  const cuda::device_memory<float> memory(std::vector<float>(size, 1.0F), on);
  cuda::launch(kernel_of<Body>{blocks, shared_bytes, memory.get()}, on);
  return cuda::copy_to_host(memory, on);
}

}  // namespace

TEST_CASE("memory of the device cannot be touched by the host") {
  CHECK(last_words([] {
          const cuda::stream on;
          const cuda::device_memory<float> memory(std::vector<float>(5, 1.0F), on);
          (void)cuda::copy_to_host(memory, on);
          *memory.get() = 2;
        }) == "emulated device: memory of the device was touched outside of kernels and copies");
}

TEST_CASE("memory is NaN until it is written, ends where it ends, and goes away") {
  const cuda::stream on;
  const cuda::device_memory<float> fresh(70);
  CHECK(reinterpret_cast<std::uintptr_t>(fresh.get()) % 256 == 0);
  for (const float value : cuda::copy_to_host(fresh, on)) CHECK(std::isnan(value));
  const auto beyond = [](auto& block, float* memory) { block.each([&](int t) { memory[t] = 0; }); };
  CHECK(run(beyond, 1, 64) == std::vector<float>(64, 0.0F));
  // Up to the guard page there are less than 256 bytes, which are looked at when memory is freed.
  CHECK(last_words([&] { run(beyond, 1, 63); }) ==
        "emulated device: something wrote before or behind an allocation of 252 bytes");
  const auto far = [](auto& block, float* memory) {
    block.each([&](int t) { memory[64 * t] = 0; });
  };
  CHECK(last_words([&] { run(far, 1, 64); }).ends_with(" touched memory that is not allocated"));
  CHECK(last_words([&] {
          float* dangling = nullptr;
          { dangling = cuda::device_memory<float>(64).get(); }
          const cuda::stream stream;
          cuda::launch(kernel_of<decltype(beyond)>{1, 0, dangling}, stream);
          stream.synchronize();
        }).ends_with(" touched memory that is not allocated"));
  CHECK(last_words([] {
          const cuda::stream stream;
          const cuda::device_memory<float> short_one(3);
          const cuda::device_memory<float> long_one(4);
          cuda::copy_on_device(long_one, short_one, stream);
        }) ==
        "emulated device: a copy's destination does not lie in the device's memory: 16 bytes");
}

TEST_CASE("a kernel whose result depends on the order of threads or blocks is found") {
  const auto words = [](const auto& body, std::int64_t blocks, std::size_t shared_bytes) {
    return last_words([&] { run(body, blocks, 64, shared_bytes); });
  };
  const std::string found = " wrote depends on the order of its threads or blocks";
  // Without a barrier between writing and reading.
  CHECK(words(
            [](auto& block, float* memory) {
              float* shared = block.template shared<float>();
              block.each([&](int t) {
                shared[t] = static_cast<float>(t);
                memory[t] = t > 0 ? shared[t - 1] : 0;
              });
            },
            1, 256)
            .ends_with(found));
  // The last block wins.
  CHECK(words(
            [](auto& block, float* memory) {
              block.each([&](int) { memory[0] = static_cast<float>(block.index()); });
            },
            8, 0)
            .ends_with(found));
  // A block reads what another wrote.
  CHECK(words(
            [](auto& block, float* memory) {
              block.each([&](int t) {
                if (t == 0) memory[block.index()] = memory[(block.index() + 1) % 64] + 1;
              });
            },
            64, 0)
            .ends_with(found));
  // With a barrier all is well.
  CHECK(words(
            [](auto& block, float* memory) {
              float* shared = block.template shared<float>();
              block.each([&](int t) { shared[t] = static_cast<float>(t); });
              block.each([&](int t) { memory[t] = t > 0 ? shared[t - 1] : 0; });
            },
            1, 256) == "lived");
}

TEST_CASE("what a block keeps begins as garbage, and its shared memory ends where it ends") {
  const auto local = [](auto& block, float* memory) {
    typename std::remove_reference_t<decltype(block)>::template local<float> kept;
    block.each([&](int t) { memory[t] = kept[t]; });
  };
  for (const float value : run(local, 1, 64)) CHECK(std::isnan(value));
  const auto shared = [](auto& block, float* memory) {
    block.each([&](int t) { memory[t] = block.template shared<float>()[t]; });
  };
  for (const float value : run(shared, 2, 64, 256)) CHECK(std::isnan(value));
  const auto write = [](auto& block, float*) {
    block.each([&](int t) { block.template shared<float>()[t] = 0; });
  };
  CHECK(last_words([&] { run(write, 1, 64, 252); }).ends_with(" wrote behind its shared memory"));
  CHECK(last_words([&] { run(write, 1, 64, 128); }) != "lived");
}

TEST_CASE("a launch is refused beyond the device's limits") {
  const auto nothing = [](auto&, float*) {};
  const auto refusal = [&](std::int64_t blocks, std::size_t shared_bytes) {
    return testing::message_of<cuda_error>([&] { run(nothing, blocks, 1, shared_bytes); });
  };
  CHECK(refusal(1, emulated::most_shared_bytes + 1).find("cudaFuncSetAttribute(") !=
        std::string::npos);
  CHECK(refusal(std::int64_t{1} << 31, 0).ends_with("(cudaErrorInvalidConfiguration)"));
  run(nothing, 1, 1, emulated::most_shared_bytes);
  const cuda::stream on;
  kernel_of<decltype(nothing)> kernel{1, 0, nullptr};
  void* arguments[] = {&kernel};
  const auto launch = [&](dim3 threads, std::size_t shared_bytes) {
    return cudaLaunchKernel(cuda::run<kernel_of<decltype(nothing)>>, dim3(1), threads, arguments,
                            shared_bytes, on.get());
  };
  CHECK(launch(dim3(64), 0) == cudaSuccess);
  CHECK(launch(dim3(65), 0) == cudaErrorInvalidConfiguration);
  CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
  CHECK(cudaGetLastError() == cudaSuccess);
}

TEST_CASE("work waits until it is waited for, and copies from pageable memory may be late") {
  const cuda::stream on;
  const cuda::device_memory<float> memory(std::vector<float>(1, 1.0F), on);
  std::vector<float> seen{7};
  const float two = 2;
  cuda::copy_to_device(std::span(&two, 1), memory, on);
  REQUIRE(cudaMemcpyAsync(seen.data(), memory.get(), sizeof(float), cudaMemcpyDeviceToHost,
                          on.get()) == cudaSuccess);
  CHECK(seen.front() == 7);
  on.synchronize();
  CHECK(seen.front() == 2);
  // cudaMemcpy's is the default stream, for which `on` does not wait.
  const float three = 3;
  REQUIRE(cudaMemcpy(memory.get(), &three, sizeof three, cudaMemcpyHostToDevice) == cudaSuccess);
  CHECK(cuda::copy_to_host(memory, on).front() == 2);
}

TEST_CASE("a capture takes work and refuses what is none, and an error of it is told once") {
  const cuda::stream on;
  const cuda::device_memory<float> memory(std::vector<float>(64, 1.0F), on);
  const auto doubled = [](auto& block, float* values) {
    block.each([&](int t) { values[t] *= 2; });
  };
  kernel_of<decltype(doubled)> kernel{1, 0, memory.get()};
  const cuda::graph twice(on, [&] {
    cuda::launch(kernel, on);
    cuda::launch(kernel, on);
    kernel.memory = nullptr;  // its arguments were copied
  });
  CHECK(twice.nodes() == 2);
  CHECK(cuda::copy_to_host(memory, on).front() == 1);
  twice.launch(on);
  twice.launch(on);
  CHECK(cuda::copy_to_host(memory, on).front() == 16);

  const auto message = [&](const auto& work) {
    return testing::message_of<cuda_error>([&] { cuda::graph(on, work); });
  };
  const std::string unsupported = "(cudaErrorStreamCaptureUnsupported)";
  CHECK(message([&] { on.synchronize(); }).ends_with(unsupported));
  CHECK(message([&] { cuda::device_memory<float>(3); }).ends_with(unsupported));
  CHECK(message([&] { (void)cuda::copy_to_host(memory, on); }).ends_with(unsupported));
  CHECK(message([&] { twice.launch(on); }).ends_with(unsupported));
  CHECK(cudaGetLastError() == cudaSuccess);
  const std::int64_t before = emulated::live();
  CHECK(testing::message_of<std::runtime_error>(
            [&] { cuda::graph(on, [] { throw std::runtime_error("no more"); }); }) == "no more");
  CHECK(emulated::live() == before);
}

TEST_CASE("a product is held to what its heuristic was told") {
  const cuda::stream on;
  const cuda::cublaslt_handle library;
  const cuda::device_memory<float> a(std::vector<float>{1, 2, 3, 4, 5, 6}, on);  // (2 x 3)
  const cuda::device_memory<float> b(std::vector<float>{1, 0, 0, 1, 1, 1}, on);  // (3 x 2)
  const cuda::device_memory<float> c(4);
  const cuda::matrix_product product(library, {.rows = 2, .inner = 3, .columns = 2},
                                     precision::fp32);
  product(a.get(), b.get(), c.get(), on);
  CHECK(cuda::copy_to_host(c, on) == std::vector<float>{4, 5, 10, 11});
  CHECK(last_words([&] { product(a.get() + 1, b.get(), c.get(), on); }) ==
        "emulated device: a product's B does not lie in the device's memory: 24 bytes");
  // Chosen for a bias of 256 bytes' alignment, and given one of 4.
  const cuda::device_memory<float> bias(std::vector<float>{0, 1, 2}, on);
  const cuda::matrix_product biased(
      library, {.rows = 2, .inner = 3, .columns = 2, .bias = bias.get() + 1}, precision::fp32);
  biased(a.get(), b.get(), c.get(), on);
  CHECK(cuda::copy_to_host(c, on) == std::vector<float>{5, 7, 11, 13});
}
