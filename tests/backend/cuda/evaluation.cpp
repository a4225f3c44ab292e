// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cuda/kernels/evaluation.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cuda/block.hpp"
#include "sweepnet/network/parameters.hpp"

using namespace sweepnet;

namespace {

constexpr float unwritten = std::numeric_limits<float>::quiet_NaN();

/// What the kernel leaves in `memory`, the same in both orders of its threads.
template <class Kernel, class Memory>
Memory left_by(const Kernel& kernel, Memory& memory, const Memory& before) {
  memory = before;
  cuda::run_on_host(kernel, kernel.shape(), cuda::thread_order::descending);
  const Memory descending = memory;
  memory = before;
  cuda::run_on_host(kernel, kernel.shape());
  for (std::size_t i = 0; i < memory.size(); ++i) {
    CHECK((memory[i] == descending[i] || (std::isnan(memory[i]) && std::isnan(descending[i]))));
  }
  return memory;
}

}  // namespace

TEST_CASE("a layer is evaluated on the pass's rows: the data's, or the batch's") {
  const auto [inputs, units] = GENERATE(std::pair<std::int64_t, std::int64_t>{13, 5},
                                        std::pair<std::int64_t, std::int64_t>{48, 70},
                                        std::pair<std::int64_t, std::int64_t>{1, 33});
  const bool of_data = GENERATE(true, false);
  const bool of_bytes = GENERATE(true, false);
  INFO(inputs << " x " << units);
  const std::int64_t batch = 100;
  const std::int64_t first = 70;
  const std::int64_t rows = 77;
  const labelled_rows data =
      testing::random_rows(static_cast<int>(first + rows), static_cast<int>(inputs), 1, 3);
  const std::span<const std::uint8_t> bytes = data.features.as<std::uint8_t>();
  const std::vector<float> reals(bytes.begin(), bytes.end());
  const model_spec model{.inputs = inputs, .layers = {dense{.units = units}}};
  std::vector<float> parameters = initial_parameters(model, 1);
  const std::int64_t bias = parameter_layout(model).weights.front().bias;
  for (std::int64_t j = 0; j < units; ++j) {
    parameters[static_cast<std::size_t>(bias + j)] = 0.1F * static_cast<float>(j);
  }
  const cuda::step_cursor cursor{.pending = {.step = 3, .first = first, .total = first + rows},
                                 .current = {}};
  std::vector<float> z(static_cast<std::size_t>(batch * units));
  std::vector<float> y(z.size(), unwritten);
  const cuda::evaluated_layer_kernel kernel{.cursor = &cursor,
                                            .x = {.bytes = of_bytes ? bytes.data() : nullptr,
                                                  .reals = of_bytes ? nullptr : reals.data(),
                                                  .scale = 0.01,
                                                  .width = inputs},
                                            .x_is_data = of_data,
                                            .batch = batch,
                                            .units = units,
                                            .kernel = parameters.data(),
                                            .bias = parameters.data() + bias,
                                            .activate = cuda::argument_of({activations::tanh{}}),
                                            .weighted = z.data(),
                                            .output = y.data()};
  (void)left_by(kernel, z, std::vector<float>(z.size(), unwritten));
  for (std::int64_t r = 0; r < batch; ++r) {
    for (std::int64_t j = 0; j < units; ++j) {
      const auto at = static_cast<std::size_t>(r * units + j);
      if (r >= rows) {
        CHECK((std::isnan(z[at]) && std::isnan(y[at])));
        continue;
      }
      double sum = static_cast<double>(parameters[static_cast<std::size_t>(bias + j)]);
      for (std::int64_t k = 0; k < inputs; ++k) {
        const auto from = static_cast<std::size_t>((of_data ? first + r : r) * inputs + k);
        sum += 0.01 * static_cast<double>(reals[from]) *
               static_cast<double>(parameters[static_cast<std::size_t>(k * units + j)]);
      }
      CHECK(std::abs(static_cast<double>(z[at]) - sum) < 1e-5 * (1 + std::abs(sum)));
      CHECK(std::abs(y[at] - std::tanh(z[at])) < 1e-6F);
    }
  }
}

TEST_CASE("outputs that need whole rows are made of the pass's rows alone") {
  const std::int64_t batch = 150;
  const std::int64_t rows = 131;
  std::vector<float> z(static_cast<std::size_t>(batch * 3), unwritten);
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows * 3); ++i) {
    z[i] = 0.01F * static_cast<float>(i % 100);
  }
  const cuda::step_cursor cursor{.pending = {.first = 5, .total = 5 + rows}, .current = {}};
  std::vector<float> y(z.size());
  const cuda::whole_row_kernel kernel{
      &cursor, cuda::argument_of({activations::softmax{}}), batch, 3, z.data(), y.data()};
  (void)left_by(kernel, y, std::vector<float>(y.size(), unwritten));
  for (std::size_t r = 0; r < static_cast<std::size_t>(batch); ++r) {
    std::vector<float> expected(3, unwritten);
    if (r < static_cast<std::size_t>(rows)) {
      activations::softmax{}.forward(z.data() + 3 * r, expected.data(), 3);
      for (std::size_t j = 0; j < 3; ++j) CHECK(y[3 * r + j] == expected[j]);
    } else {
      for (std::size_t j = 0; j < 3; ++j) CHECK(std::isnan(y[3 * r + j]));
    }
  }
}

TEST_CASE("a batch's scores are added to those before, and the cursor moves on") {
  std::vector<float> losses(1000, 0.5F);
  std::vector<std::int32_t> right(1000, 1);
  for (std::size_t r = 900; r < 1000; ++r) {
    losses[r] = unwritten;  // beyond the pass's rows
    right[r] = 7;
  }
  const cuda::step_cursor before{.pending = {},
                                 .current = {.step = 4, .first = 4096, .total = 4996, .entry = 4},
                                 .loss = 2,
                                 .correct = 3};
  for (const auto order : {cuda::thread_order::ascending, cuda::thread_order::descending}) {
    cuda::step_cursor cursor = before;
    const cuda::total_kernel add{&cursor, 1000, losses.data(), right.data()};
    cuda::run_on_host(add, add.shape(), order);
    CHECK(cursor.loss == 452.0);
    CHECK(cursor.correct == 903);
    CHECK(cursor.pending.first == 4996);
    CHECK(cursor.pending.step == 5);
  }
}
