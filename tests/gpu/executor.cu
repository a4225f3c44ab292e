// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The GPU executor on a GPU: held to the CPU's on both paths. Without a GPU each test is skipped by
// its name.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "../backend/epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cuda/executor.cuh"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;

namespace {

/// False, after saying so, where there is no usable GPU.
bool has_gpu(const char* test) {
  const std::string reason = cuda::why_unusable(0);
  if (!reason.empty()) std::cout << "skipped: " << test << ": " << reason << "\n";
  return reason.empty();
}

// Each test runs once a path; a network that the fused kernels cannot run takes the plain path
// twice.
const auto paths = {cuda::training_path::automatic, cuda::training_path::plain};

model_spec network_of(const std::string& activate, double rate) {
  activation hidden;
  REQUIRE(choose(hidden, activate));
  return {.inputs = 37,
          .layers = {dense{.units = 65, .activate = hidden}, dropout{rate},
                     dense{.units = 30, .activate = hidden}, dropout{rate},
                     dense{.units = 10, .activate = {activations::softmax{}}}}};
}

dataset small_data() { return testing::random_dataset(300, 37, 10); }

/// Trains both for some epochs and compares metrics and weights.
void compare_with_cpu(const model_spec& model, const training_options& options, const dataset& data,
                      const cuda_options& gpu_options, std::uint32_t epochs, double tolerance) {
  cpu_executor cpu(model, options, data, {.threads = 1});
  cuda_executor gpu(model, options, data, gpu_options);
  for (std::uint32_t epoch = 1; epoch <= epochs; ++epoch) {
    const metrics expected = testing::train_epoch(cpu, testing::epoch_order(data, epoch));
    const metrics found = testing::train_epoch(gpu, testing::epoch_order(data, epoch));
    CHECK(std::abs(found.loss - expected.loss) <= tolerance * (1 + std::abs(expected.loss)));
  }
  const executor_state expected = cpu.export_state();
  const executor_state found = gpu.export_state();
  CHECK(found.step == expected.step);
  CHECK(testing::relative_l2(found.parameters, expected.parameters) <= tolerance);
  CHECK(std::abs(gpu.evaluate().loss - cpu.evaluate().loss) <= tolerance * 10);
}

}  // namespace

TEST_CASE("one step on the GPU is the CPU's, for every activation", "[gpu]") {
  if (!has_gpu("one step on the GPU is the CPU's, for every activation")) return;
  const dataset data = small_data();
  const training_options options{.batch_size = 300, .seed = 2, .optimizer = {.rule = rules::sgd{}}};
  for (const std::string_view name : alternative_names<activation>()) {
    for (const auto path : paths) {
      INFO(name << (path == cuda::training_path::plain ? ", plain" : ""));
      compare_with_cpu(network_of(std::string(name), 0.2), options, data, {.path = path}, 1, 1e-5);
    }
  }
}

TEST_CASE("100 steps on the GPU stay with the CPU, for every optimizer", "[gpu]") {
  if (!has_gpu("100 steps on the GPU stay with the CPU, for every optimizer")) return;
  const dataset data = small_data();
  for_each_alternative<optimizer_rule>([&](const auto& rule) {
    for (const auto path : paths) {
      INFO(rule.name << (path == cuda::training_path::plain ? ", plain" : ""));
      const training_options options{
          .batch_size = 32, .seed = 2, .optimizer = {.rule = rule}};  // 10 steps an epoch
      compare_with_cpu(network_of("tanh", 0.2), options, data, {.path = path}, 10, 5e-3);
    }
  });
}

TEST_CASE("penalties, clipping, schedules, losses and outputs on the GPU", "[gpu]") {
  if (!has_gpu("penalties, clipping, schedules, losses and outputs on the GPU")) return;
  const dataset data = small_data();
  model_spec model = network_of("tanh", 0.2);
  std::get<dense>(model.layers[0]).l1 = 1e-3;
  std::get<dense>(model.layers[2]).l2 = 1e-3;
  const std::vector<training_options> all{
      {.batch_size = 64, .optimizer = {.clipnorm = 0.01}},
      {.batch_size = 64, .optimizer = {.clipvalue = 0.001}},
      {.batch_size = 64, .optimizer = {.global_clipnorm = 0.01}},
      {.batch_size = 64,
       .loss = categorical_crossentropy{.path = loss_path::probabilities, .label_smoothing = 0.1}},
      {.batch_size = 64,
       .optimizer = {.learning_rate =
                         schedules::exponential_decay{.decay_steps = 2, .decay_rate = 0.5}}}};
  for (const training_options& options : all) compare_with_cpu(model, options, data, {}, 3, 1e-3);
  model_spec sigmoid = network_of("relu", 0);
  std::get<dense>(sigmoid.layers.back()).activate = {activations::sigmoid{}};
  for (const auto path : paths) {
    compare_with_cpu(sigmoid, {.batch_size = 64}, data, {.path = path}, 3, 1e-3);
  }
}

TEST_CASE("two runs on the GPU give the same bytes, however often they are observed", "[gpu]") {
  if (!has_gpu("two runs on the GPU give the same bytes, however often they are observed")) return;
  const dataset data = small_data();
  for (const auto path : paths) {
    const auto trained = [&](std::int64_t steps_per_observation) {
      cuda_executor gpu(network_of("relu", 0.2), {.batch_size = 32, .seed = 3}, data,
                        {.path = path, .steps_per_observation = steps_per_observation});
      const metrics seen =
          testing::train_epoch(gpu, testing::epoch_order(data, 1), [](const auto&) {});
      return std::tuple(gpu.export_state().parameters, gpu.export_state().optimizer_slots,
                        seen.loss, seen.accuracy, gpu.evaluate().loss);
    };
    const auto once = trained(0);
    CHECK(once == trained(0));
    CHECK(once == trained(3));
  }
}

TEST_CASE("a GPU run left after some steps goes on bit by bit", "[gpu]") {
  if (!has_gpu("a GPU run left after some steps goes on bit by bit")) return;
  const dataset data = small_data();
  const training_options options{.batch_size = 32, .seed = 8, .optimizer = {.rule = rules::adam{}}};
  for (const auto path : paths) {
    const cuda_options each_step{.path = path, .steps_per_observation = 1};
    cuda_executor straight(network_of("tanh", 0.2), options, data, {.path = path});
    testing::train_epoch(straight, testing::epoch_order(data, 1));
    cuda_executor left(network_of("tanh", 0.2), options, data, each_step);
    pass_progress progress;
    CHECK_THROWS_AS(left.train_epoch(testing::epoch_order(data, 1), progress,
                                     [](const pass_progress& so_far) {
                                       if (so_far.rows == 96) throw std::runtime_error("left");
                                     }),
                    std::runtime_error);
    CHECK(progress.rows == 96);
    cuda_executor later(network_of("tanh", 0.2), options, data, each_step);
    later.import_state(left.export_state());
    later.train_epoch(testing::epoch_order(data, 1), progress);
    CHECK(later.export_state().parameters == straight.export_state().parameters);
    CHECK(later.export_state().optimizer_slots == straight.export_state().optimizer_slots);
  }
}

TEST_CASE("the GPU's accuracies over ten seeds are the CPU's", "[gpu]") {
  if (!has_gpu("the GPU's accuracies over ten seeds are the CPU's")) return;
  const dataset data = testing::random_dataset(2000, 20, 4);
  const model_spec model{
      .inputs = 20,
      .layers = {dense{.units = 64, .activate = {activations::relu{}}}, dropout{0.2},
                 dense{.units = 4, .activate = {activations::softmax{}}}}};
  double difference = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const training_options options{.batch_size = 32, .epochs = 10, .seed = seed};
    cpu_executor cpu(model, options, data);
    cuda_executor gpu(model, options, data);
    const auto expected = train(cpu).history.back().validation;
    const auto found = train(gpu).history.back().validation;
    difference += (found->accuracy - expected->accuracy) / 10;
  }
  CHECK(std::abs(difference) < 0.005);
}

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

TEST_CASE("asking for a GPU that is not there says what is missing") {
  const dataset data = small_data();
  const std::string message = testing::message_of<configuration_error>(
      [&] { cuda_executor(network_of("relu", 0), {}, data, {.device = 4096}); });
  CHECK(message.starts_with("cuda: "));
  CHECK(message.size() > std::string("cuda: ").size());
}

TEST_CASE("a CUDA status becomes an error that names call, place and CUDA's words") {
  const std::string message =
      testing::message_of<cuda_error>([] { SWEEPNET_CUDA(cudaErrorInvalidValue); });
  CHECK(message.starts_with("executor.cu:"));
  CHECK(message.ends_with(": cudaErrorInvalidValue: invalid argument (cudaErrorInvalidValue)"));
}
