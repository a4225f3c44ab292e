// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "backend/contract.hpp"

#include "on_gpu.hpp"

using namespace sweepnet;

std::vector<std::pair<std::string, executor_factory>> testing::executors() {
  if (!has_gpu("an executor's contract")) return {};
  std::vector<std::pair<std::string, executor_factory>> all;
  for (const auto path : {cuda::training_path::fused, cuda::training_path::plain}) {
    for (const std::int64_t steps : {0, 1}) {  // observed at the epoch's end, and at each step
      all.emplace_back(
          fmt::format("{}, {} steps per observation",
                      path == cuda::training_path::plain ? "plain" : "fused", steps),
          [=](const model_spec& model, const training_options& options, const dataset& data) {
            return on_gpu(model, options, data, {.path = path, .steps_per_observation = steps});
          });
    }
    all.emplace_back(
        fmt::format("{}, in a group", path == cuda::training_path::plain ? "plain" : "fused"),
        [=](const model_spec& model, const training_options& options, const dataset& data) {
          return group_on_gpu(data, {.path = path})->make(model, options);  // which lives on alone
        });
  }
  return all;
}
