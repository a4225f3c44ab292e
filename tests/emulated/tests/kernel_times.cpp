// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The benchmark's times of kernels can be taken: how long they are only a GPU can tell.

#include "gpu/kernel_times.cuh"

#include <cmath>
#include <string>
#include <vector>

#include "support.hpp"

using namespace sweepnet;

TEST_CASE("each kernel and library call of a step can be timed") {
  const model_spec model{.inputs = 12,
                         .layers = {dense{.units = 9, .activate = {activations::relu{}}},
                                    dense{.units = 4, .activate = {activations::softmax{}}}}};
  const testing::kernel_times times(model, {.batch_size = 16}, testing::random_dataset(40, 12, 4),
                                    3);
  std::vector<std::string> names;
  for (const testing::kernel_time& each : times.all()) {
    INFO(each.name);
    CHECK(std::isfinite(each.microseconds));
    CHECK(each.microseconds >= 0);
    names.push_back(each.name);
  }
  CHECK(names == std::vector<std::string>{"fused: first layer",
                                          "fused: tail",
                                          "fused: update",
                                          "cuBLASLt: y = x W + b, 12 x 9",
                                          "cuBLASLt: dL/dW, 12 x 9",
                                          "cuBLASLt: y = x W + b, 9 x 4",
                                          "cuBLASLt: dL/dW, 9 x 4",
                                          "cuBLASLt: dL/dx, 9 x 4",
                                          "gather",
                                          "activate",
                                          "dropout",
                                          "cuDNN: softmax",
                                          "cuDNN: softmax's derivative",
                                          "score",
                                          "derivative",
                                          "sums of columns",
                                          "penalty",
                                          "norm",
                                          "update",
                                          "evaluation: first layer",
                                          "evaluation: outputs",
                                          "evaluation: total"});
}
