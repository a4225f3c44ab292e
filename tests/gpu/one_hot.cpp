// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Rows with one-hot columns, which the GPU gets multiplied out.

#include "one_hot_data.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "backend/epoch.hpp"
#include "on_gpu.hpp"
#include "support.hpp"
#include "sweepnet/core/error.hpp"

using namespace sweepnet;

TEST_CASE("one-hot rows train on the GPU to the bits of the same rows multiplied out", "[gpu]") {
  if (!testing::has_gpu(
          "one-hot rows train on the GPU to the bits of the same rows multiplied out"))
    return;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const testing::one_hot_case s = testing::draw_one_hot_case(seed);
    const dataset dense = testing::multiplied_out(s.data);
    for (const auto path : {cuda::training_path::fused, cuda::training_path::plain}) {
      INFO("seed " << seed << ": " << s.text
                   << (path == cuda::training_path::plain ? ", plain" : ", fused"));
      const auto train = [&](const dataset& data) {
        const auto executor = testing::on_gpu(s.model, s.options, data, {.path = path});
        testing::train_epoch(*executor, testing::epoch_order(data, 1));
        const executor_state state = executor->export_state();
        return std::tuple(state.parameters, state.optimizer_slots, executor->evaluate().loss);
      };
      CHECK(train(s.data) == train(dense));
    }
  }
}

TEST_CASE("one-hot rows that have no room on the GPU are refused", "[gpu]") {
  if (!testing::has_gpu("one-hot rows that have no room on the GPU are refused")) return;
  const dataset data =
      testing::one_hot_dataset({.reals = 2, .groups = {2'000'000'000}, .classes = 3}, 100'000, 1);
  const std::string message =
      testing::message_of<configuration_error>([&] { (void)testing::group_on_gpu(data); });
  CHECK(message.starts_with(
      "100000 rows of 2000000002 features, one-hot columns multiplied out: the GPU has not enough "
      "memory: 800000000800000 bytes were asked for, "));
}
