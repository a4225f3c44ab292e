// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Each call to the GPU and its libraries may fail: it is told, and nothing leaks.

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "backend/epoch.hpp"
#include "emulated/device.hpp"
#include "gpu/on_gpu.hpp"
#include "support.hpp"
#include "sweepnet/backend/cuda/status.cuh"

using namespace sweepnet;

namespace {

struct outcome {
  std::vector<float> parameters{};
  double loss = 0;
  bool operator==(const outcome&) const = default;
};

/// All that an executor does.
outcome use_all(const model_spec& model, const training_options& options, const dataset& data,
                cuda::training_path path) {
  const auto gpu = testing::on_gpu(model, options, data, {.path = path});
  testing::train_epoch(*gpu, testing::epoch_order(data, 1));
  gpu->keep_best();
  const executor_state state = gpu->export_state();
  gpu->import_state(state);
  (void)gpu->device();
  return {.parameters = gpu->parameters(), .loss = gpu->evaluate().loss};
}

}  // namespace

TEST_CASE("each call may fail, and nothing leaks") {
  emulated::how().both_orders = false;  // thousands of runs
  const dataset data = testing::random_dataset(10, 6, 3);
  const model_spec model{
      .inputs = 6,
      .layers = {dense{.units = 4, .activate = {activations::relu{}}, .l2 = 0.1}, dropout{0.2},
                 dense{.units = 3, .activate = {activations::softmax{}}}}};
  model_spec fusible = model;
  std::get<dense>(fusible.layers.front()).l2 = 0;
  const training_options options{.batch_size = 8, .optimizer = {.clipnorm = 1.0}};
  const training_options unclipped{.batch_size = 8};
  for (const auto path : {cuda::training_path::plain, cuda::training_path::fused}) {
    const auto run = [&] {
      return path == cuda::training_path::plain ? use_all(model, options, data, path)
                                                : use_all(fusible, unclipped, data, path);
    };
    emulated::fail_call(0);
    const std::int64_t before = emulated::live();
    const outcome expected = run();
    REQUIRE(emulated::live() == before);
    const std::int64_t calls = emulated::calls();
    REQUIRE(calls > 50);
    int told = 0;
    for (std::int64_t nth = 1; nth <= calls; ++nth) {
      INFO((path == cuda::training_path::plain ? "plain, call " : "fused, call ") << nth);
      emulated::fail_call(nth);
      std::string message;
      outcome found;
      try {
        found = run();
      } catch (const error& e) {  // which has an exit code
        message = e.what();
      }
      if (message.empty()) {
        CHECK(found == expected);
      } else {
        ++told;
      }
      REQUIRE(emulated::live() == before);
      REQUIRE(cudaGetLastError() == cudaSuccess);  // nothing for a later call to tell
    }
    CHECK(told == calls);
    emulated::fail_call(0);
    CHECK(run() == expected);
  }
  emulated::how().both_orders = true;
}
