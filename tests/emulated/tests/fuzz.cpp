// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Random networks on the emulated GPU and on the CPU, both held to a network in double precision:
// the GPU may be no farther from it than rounding takes the CPU. SWEEPNET_FUZZ sets how many,
// SWEEPNET_FUZZ_SEED where they begin.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "backend/epoch.hpp"
#include "emulated/device.hpp"
#include "gpu/on_gpu.hpp"
#include "reference/network.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/format.hpp"

using namespace sweepnet;

namespace {

struct sample {
  model_spec model{};
  training_options options{};
  dataset data{};
  std::string text{};
};

sample draw(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const auto width = [&](double most) {  // small ones as often as large ones
    const double share = static_cast<double>(below(1000)) / 1000;
    return static_cast<std::int64_t>(std::exp(share * std::log(most)) + 0.5);
  };
  const auto names = alternative_names<activation>();
  const auto elementwise = [&] {
    for (;;) {
      activation chosen;
      REQUIRE(choose(chosen, std::string(names[below(names.size())])));
      // Its values, and so all roundings, grow without bound.
      if (chosen.is_elementwise() && !chosen.is<activations::exponential>()) return chosen;
    }
  };
  sample s;
  const std::int64_t inputs = width(70);
  const std::int64_t classes = std::min(inputs, 2 + width(6));
  s.model.inputs = inputs;
  s.text = fmt::format("{}", inputs);
  const std::uint64_t hidden = below(5);
  const bool penalized = below(4) == 0;
  for (std::uint64_t i = 0; i < hidden; ++i) {
    dense layer{.units = width(160), .activate = elementwise()};
    s.text += fmt::format("-{} {}", layer.units, layer.activate.name());
    if (penalized) layer.l2 = 0.01;
    s.model.layers.emplace_back(layer);
    if (below(2) == 0) {
      s.model.layers.emplace_back(dropout{0.3});
      s.text += "*";
    }
  }
  s.model.layers.emplace_back(dense{.units = classes, .activate = {activations::softmax{}}});
  s.text += fmt::format("-{}{}", classes, penalized ? ", l2" : "");
  s.data = testing::random_dataset(20 + width(60), inputs, classes);
  s.options = {.batch_size = width(64), .seed = seed};
  s.text += fmt::format(", {} rows by {}", s.data.train.rows(), s.options.batch_size);
  return s;
}

/// Training by SGD without momentum, in double.
class exact_training {
 public:
  exact_training(const sample& s, double rate)
      : sample_(&s), rate_(rate), network_(s.model, {}, s.options.batch_size) {
    for (const float w : initial_parameters(s.model, s.options.seed)) weights.push_back(w);
  }

  void train(const std::vector<std::uint32_t>& order) {
    const labelled_rows& rows = sample_->data.train;
    const auto width = static_cast<std::size_t>(rows.width);
    for (std::size_t first = 0; first < order.size(); first += batch()) {
      const std::size_t count = std::min(batch(), order.size() - first);
      std::vector<double> x;
      std::vector<std::int32_t> labels;
      std::vector<float> row(width);
      for (std::size_t r = 0; r < count; ++r) {
        rows.copy_row(order[first + r], row.data());
        x.insert(x.end(), row.begin(), row.end());
        labels.push_back(rows.labels[order[first + r]]);
      }
      network_.forward(x.data(), static_cast<std::int64_t>(count), weights.data(),
                       testing::dropout_draw{sample_->options.seed, step_++});
      gradients.resize(weights.size());
      network_.backward(labels.data(), weights.data(), gradients.data());
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] -= rate_ * gradients[i];
    }
  }

  std::vector<double> weights{};
  std::vector<double> gradients{};  ///< of the last step

 private:
  [[nodiscard]] std::size_t batch() const {
    return static_cast<std::size_t>(sample_->options.batch_size);
  }
  const sample* sample_;
  double rate_;
  testing::reference_network<double> network_;
  std::uint32_t step_ = 0;
};

int number(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : otherwise;
}

}  // namespace

TEST_CASE("random networks on the GPU are as near to exact ones as on the CPU") {
  emulated::how().both_orders = false;
  const int count = number("SWEEPNET_FUZZ", 60);
  const auto first = static_cast<std::uint64_t>(number("SWEEPNET_FUZZ_SEED", 1));
  double worst_step = 0;
  double worst_epoch = 0;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(count); ++seed) {
    sample s = draw(seed);
    const auto order = testing::epoch_order(s.data, 1);
    const auto one_batch = std::vector<std::uint32_t>(
        order.begin(), order.begin() + std::min(std::ssize(order), s.options.batch_size));
    constexpr double rate = 0.3;
    const std::vector<float> initial = initial_parameters(s.model, s.options.seed);
    exact_training step(s, rate);
    step.train(one_batch);
    exact_training epoch(s, rate);
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
