// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Several models train at once, each by an executor in a thread of its own.

#include <cstdint>
#include <thread>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

std::vector<float> trained(const dataset& data, std::uint64_t seed, int threads) {
  const model_spec model{
      .inputs = data.inputs(),
      .layers = {dense{.units = 24, .activate = {activations::relu{}}}, dropout{0.2},
                 dense{.units = data.classes(), .activate = {activations::softmax{}}}}};
  cpu_executor executor(model, {.batch_size = 16, .epochs = 2, .seed = seed}, data,
                        {.threads = threads});
  model_checkpoint checkpoint;
  train(executor, checkpoint);
  return executor.parameters();
}

}  // namespace

TEST_CASE("executors in threads of their own share data, and train as if they were alone") {
  const dataset data = testing::random_dataset(100, 20, 3);
  const std::vector<float> first = trained(data, 1, 1);
  const std::vector<float> second = trained(data, 2, 1);
  for (const int threads : {1, 2}) {
    std::vector<float> other;
    std::thread beside([&] { other = trained(data, 2, threads); });
    CHECK(trained(data, 1, threads) == first);
    beside.join();
    CHECK(other == second);
  }
}
