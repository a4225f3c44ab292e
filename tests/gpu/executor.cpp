// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The GPU executor on a GPU: held to the CPU's on both paths. Without a GPU each test is skipped by
// its name.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "backend/epoch.hpp"
#include "on_gpu.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/training/trainer.hpp"

using namespace sweepnet;
using testing::has_gpu;
using testing::on_gpu;

namespace {

// Each test runs once a path; a network that the fused kernels cannot run takes the plain path
// twice.
const auto paths = {cuda::training_path::fused, cuda::training_path::plain};
const cuda_options fused{.path = cuda::training_path::fused};

model_spec network_of(const std::string& activate, double rate) {
  activation hidden;
  REQUIRE(choose(hidden, activate));
  return {.inputs = 37,
          .layers = {dense{.units = 65, .activate = hidden}, dropout{rate},
                     dense{.units = 30, .activate = hidden}, dropout{rate},
                     dense{.units = 10, .activate = {activations::softmax{}}}}};
}

dataset small_data() { return testing::random_dataset(300, 37, 10); }

/// Trains both for some epochs and compares metrics, and how far the weights have moved: a
/// gradient that is a little wrong hardly shows in weights that a step hardly changes.
void compare_with_cpu(const model_spec& model, const training_options& options, const dataset& data,
                      const cuda_options& how, std::uint32_t epochs, double tolerance) {
  cpu_executor cpu(model, options, data, {.threads = 1});
  const auto gpu = on_gpu(model, options, data, how);
  const std::vector<float> initial = cpu.parameters();
  CHECK(gpu->parameters() == initial);
  for (std::uint32_t epoch = 1; epoch <= epochs; ++epoch) {
    const metrics expected = testing::train_epoch(cpu, testing::epoch_order(data, epoch));
    const metrics found = testing::train_epoch(*gpu, testing::epoch_order(data, epoch));
    CHECK(std::abs(found.loss - expected.loss) <= tolerance * (1 + std::abs(expected.loss)));
  }
  const executor_state expected = cpu.export_state();
  const executor_state found = gpu->export_state();
  CHECK(found.step == expected.step);
  CHECK(testing::relative_l2(testing::moves(found.parameters, initial),
                             testing::moves(expected.parameters, initial)) <= tolerance);
  const double loss = cpu.evaluate().loss;
  CHECK(std::abs(gpu->evaluate().loss - loss) <= tolerance * 10 * (1 + std::abs(loss)));
}

/// As real numbers.
void make_real(labelled_rows& rows) {
  std::vector<float> values(static_cast<std::size_t>(rows.rows() * rows.width));
  for (std::int64_t r = 0; r < rows.rows(); ++r) {
    rows.copy_row(r, values.data() + r * rows.width);
  }
  rows.features = std::move(values);
  rows.scale = 1;
}

/// An executor of `model` with those weights.
std::unique_ptr<executor> with_weights(std::unique_ptr<executor> of,
                                       const std::vector<float>& weights) {
  executor_state state = of->export_state();
  state.parameters = weights;
  of->import_state(state);
  return of;
}

}  // namespace

TEST_CASE("one step on the GPU is the CPU's, for every activation", "[gpu]") {
  if (!has_gpu("one step on the GPU is the CPU's, for every activation")) return;
  const dataset data = small_data();
  const training_options options{
      .batch_size = 300, .seed = 2, .optimizer = {.rule = rules::sgd{}, .learning_rate = 0.1}};
  for (const std::string_view name : alternative_names<activation>()) {
    for (const auto path : paths) {
      INFO(name << (path == cuda::training_path::plain ? ", plain" : ""));
      compare_with_cpu(network_of(std::string(name), 0.2), options, data, {.path = path}, 1, 1e-4);
    }
  }
}

TEST_CASE("100 steps on the GPU stay with the CPU, for every optimizer", "[gpu]") {
  if (!has_gpu("100 steps on the GPU stay with the CPU, for every optimizer")) return;
  const dataset data = testing::random_dataset(160, 17, 5);
  const model_spec model{
      .inputs = 17,
      .layers = {dense{.units = 35, .activate = {activations::tanh{}}}, dropout{0.2},
                 dense{.units = 12, .activate = {activations::tanh{}}},
                 dense{.units = 5, .activate = {activations::softmax{}}}}};
  for_each_alternative<optimizer_rule>([&]<class Rule>(const Rule& rule) {
    for (const auto path : paths) {
      INFO(rule.name << (path == cuda::training_path::plain ? ", plain" : ""));
      const training_options options{
          .batch_size = 16, .seed = 2, .optimizer = {.rule = rule}};  // 10 steps an epoch
      // Lion steps by the sign of what may be as good as 0.
      const bool by_sign = std::same_as<Rule, rules::lion>;
      compare_with_cpu(model, options, data, {.path = path}, by_sign ? 1 : 10,
                       by_sign ? 5e-2 : 5e-3);
    }
  });
}

TEST_CASE("penalties, clipping, schedules and losses on the GPU", "[gpu]") {
  if (!has_gpu("penalties, clipping, schedules and losses on the GPU")) return;
  const dataset data = small_data();
  const model_spec model = network_of("tanh", 0.2);
  model_spec penalized = model;
  std::get<dense>(penalized.layers[0]).l1 = 1e-3;
  std::get<dense>(penalized.layers[2]).l2 = 1e-3;
  const std::vector<training_options> all{
      {.batch_size = 64, .optimizer = {.clipnorm = 0.01}},
      {.batch_size = 64, .optimizer = {.clipvalue = 0.001}},
      {.batch_size = 64, .optimizer = {.global_clipnorm = 0.01}},
      {.batch_size = 64,
       .loss = categorical_crossentropy{.path = loss_path::probabilities, .label_smoothing = 0.1}},
      {.batch_size = 64,
       .optimizer = {.learning_rate =
                         schedules::exponential_decay{.decay_steps = 2, .decay_rate = 0.5}}}};
  for (const training_options& options : all) {
    compare_with_cpu(model, options, data, fused, 3, 1e-3);
    compare_with_cpu(penalized, options, data, {}, 3, 1e-3);
  }
}

TEST_CASE("every output activation on the GPU, by both forms of the loss", "[gpu]") {
  if (!has_gpu("every output activation on the GPU, by both forms of the loss")) return;
  const dataset data = small_data();
  for (const char* output : {"softmax", "sigmoid", "softplus"}) {
    for (const loss_path form : {loss_path::logits, loss_path::probabilities}) {
      for (const auto path : paths) {
        INFO(output << (path == cuda::training_path::plain ? ", plain" : ""));
        model_spec model = network_of("tanh", 0);
        REQUIRE(choose(std::get<dense>(model.layers.back()).activate, output));
        const training_options options{.batch_size = 300,
                                       .optimizer = {.rule = rules::sgd{}, .learning_rate = 0.1},
                                       .loss = categorical_crossentropy{.path = form}};
        compare_with_cpu(model, options, data, {.path = path}, 1, 2e-5);
      }
    }
  }
}

TEST_CASE("a softmax between the layers is trained on the GPU", "[gpu]") {
  if (!has_gpu("a softmax between the layers is trained on the GPU")) return;
  for (const char* hidden : {"softmax", "log_softmax"}) {
    INFO(hidden);
    compare_with_cpu(network_of(hidden, 0.2),
                     {.batch_size = 300, .optimizer = {.rule = rules::sgd{}, .learning_rate = 0.1}},
                     small_data(), {}, 1, 1e-4);
  }
}

TEST_CASE("tf32 on the GPU is near fp32, and another thing", "[gpu]") {
  if (!has_gpu("tf32 on the GPU is near fp32, and another thing")) return;
  const dataset data = small_data();
  const model_spec model = network_of("tanh", 0.2);
  const training_options options{
      .batch_size = 300, .seed = 2, .optimizer = {.rule = rules::sgd{}, .learning_rate = 1.0}};
  const cuda_options tf32{.precision = precision::tf32, .path = cuda::training_path::plain};
  compare_with_cpu(model, options, data, tf32, 1, 1e-2);
  const auto exact = on_gpu(model, options, data, {.path = cuda::training_path::plain});
  const auto rounded = on_gpu(model, options, data, tf32);
  CHECK(rounded->precision() == precision::tf32);
  CHECK(rounded->device().find(", plain kernels, tf32, ") != std::string::npos);
  testing::train_epoch(*exact, testing::epoch_order(data, 1));
  testing::train_epoch(*rounded, testing::epoch_order(data, 1));
  CHECK(exact->parameters() != rounded->parameters());
  // Where the fused kernels take less time they train, in fp32.
  const auto quick = on_gpu(model, options, data, {.precision = precision::tf32});
  CHECK(quick->device().find(", fused kernels, tf32, ") != std::string::npos);
}

TEST_CASE("features may be real numbers on the GPU", "[gpu]") {
  if (!has_gpu("features may be real numbers on the GPU")) return;
  dataset data = small_data();
  make_real(data.train);
  make_real(data.validation);
  const training_options options{.batch_size = 64,
                                 .optimizer = {.rule = rules::sgd{}, .learning_rate = 1.0}};
  for (const auto path : paths) {
    compare_with_cpu(network_of("tanh", 0.2), options, data, {.path = path}, 1, 1e-4);
  }
}

TEST_CASE("a bias is trained where inputs fill the tiles of a gradient on the GPU", "[gpu]") {
  if (!has_gpu("a bias is trained where inputs fill the tiles of a gradient on the GPU")) return;
  static_assert(64 % cuda::fused_update_kernel::tile == 0);
  const model_spec model{.inputs = 64,
                         .layers = {dense{.units = 32, .activate = {activations::tanh{}}},
                                    dense{.units = 10, .activate = {activations::softmax{}}}}};
  const training_options options{.batch_size = 64,
                                 .optimizer = {.rule = rules::sgd{}, .learning_rate = 1.0}};
  for (const auto path : paths) {
    compare_with_cpu(model, options, testing::random_dataset(300, 64, 10), {.path = path}, 1, 1e-4);
  }
}

TEST_CASE("a fused step may take more shared memory than a block has without asking", "[gpu]") {
  if (!has_gpu("a fused step may take more shared memory than a block has without asking")) return;
  const model_spec model{.inputs = 37,
                         .layers = {dense{.units = 1000, .activate = {activations::tanh{}}},
                                    dense{.units = 500, .activate = {activations::tanh{}}},
                                    dense{.units = 10, .activate = {activations::softmax{}}}}};
  const auto plan = cuda::plan_fused_step(model, {}, 16, std::size_t{1} << 20);
  REQUIRE(plan);
  CHECK(cuda::tail_kernel::shared_bytes(plan->layers) > std::size_t{48} << 10);
  const auto gpu = on_gpu(model, {.batch_size = 16}, small_data(), fused);
  CHECK(gpu->device().find("fused kernels") != std::string::npos);
  compare_with_cpu(model,
                   {.batch_size = 16, .optimizer = {.rule = rules::sgd{}, .learning_rate = 0.1}},
                   testing::random_dataset(30, 37, 10), fused, 1, 1e-4);
}

TEST_CASE("validation rows are evaluated in batches, and observed", "[gpu]") {
  if (!has_gpu("validation rows are evaluated in batches, and observed")) return;
  const std::int64_t rows = 4096 * 16 + 77;
  dataset data = testing::random_dataset(20, 6, 3);
  data.validation = testing::random_rows(rows, 6, 3, 2);
  const model_spec model{.inputs = 6,
                         .layers = {dense{.units = 4, .activate = {activations::tanh{}}},
                                    dense{.units = 3, .activate = {activations::softmax{}}}}};
  cpu_executor cpu(model, {}, data, {.threads = 1});
  const auto gpu = on_gpu(model, {}, data);
  std::vector<std::int64_t> seen;
  const metrics found =
      gpu->evaluate([&](const pass_progress& so_far) { seen.push_back(so_far.rows); });
  CHECK(seen == std::vector<std::int64_t>{4096 * 16, rows});
  const metrics expected = cpu.evaluate();
  CHECK(std::abs(found.loss - expected.loss) < 1e-5);
  CHECK(std::abs(found.accuracy - expected.accuracy) < 1e-3);
  CHECK(gpu->evaluate().loss == found.loss);
}

TEST_CASE("an activation takes what is no number on the GPU as on the CPU", "[gpu]") {
  if (!has_gpu("an activation takes what is no number on the GPU as on the CPU")) return;
  const dataset data = small_data();
  const training_options options{.batch_size = 300, .optimizer = {.rule = rules::sgd{}}};
  for (const char* hidden : {"relu", "tanh", "sigmoid"}) {
    const model_spec model = network_of(hidden, 0);
    cpu_executor cpu(model, options, data, {.threads = 1});
    executor_state state = cpu.export_state();
    state.parameters[3] = std::numeric_limits<float>::quiet_NaN();
    cpu.import_state(state);
    const bool is_number = std::isfinite(cpu.evaluate().loss);
    testing::train_epoch(cpu, testing::epoch_order(data, 1));
    for (const auto path : paths) {
      INFO(hidden << (path == cuda::training_path::plain ? ", plain" : ""));
      const auto gpu = with_weights(on_gpu(model, options, data, {.path = path}), state.parameters);
      CHECK(std::isfinite(gpu->evaluate().loss) == is_number);
      testing::train_epoch(*gpu, testing::epoch_order(data, 1));
      const std::vector<float> found = gpu->parameters();
      const std::vector<float> expected = cpu.parameters();
      const auto numbers = [](const std::vector<float>& all) {
        return std::ranges::count_if(all, [](float w) { return std::isfinite(w); });
      };
      CHECK(numbers(found) == numbers(expected));
    }
  }
}

TEST_CASE("rows that a batch does not have count for nothing, whatever they would give", "[gpu]") {
  if (!has_gpu("rows that a batch does not have count for nothing, whatever they would give")) {
    return;
  }
  // Without features its units are exp(89), which is infinite; with them about exp(-90).
  const dataset data = small_data();
  const training_options options{.batch_size = 256,
                                 .optimizer = {.rule = rules::sgd{}, .learning_rate = 0.1}};
  model_spec model = network_of("tanh", 0);
  std::get<dense>(model.layers.front()).activate = {activations::exponential{}};
  cpu_executor cpu(model, options, data, {.threads = 1});
  executor_state state = cpu.export_state();
  for (std::size_t i = 0; i < 37; ++i) state.parameters[i * 65] = -10;
  state.parameters[37 * 65] = 89;
  cpu.import_state(state);
  testing::train_epoch(cpu, testing::epoch_order(data, 1));
  for (const auto path : paths) {
    INFO((path == cuda::training_path::plain ? "plain" : "fused"));
    const auto gpu = with_weights(on_gpu(model, options, data, {.path = path}), state.parameters);
    testing::train_epoch(*gpu, testing::epoch_order(data, 1));
    CHECK(testing::relative_l2(gpu->parameters(), cpu.parameters()) < 1e-5);
  }
}

TEST_CASE("another GPU is used from any thread, beside the first", "[gpu]") {
  if (!has_gpu("another GPU is used from any thread, beside the first")) return;
  if (const std::string reason = gpu()->why_unusable(1); !reason.empty()) {
    std::cout << "skipped: another GPU is used from any thread, beside the first: " << reason
              << "\n";
    SUCCEED("there is no other GPU");
    return;
  }
  const dataset data = small_data();
  const training_options options{.batch_size = 64};
  const auto order = testing::epoch_order(data, 1);
  for (const auto path : paths) {
    const auto first = on_gpu(network_of("tanh", 0.2), options, data, {.path = path});
    const auto second = on_gpu(network_of("tanh", 0.2), options, data, {.device = 1, .path = path});
    testing::train_epoch(*first, order);
    first->keep_best();
    metrics seen{};
    std::thread([&] {
      testing::train_epoch(*second, order);
      second->keep_best();
      seen = second->evaluate();
    }).join();
    CHECK(seen.loss == first->evaluate().loss);
    CHECK(second->best_parameters() == first->best_parameters());
  }
}

TEST_CASE("what computes is told, and is the same for the same network", "[gpu]") {
  if (!has_gpu("what computes is told, and is the same for the same network")) return;
  const dataset data = small_data();
  const auto device = [&](const cuda_options& how) {
    return on_gpu(network_of("tanh", 0.2), {.batch_size = 64}, data, how)->device();
  };
  const std::string quick = device({});
  const std::string plain = device({.path = cuda::training_path::plain});
  CHECK(quick.starts_with("cuda ("));
  CHECK(quick.find(", fused kernels, fp32, cuBLASLt ") != std::string::npos);
  CHECK(plain.find(", plain kernels, fp32, cuBLASLt ") != std::string::npos);
  CHECK(quick == device({}));
  CHECK(plain == device({.path = cuda::training_path::plain}));
}

TEST_CASE("two runs on the GPU give the same bytes, however often they are observed", "[gpu]") {
  if (!has_gpu("two runs on the GPU give the same bytes, however often they are observed")) return;
  const dataset data = small_data();
  for (const auto path : paths) {
    const auto trained = [&](std::int64_t steps_per_observation) {
      const auto gpu = on_gpu(network_of("relu", 0.2), {.batch_size = 32, .seed = 3}, data,
                              {.path = path, .steps_per_observation = steps_per_observation});
      const metrics seen =
          testing::train_epoch(*gpu, testing::epoch_order(data, 1), [](const auto&) {});
      return std::tuple(gpu->export_state().parameters, gpu->export_state().optimizer_slots,
                        seen.loss, seen.accuracy, gpu->evaluate().loss);
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
    const auto straight = on_gpu(network_of("tanh", 0.2), options, data, {.path = path});
    testing::train_epoch(*straight, testing::epoch_order(data, 1));
    const auto left = on_gpu(network_of("tanh", 0.2), options, data, each_step);
    pass_progress progress;
    CHECK_THROWS_AS(left->train_epoch(testing::epoch_order(data, 1), progress,
                                      [](const pass_progress& so_far) {
                                        if (so_far.rows == 96) throw std::runtime_error("left");
                                      }),
                    std::runtime_error);
    CHECK(progress.rows == 96);
    const auto later = on_gpu(network_of("tanh", 0.2), options, data, each_step);
    later->import_state(left->export_state());
    later->train_epoch(testing::epoch_order(data, 1), progress);
    CHECK(later->export_state().parameters == straight->export_state().parameters);
    CHECK(later->export_state().optimizer_slots == straight->export_state().optimizer_slots);
  }
}

TEST_CASE("the GPU's accuracies over ten seeds are the CPU's", "[gpu][long]") {
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
    const auto gpu = on_gpu(model, options, data);
    const auto expected = train(cpu).history.back().validation;
    const auto found = train(*gpu).history.back().validation;
    difference += (found->accuracy - expected->accuracy) / 10;
  }
  CHECK(std::abs(difference) < 0.005);
}

TEST_CASE("asking for a GPU that is not there says what is missing") {
  const dataset data = small_data();
  const std::string message = testing::message_of<configuration_error>(
      [&] { (void)on_gpu(network_of("relu", 0), {}, data, {.device = 4096}); });
  CHECK(message.starts_with("cuda: "));
  CHECK(message.size() > std::string("cuda: ").size());
}
