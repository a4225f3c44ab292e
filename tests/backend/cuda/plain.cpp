// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cuda/kernels/plain.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "reference/network.hpp"
#include "reference/optimizer.hpp"
#include "support.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/network/parameters.hpp"

using namespace sweepnet;

namespace {

constexpr float garbage = std::numeric_limits<float>::quiet_NaN();

/// Runs the kernel with its threads in both orders; `reset` comes before each run, and `result`
/// must be the same after both.
template <class Kernel, class Reset, class Result>
auto run_both_ways(const Kernel& kernel, const Reset& reset, const Result& result) {
  reset();
  cuda::run_on_host(kernel, kernel.shape(), cuda::thread_order::descending);
  const auto descending = result();
  reset();
  cuda::run_on_host(kernel, kernel.shape());
  CHECK(descending == result());
  return result();
}

std::vector<float> random_floats(std::size_t count, std::uint32_t draw) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits =
        random_at(7, random_stream::initialisation, draw, 0, static_cast<std::uint32_t>(i));
    values[i] = static_cast<float>(2 * unit_interval(bits.word[0]) - 1);
  }
  return values;
}

}  // namespace

TEST_CASE("gathered rows are the step's, and 0 beyond them") {
  const dataset data = testing::random_dataset(40, 13, 3);
  const auto order = shuffled_order(1, 1, 40);
  cuda::step_cursor cursor{.pending = {.step = 2, .first = 32, .total = 40, .entry = 2},
                           .current = {}};
  const std::int64_t batch = 16;
  std::vector<float> x;
  const cuda::feature_rows features{.bytes = data.train.features.as<std::uint8_t>().data(),
                                    .scale = data.train.scale,
                                    .width = 13};
  x.assign(static_cast<std::size_t>(batch * 13), garbage);
  const cuda::gather_kernel kernel{{&cursor, order.data(), batch}, features, batch, x.data()};
  cuda::run_on_host(kernel, kernel.shape());
  for (std::int64_t r = 0; r < batch; ++r) {
    std::vector<float> row(13, 0.0F);
    if (r < 8) data.train.copy_row(order[static_cast<std::size_t>(32 + r)], row.data());
    CHECK(std::equal(row.begin(), row.end(), x.begin() + r * 13));
  }
}

TEST_CASE("dropout masks are the CPU's, bit for bit") {
  const double rate = GENERATE(0.2, 0.5, 0.9);
  const std::int64_t rows = 11;
  const std::int64_t width = 13;
  const std::vector<float> x = random_floats(rows * width, 1);
  const cuda::dropout_mask mask = cuda::mask_of(rate, 0, 99);
  const cuda::step_cursor cursor{.pending = {.step = 5}, .current = {.step = 6}};
  std::vector<float> y(x.size(), garbage);
  const cuda::dropout_kernel kernel{&cursor, false, mask, rows * width, x.data(), y.data()};
  cuda::run_on_host(kernel, kernel.shape());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto block =
        random_at(99, random_stream::dropout, 0, 5, static_cast<std::uint32_t>(i / dropout_lanes));
    const bool kept = is_kept(block, i % dropout_lanes, keep_threshold(rate));
    CHECK(y[i] == (kept ? x[i] * static_cast<float>(1 / (1 - rate)) : 0.0F));
  }
}

TEST_CASE("rows are scored as on the CPU, and count for nothing beyond the step's") {
  const loss_path path = GENERATE(loss_path::logits, loss_path::probabilities);
  const std::int64_t classes = GENERATE(1, 3, 200);
  const std::int64_t batch = 150;
  const std::int64_t rows = 131;
  const categorical_crossentropy loss{.path = path, .label_smoothing = 0.1};
  const model_spec model{.inputs = 4,
                         .layers = {dense{.units = classes, .activate = {activations::softmax{}}}}};
  std::vector<float> parameters = initial_parameters(model, 1);
  const std::vector<float> x = random_floats(static_cast<std::size_t>(rows * 4), 2);
  std::vector<std::int32_t> labels;
  for (std::int64_t r = 0; r < rows; ++r) labels.push_back(static_cast<std::int32_t>(r % classes));
  testing::reference_network<float> network(model, loss, rows);
  const auto p = network.forward(x.data(), rows, parameters.data());
  const auto expected = network.score(labels.data());

  std::vector<float> z(static_cast<std::size_t>(rows * classes));
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t j = 0; j < classes; ++j) {
      float sum = 0;
      for (std::int64_t k = 0; k < 4; ++k) {
        sum += x[static_cast<std::size_t>(r * 4 + k)] *
               parameters[static_cast<std::size_t>(k * classes + j)];
      }
      z[static_cast<std::size_t>(r * classes + j)] = sum;
    }
  }
  std::vector<std::uint32_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), 0U);
  cuda::step_cursor cursor{.pending = {.step = 0, .first = 0, .total = rows, .entry = 0},
                           .current = {}};
  std::vector<float> delta(static_cast<std::size_t>(batch * classes), garbage);
  std::vector<float> losses(static_cast<std::size_t>(batch), garbage);
  std::vector<std::int32_t> right(static_cast<std::size_t>(batch), -1);
  const cuda::score_kernel kernel{{&cursor, order.data(), batch},
                                  labels.data(),
                                  batch,
                                  {loss, {activations::softmax{}}, classes},
                                  z.data(),
                                  p.data(),
                                  delta.data(),
                                  losses.data(),
                                  right.data()};
  cuda::run_on_host(kernel, kernel.shape());
  CHECK(cursor.current.total == rows);
  double sum = 0;
  std::int64_t correct = 0;
  for (std::size_t r = 0; r < losses.size(); ++r) {
    sum += static_cast<double>(losses[r]);
    correct += right[r];
  }
  CHECK(std::abs(sum - expected.loss) <= 1e-5 * std::abs(expected.loss) + 1e-6);
  CHECK(correct == expected.correct);
  for (std::size_t i = static_cast<std::size_t>(rows * classes); i < delta.size(); ++i) {
    CHECK(delta[i] == 0.0F);
  }
}

TEST_CASE("gradients are penalised, clipped and applied as on the CPU") {
  const model_spec model{.inputs = 37,
                         .layers = {dense{.units = 29, .l1 = 0.01, .l2 = 0.02},
                                    dense{.units = 3, .activate = {activations::softmax{}}}}};
  const parameter_layout layout(model);
  const auto size = static_cast<std::size_t>(layout.size);
  const bool per_tensor = GENERATE(true, false);
  const double limit = GENERATE(0.5, 1000.0);
  optimizer o{.rule = rules::rmsprop{.momentum = 0.5}, .weight_decay = 0.01};
  (per_tensor ? o.clipnorm : o.global_clipnorm) = limit;

  std::vector<float> weights = random_floats(size, 3);
  const std::vector<float> raw = random_floats(size, 4);
  std::vector<float> gradients;
  std::vector<cuda::penalized_kernel> penalized{
      {{layout.weights[0].kernel, layout.weights[0].bias}, {0.01, 0.02}}};
  std::vector<double> penalties(1);
  const cuda::penalty_kernel penalty{penalized.data(), 1, weights.data(), nullptr,
                                     penalties.data()};
  auto with_gradients = penalty;
  gradients = raw;
  with_gradients.gradients = gradients.data();
  run_both_ways(
      with_gradients, [&] { std::ranges::copy(raw, gradients.begin()); },
      [&] { return std::pair(penalties, gradients); });

  testing::reference_network<float> network(model, {}, 1);
  CHECK(std::abs(penalties[0] - network.penalty(weights.data())) < 1e-9 * penalties[0]);
  std::vector<float> expected = raw;
  for (std::int64_t i = 0; i < layout.weights[0].kernel_size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    const float w = weights[k];
    expected[k] += 0.01F * static_cast<float>((w > 0) - (w < 0)) + 0.04F * w;
  }
  CHECK(testing::relative_l2(gradients, expected) < 1e-7);

  const std::vector<tensor_range> tensors = tensors_of(layout);
  const std::vector<tensor_range> clipped =
      per_tensor ? tensors : std::vector<tensor_range>{{.begin = 0, .end = layout.size}};
  std::vector<float> factors(clipped.size(), garbage);
  const cuda::clip_norm_kernel clip{clipped.data(), std::ssize(clipped), gradients.data(), limit,
                                    factors.data()};
  run_both_ways(
      clip, [] {}, [&] { return factors; });

  // One step on 5 of a batch of 8 rows.
  std::vector<float> cpu_weights = weights;
  auto cpu_slots = initial_slots(o, layout.size);
  step_cache cache;
  clip_norms(o, expected, tensors);
  testing::reference_update(o, 1, o.rate_at(0), cache, cpu_weights, expected, cpu_slots);
  const std::vector<float> losses{1, 2, 3, 4, 5, garbage, garbage, garbage};
  const std::vector<std::int32_t> right{1, 0, 1, 1, 0, 99, 99, 99};
  const optimizer_step step = step_of(o, 1, o.rate_at(0), cache);
  cuda::step_cursor cursor{.pending = {},
                           .current = {.step = 0, .first = 16, .total = 21, .entry = 0},
                           .loss = 100,
                           .correct = 10};
  std::vector<float> slots(2 * size, 0.0F);
  const cuda::update_kernel update{.cursor = &cursor,
                                   .steps = &step,
                                   .batch = 8,
                                   .gradients = gradients.data(),
                                   .parts = clipped.data(),
                                   .part_count = std::ssize(clipped),
                                   .factors = factors.data(),
                                   .clip_value = std::numeric_limits<float>::infinity(),
                                   .update = {.rule = cuda::argument_of(o.rule),
                                              .weights = weights.data(),
                                              .slots = slots.data(),
                                              .size = layout.size},
                                   .losses = losses.data(),
                                   .right = right.data(),
                                   .penalties = penalties.data(),
                                   .penalty_count = 1};
  cuda::run_on_host(update, update.shape());
  CHECK(testing::relative_l2(gradients, expected) < 1e-6);
  CHECK(testing::relative_l2(weights, cpu_weights) < 1e-6);
  CHECK(cursor.correct == 13);
  CHECK(std::abs(cursor.loss - (100 + 15 + 5 * penalties[0])) < 1e-9);
  CHECK(cursor.pending.step == 1);
  CHECK(cursor.pending.first == 21);
}

TEST_CASE("columns are summed over their rows") {
  const std::vector<float> delta = random_floats(7 * 300, 5);
  std::vector<float> sums(300, garbage);
  const cuda::column_sum_kernel columns{7, 300, delta.data(), sums.data()};
  cuda::run_on_host(columns, columns.shape());
  for (std::size_t j = 0; j < 300; ++j) {
    float sum = 0;
    for (std::size_t r = 0; r < 7; ++r) sum += delta[r * 300 + j];
    CHECK(sums[j] == sum);
  }
}
