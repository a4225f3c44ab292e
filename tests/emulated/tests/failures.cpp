// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Each call to the GPU and its libraries may fail: it is told, and nothing leaks.

#include <cuda_runtime.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
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
outcome use_all(executor& gpu, const dataset& data) {
  testing::train_epoch(gpu, testing::epoch_order(data, 1));
  gpu.keep_best();
  const executor_state state = gpu.export_state();
  gpu.import_state(state);
  (void)gpu.device();
  return {.parameters = gpu.parameters(), .loss = gpu.evaluate().loss};
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
  const auto alone = [&data](const model_spec& of, const training_options& how) {
    return [&data, of, how] { return use_all(*testing::on_gpu(of, how, data), data); };
  };
  // In one step, as it depends on the clock how many rounds more of them take.
  const training_options one_step{.batch_size = 10, .optimizer = {.clipnorm = 1.0}};
  const auto in_group = [&] {
    const auto group = testing::group_on_gpu(data);
    const auto first = group->make(fusible, {.batch_size = 10});
    (void)use_all(*group->make(model, one_step), data);
    return use_all(*first, data);
  };
  const std::vector<std::pair<std::string, std::function<outcome()>>> ways{
      {"plain", alone(model, options)}, {"fused", alone(fusible, unclipped)}, {"group", in_group}};
  for (const auto& [name, run] : ways) {
    emulated::fail_call(0);
    const std::int64_t before = emulated::live();
    const outcome expected = run();
    REQUIRE(emulated::live() == before);
    const std::int64_t calls = emulated::calls();
    REQUIRE(calls > 50);
    int told = 0;
    for (std::int64_t nth = 1; nth <= calls; ++nth) {
      INFO(name << ", call " << nth);
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
