// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The executor is one template argument: the same training on the CPU and, where there is one, on
// the GPU.

#include <iostream>
#include <sweepnet/cuda.cuh>

std::string why_unusable_in_the_other_unit();

template <std::derived_from<sweepnet::executor> Executor>
void train_on(const sweepnet::dataset& data) {
  using namespace sweepnet;
  const model_spec model{.inputs = 2,
                         .layers = {dense{.units = 16, .activate = {activations::tanh{}}},
                                    dense{.units = 2, .activate = {activations::softmax{}}}}};
  const training_options options{.batch_size = 4, .epochs = 500, .seed = 1};
  Executor executor(model, options, data);
  const training_result result = train(executor);
  std::cout << "accuracy " << result.history.back().train.accuracy << " on " << executor.device()
            << "\n";
}

int main() {
  using namespace sweepnet;
  const dataset exclusive_or{.name = "exclusive or",
                             .train = {.features = std::vector<float>{0, 0, 0, 1, 1, 0, 1, 1},
                                       .width = 2,
                                       .labels = {0, 1, 1, 0}},
                             .class_count = 2};
  train_on<cpu_executor>(exclusive_or);
  const std::string reason = why_unusable_in_the_other_unit();
  if (reason.empty()) {
    train_on<cuda_executor>(exclusive_or);
  } else {
    std::cout << "not on a GPU: " << reason << "\n";
  }
}
