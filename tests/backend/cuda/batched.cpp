// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cuda/kernels/batched.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cuda/block.hpp"

using namespace sweepnet;

namespace {

/// Each thread leaves in its place which block it was of, and what its neighbour had put into
/// shared memory.
struct traced_kernel {
  static constexpr int threads = 4;
  std::int64_t blocks;
  std::int64_t salt;
  std::int64_t* trace;  // (blocks x threads)

  [[nodiscard]] cuda::launch_shape shape() const {
    return {.blocks = blocks, .shared_bytes = threads * sizeof(std::int64_t)};
  }
  template <class Block> void operator()(Block& block) const {
    auto* shared = block.template shared<std::int64_t>();
    typename Block::template local<std::int64_t> kept;
    block.each([&](int t) {
      shared[t] = block.index() * 10 + t;
      kept[t] = salt;
    });
    block.each(
        [&](int t) { trace[block.index() * threads + t] += kept[t] + shared[(t + 1) % threads]; });
  }
};

std::vector<std::vector<std::int64_t>> empty_traces(const std::vector<std::int64_t>& blocks) {
  std::vector<std::vector<std::int64_t>> traces;
  for (const std::int64_t count : blocks) {
    traces.emplace_back(static_cast<std::size_t>(count * traced_kernel::threads));
  }
  return traces;
}

}  // namespace

TEST_CASE("each block of a batched launch works for its model, as in a launch of the model's own") {
  const std::vector<std::int64_t> blocks{3, 1, 0, 7, 2, 1, 0};
  for (std::size_t count = 1; count <= blocks.size(); ++count) {
    for (const auto order : {cuda::thread_order::ascending, cuda::thread_order::descending}) {
      INFO(count << " models");
      auto alone = empty_traces(blocks);
      auto together = empty_traces(blocks);
      std::vector<traced_kernel> models;
      std::vector<std::int64_t> first_block;
      std::int64_t all = 0;
      for (std::size_t m = 0; m < count; ++m) {
        const auto salt = static_cast<std::int64_t>(1000 * (m + 1));
        const traced_kernel own{blocks[m], salt, alone[m].data()};
        cuda::run_on_host(own, own.shape(), order);
        models.push_back({blocks[m], salt, together[m].data()});
        first_block.push_back(all);
        all += blocks[m];
      }
      const cuda::batched<traced_kernel> batch{
          .models = models.data(),
          .first_block = first_block.data(),
          .count = static_cast<std::int64_t>(count),
          .grid = {.blocks = all, .shared_bytes = models.front().shape().shared_bytes}};
      CHECK(batch.shape().blocks == all);
      cuda::run_on_host(batch, batch.shape(), order);
      CHECK(together == alone);
    }
  }
}
