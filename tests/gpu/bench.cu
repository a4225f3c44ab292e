// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Times the reference job on a GPU: bench_gpu MNIST_DIRECTORY. One line for each path and
// precision, for each kernel alone, for 100 of its models at once, and for 100 models of a sweep;
// table.sh reads them.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "group_times.cuh"
#include "kernel_times.cuh"
#include "sweepnet/backend/cuda/executor.cuh"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/data/catalog.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

using clock_type = std::chrono::steady_clock;

double seconds_since(clock_type::time_point start) {
  return std::chrono::duration<double>(clock_type::now() - start).count();
}

/// 784 -> 512 relu -> [dropout, h tanh] for 30, 50, 70 -> dropout 0.2 -> 10 softmax.
model_spec reference_model() {
  model_spec model{.inputs = 784,
                   .layers = {dense{.units = 512, .activate = {activations::relu{}}}}};
  for (const std::int64_t width : {30, 50, 70}) {
    model.layers.emplace_back(dropout{0.7});
    model.layers.emplace_back(dense{.units = width, .activate = {activations::tanh{}}});
  }
  model.layers.emplace_back(dropout{0.2});
  model.layers.emplace_back(dense{.units = 10, .activate = {activations::softmax{}}});
  return model;
}

/// Floating-point operations of one full step: forward, dW, dX but the first layer's.
double operations_of(const model_spec& model, std::int64_t batch) {
  double products = 0;
  for (const dense_weights& s : parameter_layout(model).weights) {
    products += static_cast<double>(s.kernel_size()) * (s.kernel == 0 ? 2 : 3);
  }
  return 2 * products * static_cast<double>(batch);
}

/// What the GPU's fp32 lanes could do at their highest clock, in operations a second.
double fp32_peak(int device) {
  const auto attribute = [&](cudaDeviceAttr which) {
    int value = 0;
    SWEEPNET_CUDA(cudaDeviceGetAttribute(&value, which, device));
    return value;
  };
  const bool is_8_0 = attribute(cudaDevAttrComputeCapabilityMajor) == 8 &&
                      attribute(cudaDevAttrComputeCapabilityMinor) == 0;
  const double lanes = attribute(cudaDevAttrMultiProcessorCount) * (is_8_0 ? 64.0 : 128.0);
  return lanes * 2 * attribute(cudaDevAttrClockRate) * 1e3;
}

const training_options options{
    .batch_size = 128, .epochs = 20, .seed = 1, .optimizer = {.rule = rules::rmsprop{}}};

void time_run(const std::string& name, const dataset& data, const cuda_options& gpu) {
  const model_spec model = reference_model();
  const auto rows = static_cast<std::uint32_t>(data.train.rows());
  const auto order = [&](std::uint32_t epoch) { return shuffled_order(options.seed, epoch, rows); };

  const auto begin = clock_type::now();
  cuda_executor executor(model, options, data, gpu);
  const auto first_order = order(1);
  pass_progress progress;
  executor.train_epoch(std::span(first_order).first(128), progress);
  const double first_step = seconds_since(begin);

  std::vector<double> epochs;  // of training alone, the host's part included
  const double steps = static_cast<double>(cuda::parts_of(data.train.rows(), options.batch_size));
  for (std::uint32_t epoch = 2; epoch < 32; ++epoch) {
    const auto rows_in_order = order(epoch);
    progress = {};
    const auto start = clock_type::now();
    executor.train_epoch(rows_in_order, progress);
    epochs.push_back(seconds_since(start));
  }
  std::ranges::nth_element(epochs, epochs.begin() + 15);
  const double step = epochs[15] / steps;

  cuda_executor fresh(model, options, data, gpu);
  const auto start = clock_type::now();
  const training_result result = train(fresh);
  const double whole = seconds_since(start);
  const double operations = operations_of(model, options.batch_size);
  const double floor = operations / fp32_peak(gpu.device);
  std::cout << fmt::format(
      "sweepnet {}: {:.1f} us a step, {} launches a step, 20 epochs {:.3f} s, first step {:.3f} s, "
      "{:.2f} TFLOP/s, {:.0f}% of the fp32 floor of {:.1f} us, val_accuracy {:.4f}; {}\n",
      name, step * 1e6, executor.nodes_per_step(), whole, first_step, operations / step * 1e-12,
      floor / step * 100, floor * 1e6, result.history.back().validation->accuracy,
      executor.device());
}

void time_kernels(const dataset& data) {
  const testing::kernel_times times(reference_model(), {.batch_size = 128}, data, 200);
  for (const testing::kernel_time& each : times.all()) {
    std::cout << fmt::format("kernel {}: {:.2f} us\n", each.name, each.microseconds);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const dataset data =
        load_dataset({.source = argc > 1 ? argv[1] : "examples/data/mnist"}, make_catalog({}, {}));
    time_run("fused fp32", data, {.path = cuda::training_path::fused});
    time_run("plain fp32", data, {.path = cuda::training_path::plain});
    time_run("plain tf32", data,
             {.precision = precision::tf32, .path = cuda::training_path::plain});
    time_kernels(data);
    for (const std::string& line : testing::group_times({reference_model(), options}, data)) {
      std::cout << line << "\n";
    }
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "bench_gpu: " << e.what() << "\n";
    return 1;
  }
}
