// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cuda/fused_step.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "../epoch.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/backend/cuda/block.hpp"

using namespace sweepnet;

namespace {

/// The fused path's kernels over the host's memory, block by block.
class host_executor {
 public:
  host_executor(const model_spec& model, const training_options& options, const dataset& data,
                std::size_t shared_bytes, cuda::thread_order order = cuda::thread_order::ascending)
      : options_(options),
        thread_order_(order),
        parameters(initial_parameters(model, options.seed)),
        order_(static_cast<std::size_t>(data.train.rows())),
        steps_(order_.size()) {
    for (const float value : initial_slot_values(options.optimizer)) {
      slots.insert(slots.end(), parameters.size(), value);
    }
    const std::span bytes = data.train.features.as<std::uint8_t>();
    const std::span reals = data.train.features.as<float>();
    const cuda::training_memory memory{.cursor = &cursor_,
                                       .steps = steps_.data(),
                                       .order = order_.data(),
                                       .features = {.bytes = bytes.data(),
                                                    .reals = reals.data(),
                                                    .scale = data.train.scale,
                                                    .width = data.train.width},
                                       .labels = data.train.labels.data(),
                                       .parameters = parameters.data(),
                                       .slots = slots.data()};
    batch_ = std::min(options.batch_size, data.train.rows());
    plan_ = cuda::plan_fused_step(model, options, batch_, shared_bytes);
    if (!plan_) return;
    // What the kernels hand on begins as garbage: whoever reads what nobody wrote is found out.
    const float garbage = std::numeric_limits<float>::quiet_NaN();
    for (auto& values : handed_on_) values.assign(plan_->activations(), garbage);
    scores_.resize(static_cast<std::size_t>(batch_), {.loss = garbage});
    step_ = cuda::make_fused_step(*plan_, model, options, memory,
                                  {.weighted = handed_on_[0].data(),
                                   .output = handed_on_[1].data(),
                                   .delta = handed_on_[2].data(),
                                   .scores = scores_.data()});
  }
  host_executor(const host_executor&) = delete;  // the kernels hold addresses of its members
  host_executor& operator=(const host_executor&) = delete;

  [[nodiscard]] bool planned() const { return plan_.has_value(); }

  metrics train_epoch(const std::vector<std::uint32_t>& order) {
    std::ranges::copy(order, order_.begin());
    const std::int64_t rows = std::ssize(order);
    const std::int64_t steps = cuda::parts_of(rows, batch_);
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::uint64_t before = done_ + static_cast<std::uint64_t>(i);
      steps_[static_cast<std::size_t>(i)] =
          step_of(options_.optimizer, before + 1, options_.optimizer.rate_at(before), cache_);
    }
    cursor_ = {.pending = {.step = done_, .first = 0, .total = rows, .entry = 0}, .current = {}};
    for (std::int64_t i = 0; i < steps; ++i) {
      run(step_->first);
      run(step_->tail);
      run(step_->update);
    }
    done_ = cursor_.pending.step;
    return pass_progress{.rows = cursor_.pending.first,
                         .sums = {.loss = cursor_.loss, .correct = cursor_.correct}}
        .mean();
  }

 private:
  template <class Kernel> void run(const Kernel& kernel) {
    cuda::run_on_host(kernel, kernel.shape(), thread_order_);
  }

  training_options options_;
  cuda::thread_order thread_order_;

 public:
  std::vector<float> parameters;
  std::vector<float> slots;

 private:
  std::vector<std::uint32_t> order_;
  std::vector<optimizer_step> steps_;
  std::optional<cuda::fused_plan> plan_;
  std::optional<cuda::fused_step> step_;
  step_cache cache_;
  std::int64_t batch_ = 0;
  cuda::step_cursor cursor_;
  std::uint64_t done_ = 0;
  std::vector<float> handed_on_[3];
  std::vector<cuda::block_score> scores_;
};

constexpr std::size_t hopper_shared_bytes = 227 * 1024;

model_spec network_of(std::int64_t inputs, const std::vector<std::int64_t>& widths,
                      std::int64_t classes, double rate,
                      const activation& activate = {activations::tanh{}}) {
  model_spec model{.inputs = inputs, .layers = {}};
  for (const std::int64_t width : widths) {
    model.layers.emplace_back(dense{.units = width, .activate = activate});
    if (rate > 0) model.layers.emplace_back(dropout{rate});
  }
  model.layers.emplace_back(dense{.units = classes, .activate = {activations::softmax{}}});
  return model;
}

activation named(std::string_view name) {
  activation result;
  REQUIRE(choose(result, name));
  return result;
}

/// Trains both for some epochs and compares metrics, every weight, and how far it moved.
void check_against_cpu(const model_spec& model, const training_options& options,
                       const dataset& data, std::uint32_t epochs = 1) {
  cpu_executor expected(model, options, data, {.threads = 1});
  host_executor fused(model, options, data, hopper_shared_bytes);
  host_executor reversed(model, options, data, hopper_shared_bytes, cuda::thread_order::descending);
  REQUIRE(fused.planned());
  for (std::uint32_t epoch = 1; epoch <= epochs; ++epoch) {
    const auto order =
        shuffled_order(options.seed, epoch, static_cast<std::uint32_t>(data.train.rows()));
    const metrics cpu = testing::train_epoch(expected, order);
    const metrics gpu = fused.train_epoch(order);
    CHECK(std::abs(gpu.loss - cpu.loss) <= 1e-4 * std::abs(cpu.loss));
    CHECK(std::abs(gpu.accuracy - cpu.accuracy) * static_cast<double>(data.train.rows()) <= 1.5);
    reversed.train_epoch(order);
  }
  const std::vector<float> initial = initial_parameters(model, options.seed);
  const std::vector<float> trained = expected.parameters();
  CHECK(testing::relative_l2(fused.parameters, trained) < 2e-4);
  CHECK(testing::relative_l2(testing::moves(fused.parameters, initial),
                             testing::moves(trained, initial)) < 2e-3);
  // The threads of a phase in another order: the same bits, or a barrier is missing.
  CHECK(fused.parameters == reversed.parameters);
  CHECK(fused.slots == reversed.slots);
}

}  // namespace

TEST_CASE("the fused kernels train as the CPU does: shapes, partial batches, odd widths") {
  struct shape {
    std::int64_t rows, inputs, batch;
    std::vector<std::int64_t> widths;
    std::int64_t classes;
  };
  const auto s = GENERATE(
      shape{200, 20, 32, {24, 10}, 4}, shape{50, 7, 16, {33, 17, 5}, 3}, shape{37, 5, 37, {1}, 2},
      shape{9, 3, 1, {2, 3}, 2}, shape{130, 65, 128, {130, 30, 50, 70}, 10},
      shape{70, 31, 64, {5, 4, 3, 4, 5, 6, 7, 8, 9}, 3}, shape{20, 40, 8, {1024, 1}, 3},
      shape{12, 10, 5, {16, 1024}, 2}, shape{1030, 6, 1024, {8}, 4}, shape{40, 33, 33, {31}, 31},
      shape{140, 272, 140, {20, 6}, 4}, shape{20, 160, 6, {32}, 5});
  INFO(s.rows << " rows of " << s.inputs << ", batch " << s.batch << ", " << s.widths.size()
              << " layers, the first of " << s.widths.front());
  const dataset data = testing::random_dataset(s.rows, s.inputs, s.classes);
  const training_options options{
      .batch_size = s.batch,
      .seed = 3,
      .optimizer = {.rule = rules::sgd{}, .learning_rate = 0.1}};  // which shows a gradient's scale
  check_against_cpu(network_of(s.inputs, s.widths, s.classes, 0.25), options, data);
}

TEST_CASE("sampled shapes: widths and batches from 1 to 1024, up to 8 hidden layers") {
  const std::uint32_t sample = GENERATE(range(0U, 12U));
  std::uint32_t drawn = 0;
  const auto draw = [&](std::int64_t low, std::int64_t high) {  // small values as often as large
    const auto bits = random_at(41, random_stream::initialisation, sample, 0, drawn++);
    const double reach = std::log(static_cast<double>(high) / static_cast<double>(low));
    const double value = static_cast<double>(low) * std::exp(unit_interval(bits.word[0]) * reach);
    return std::min(high, static_cast<std::int64_t>(value + 0.5));
  };
  const std::int64_t classes = draw(2, 12);
  const std::int64_t inputs = classes + draw(1, 60);
  const std::int64_t batch = draw(1, 1024);
  const std::int64_t rows = batch + draw(1, 8);
  std::vector<std::int64_t> widths{draw(1, 1024)};
  for (std::int64_t hidden = draw(1, 9); hidden > 1; --hidden) widths.push_back(draw(1, 100));
  INFO("sample " << sample << ": " << rows << " rows of " << inputs << ", batch " << batch << ", "
                 << widths.size() << " layers, the first of " << widths.front());
  // Plain descent: a network so deep and narrow has gradients near 0, which Adam would blow up.
  const training_options options{
      .batch_size = batch, .seed = sample, .optimizer = {.rule = rules::sgd{.momentum = 0.5}}};
  check_against_cpu(network_of(inputs, widths, classes, 0.1), options,
                    testing::random_dataset(rows, inputs, classes));
}

TEST_CASE("the fused kernels know every elementwise activation") {
  for (const std::string_view name : alternative_names<activation>()) {
    const activation activate = named(name);
    if (!activate.is_elementwise()) continue;
    INFO(name);
    const training_options options{
        .batch_size = 16, .seed = 1, .optimizer = {.rule = rules::sgd{}}};
    check_against_cpu(network_of(9, {12, 8}, 3, 0.2, activate), options,
                      testing::random_dataset(40, 9, 3));
  }
}

TEST_CASE("the fused kernels know every optimizer, its options and a schedule") {
  std::vector<optimizer> optimizers;
  for_each_alternative<optimizer_rule>(
      [&](const auto& rule) { optimizers.push_back({.rule = rule}); });
  optimizers.push_back({.rule = rules::adam{.amsgrad = true}});
  optimizers.push_back({.rule = rules::rmsprop{.momentum = 0.5}});
  optimizers.push_back({.rule = rules::rmsprop{.momentum = 0.5, .centered = true}});
  optimizers.push_back({.rule = rules::sgd{.momentum = 0.9, .nesterov = true}});
  optimizers.push_back(
      {.rule = rules::sgd{},
       .learning_rate = schedules::exponential_decay{.decay_steps = 2, .decay_rate = 0.5},
       .weight_decay = 0.1});
  for (const optimizer& each : optimizers) {
    INFO(each.name());
    const training_options options{.batch_size = 16, .seed = 1, .optimizer = each};
    check_against_cpu(network_of(9, {12, 8}, 3, 0.2), options, testing::random_dataset(40, 9, 3),
                      2);
  }
}

TEST_CASE("outputs other than softmax, label smoothing and the clipped loss, fused") {
  const std::string output = GENERATE("softmax", "sigmoid", "softplus");
  const loss_path path = GENERATE(loss_path::logits, loss_path::probabilities);
  INFO(output);
  model_spec model = network_of(9, {12, 8}, 3, 0);
  std::get<dense>(model.layers.back()).activate = named(output);
  const training_options options{
      .batch_size = 16,
      .seed = 1,
      .optimizer = {.rule = rules::sgd{}},
      .loss = categorical_crossentropy{.path = path, .label_smoothing = 0.1}};
  check_against_cpu(model, options, testing::random_dataset(40, 9, 3));
}

TEST_CASE("features may be reals") {
  const std::int64_t inputs = GENERATE(9, 140);
  dataset data = testing::random_dataset(40, inputs, 3);
  std::vector<float> reals;
  for (const std::uint8_t byte : data.train.features.as<std::uint8_t>()) {
    reals.push_back(static_cast<float>(byte) / 255);
  }
  data.train.features = reals;
  data.train.scale = 0.5;
  check_against_cpu(network_of(inputs, {12, 8}, 3, 0.2),
                    {.batch_size = 16, .seed = 1, .optimizer = {.rule = rules::sgd{}}}, data);
}

TEST_CASE("only networks that the fused kernels can run are planned for them") {
  const dataset data = testing::random_dataset(40, 9, 3);
  const auto planned = [&](const model_spec& model, const training_options& options = {},
                           std::size_t shared = hopper_shared_bytes) {
    return host_executor(model, options, data, shared).planned();
  };
  const model_spec good = network_of(9, {12, 8}, 3, 0.2);
  CHECK(planned(good));
  CHECK_FALSE(planned(network_of(9, {}, 3, 0)));
  CHECK_FALSE(planned(network_of(9, std::vector<std::int64_t>(10, 4), 3, 0)));
  CHECK_FALSE(planned(network_of(9, {12, 8}, 3, 0, {activations::softmax{}})));
  CHECK_FALSE(planned(good, {.optimizer = {.clipnorm = 1}}));
  CHECK_FALSE(planned(good, {.optimizer = {.clipvalue = 1}}));
  model_spec penalized = good;
  std::get<dense>(penalized.layers.front()).l2 = 0.1;
  CHECK_FALSE(planned(penalized));
  model_spec dropped_first = good;
  dropped_first.layers.insert(dropped_first.layers.begin(), dropout{0.1});
  CHECK_FALSE(planned(dropped_first));
  model_spec dropped_twice = good;
  dropped_twice.layers.insert(dropped_twice.layers.begin() + 1, dropout{0.1});
  CHECK_FALSE(planned(dropped_twice));
  // z, y and dL/dz of 12 + 8 + 4 units, and 9 parts of each of 12 dot products
  CHECK(planned(good, {}, 4 * (3 * 24 + 9 * 12)));
  CHECK_FALSE(planned(good, {}, 4 * (3 * 24 + 9 * 12) - 1));
}
