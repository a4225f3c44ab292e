// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Random networks on the emulated GPU and on the CPU, both held to a network in double precision:
// the GPU may be no farther from it than rounding takes the CPU. SWEEPNET_FUZZ sets how many,
// SWEEPNET_FUZZ_SEED where they begin.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <vector>

#include "backend/epoch.hpp"
#include "emulated/device.hpp"
#include "gpu/on_gpu.hpp"
#include "random_network.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/format.hpp"

using namespace sweepnet;

TEST_CASE("random networks on the GPU are as near to exact ones as on the CPU") {
  emulated::how().both_orders = false;
  const int count = testing::number_of("SWEEPNET_FUZZ", 60);
  const auto first = static_cast<std::uint64_t>(testing::number_of("SWEEPNET_FUZZ_SEED", 1));
  double worst_step = 0;
  double worst_epoch = 0;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(count); ++seed) {
    const testing::random_network s = testing::draw_network(seed);
    const auto order = testing::epoch_order(s.data, 1);
    const auto one_batch = std::vector<std::uint32_t>(
        order.begin(), order.begin() + std::min(std::ssize(order), s.options.batch_size));
    constexpr double rate = 0.3;
    const std::vector<float> initial = initial_parameters(s.model, s.options.seed);
    const auto descend = [](std::vector<double>& w, const std::vector<double>& g) {
      for (std::size_t i = 0; i < w.size(); ++i) w[i] -= rate * g[i];
    };
    testing::exact_training step(s, descend);
    step.train(one_batch);
    testing::exact_training epoch(s, descend);
    epoch.train(order);
    // With momentum, at a rate of 1, the first step leaves the gradient in the slot.
    training_options revealing = s.options;
    revealing.optimizer = {.rule = rules::sgd{.momentum = 0.5}, .learning_rate = 1.0};
    training_options plain = s.options;
    plain.optimizer = {.rule = rules::sgd{}, .learning_rate = rate};

    const auto error_of_step = [&](executor& e) {
      testing::train_epoch(e, one_batch);
      const executor_state state = e.export_state();
      std::vector<double> gradient;
      for (const float v : state.optimizer_slots.front()) gradient.push_back(-v);
      return testing::relative_l2(gradient, step.gradients);
    };
    const auto error_of_epoch = [&](executor& e) {
      testing::train_epoch(e, order);
      const std::vector<float> trained = e.parameters();
      std::vector<double> found;
      std::vector<double> exact;
      for (std::size_t i = 0; i < initial.size(); ++i) {  // how far each weight moved
        found.push_back(static_cast<double>(trained[i]) - static_cast<double>(initial[i]));
        exact.push_back(epoch.weights[i] - static_cast<double>(initial[i]));
      }
      return testing::relative_l2(found, exact);
    };
    cpu_executor cpu_step(s.model, revealing, s.data, {.threads = 1});
    cpu_executor cpu_epoch(s.model, plain, s.data, {.threads = 1});
    const double cpu_in_step = error_of_step(cpu_step);
    const double cpu_in_epoch = error_of_epoch(cpu_epoch);
    const bool diverges = !std::isfinite(cpu_in_epoch);
    for (const auto path : {cuda::training_path::fused, cuda::training_path::plain}) {
      const auto gpu_step = testing::on_gpu(s.model, revealing, s.data, {.path = path});
      const auto gpu_epoch = testing::on_gpu(s.model, plain, s.data, {.path = path});
      const double in_step = error_of_step(*gpu_step) / std::max(cpu_in_step, 2e-7);
      const double in_epoch = error_of_epoch(*gpu_epoch) / std::max(cpu_in_epoch, 1e-6);
      INFO("SWEEPNET_FUZZ_SEED=" << seed << " SWEEPNET_FUZZ=1: " << s.text << "; the CPU's errors: "
                                 << cpu_in_step << " in a step's gradient, " << cpu_in_epoch
                                 << " in how far an epoch moves");
      CHECK(in_step < 8);
      CHECK((in_epoch < 8 || (diverges && !std::isfinite(in_epoch))));
      worst_step = std::max(worst_step, in_step);
      if (!diverges) worst_epoch = std::max(worst_epoch, in_epoch);
    }
  }
  std::cout << fmt::format(
      "{} networks from seed {}: at worst {:.1f} times the CPU's error in a step, {:.1f} in an "
      "epoch\n",
      count, first, worst_step, worst_epoch);
  emulated::how().both_orders = true;
}
