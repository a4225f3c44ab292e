// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Optimizers on random networks on the emulated GPU. A rule that divides by small gradients, or
// goes by their signs, makes much of a rounding: so a step's update is compared with the rule's of
// the very gradient that the GPU has, and whole epochs, with those of the CPU, in double precision.
// SWEEPNET_FUZZ sets how many networks, SWEEPNET_FUZZ_SEED where they begin.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "backend/epoch.hpp"
#include "emulated/device.hpp"
#include "gpu/on_gpu.hpp"
#include "random_network.hpp"
#include "reference/optimizer.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/network/clipping.hpp"
#include "sweepnet/network/optimizer_rules.hpp"
#include "sweepnet/network/optimizer_step.hpp"

using namespace sweepnet;

namespace {

const auto both_paths = {cuda::training_path::fused, cuda::training_path::plain};

/// A step's numbers, as they are in single precision, in double precision.
template <class Rule> typename Rule::template step<double> widened(const optimizer_step& step) {
  using single = typename Rule::template step<float>;
  constexpr std::size_t count = sizeof(single) / sizeof(float);
  const auto numbers = std::bit_cast<std::array<float, count>>(step.as<single>());
  std::array<double, count> wide{};
  std::ranges::copy(numbers, wide.begin());
  return std::bit_cast<typename Rule::template step<double>>(wide);
}

/// Updates weights in double precision by a rule that keeps Slots values for each.
template <class Rule, int Slots> class exact_optimizer {
 public:
  exact_optimizer(const optimizer& o, const model_spec& model) : optimizer_(o), layout_(model) {
    for (const std::vector<float>& slot : initial_slots(o, layout_.size)) {
      slots_.emplace_back(slot.begin(), slot.end());
    }
  }

  void operator()(std::vector<double>& w, const std::vector<double>& gradients) {
    std::vector<double> g = gradients;
    if (optimizer_.clipnorm) {
      for (const tensor_range& t : tensors_of(layout_)) {
        const auto part = std::span(g).subspan(static_cast<std::size_t>(t.begin),
                                               static_cast<std::size_t>(t.end - t.begin));
        double squares = 0;
        for (const double x : part) squares += x * x;
        const double factor = std::min(1.0, *optimizer_.clipnorm / std::sqrt(squares));
        for (double& x : part) x *= factor;
      }
    }
    const optimizer_step step = step_of(optimizer_, done_ + 1, optimizer_.rate_at(done_), cache_);
    ++done_;
    const auto slot = [&](std::size_t k) { return k < slots_.size() ? slots_[k].data() : nullptr; };
    apply_step<Slots>(widened<Rule>(step), static_cast<double>(step.decay), w.data(), g.data(),
                      slot(0), slot(1), slot(2), std::ssize(w));
  }

 private:
  optimizer optimizer_;
  parameter_layout layout_;
  step_cache cache_;
  std::vector<std::vector<double>> slots_;
  std::uint64_t done_ = 0;
};

struct ratio {
  double times;  ///< as far from the exact network as the CPU
  std::string of;
};

/// Trains random networks for at least `steps` steps, and tells how far their weights' moves are
/// from exact ones.
template <class Rule, int Slots> void compare(const optimizer& o, std::int64_t steps) {
  const int count = testing::number_of("SWEEPNET_FUZZ", 12);
  const auto first = static_cast<std::uint64_t>(testing::number_of("SWEEPNET_FUZZ_SEED", 1));
  std::vector<ratio> ratios;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(count); ++seed) {
    testing::random_network s = testing::draw_network(seed);
    s.options.optimizer = o;
    const std::vector<float> initial = initial_parameters(s.model, s.options.seed);
    const std::int64_t rows = s.data.train.rows();
    const auto epochs =
        static_cast<std::uint32_t>(1 + (steps - 1) / ((rows - 1) / s.options.batch_size + 1));
    testing::exact_training exact(s, exact_optimizer<Rule, Slots>(o, s.model));
    for (std::uint32_t e = 1; e <= epochs; ++e) exact.train(testing::epoch_order(s.data, e));
    const auto moves = [&](const auto& weights) {
      std::vector<double> all;
      for (std::size_t i = 0; i < initial.size(); ++i) {
        all.push_back(static_cast<double>(weights[i]) - static_cast<double>(initial[i]));
      }
      return all;
    };
    const auto error_of = [&](executor& e) {
      for (std::uint32_t epoch = 1; epoch <= epochs; ++epoch) {
        testing::train_epoch(e, testing::epoch_order(s.data, epoch));
      }
      return testing::relative_l2(moves(e.parameters()), moves(exact.weights));
    };
    cpu_executor cpu(s.model, s.options, s.data, {.threads = 1});
    const double expected = error_of(cpu);
    for (const auto path : both_paths) {
      const auto gpu = testing::on_gpu(s.model, s.options, s.data, {.path = path});
      const double found = error_of(*gpu);
      INFO(o.name() << ", SWEEPNET_FUZZ_SEED=" << seed << ": " << s.text);
      CHECK(std::isfinite(found) == std::isfinite(expected));
      if (!std::isfinite(expected)) continue;
      ratios.push_back(
          {found / std::max(expected, 1e-6),
           fmt::format("{}{}, {:.1e} for {:.1e}", seed,
                       path == cuda::training_path::plain ? " plain" : "", found, expected)});
    }
  }
  REQUIRE(ratios.size() > static_cast<std::size_t>(count));
  std::ranges::sort(ratios, {}, &ratio::times);
  const double median = ratios[ratios.size() / 2].times;
  std::cout << fmt::format(
      "{} at {}, {} networks from seed {}, {} steps: the median {:.2f} times the CPU's error, 9 of "
      "10 below {:.2f}, at worst {:.1f} (seed {})\n",
      o.name(), o.rate_at(0), count, first, steps, median, ratios[ratios.size() * 9 / 10].times,
      ratios.back().times, ratios.back().of);
  CHECK(median < 2);
}

}  // namespace

TEST_CASE("a step's update on the GPU is the optimizer's of the gradient that is there") {
  emulated::how().both_orders = false;
  const int count = testing::number_of("SWEEPNET_FUZZ", 6);
  const auto first = static_cast<std::uint64_t>(testing::number_of("SWEEPNET_FUZZ_SEED", 1));
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(count); ++seed) {
    const testing::random_network s = testing::draw_network(seed);
    const std::vector<float> initial = initial_parameters(s.model, s.options.seed);
    const auto order = testing::epoch_order(s.data, 1);
    const auto one_batch = std::vector<std::uint32_t>(
        order.begin(), order.begin() + std::min(std::ssize(order), s.options.batch_size));
    for (const auto path : both_paths) {
      // With momentum, at a rate of 1, the first step leaves the gradient in the slot.
      training_options options = s.options;
      options.optimizer = {.rule = rules::sgd{.momentum = 0.5}, .learning_rate = 1.0};
      const auto revealing = testing::on_gpu(s.model, options, s.data, {.path = path});
      testing::train_epoch(*revealing, one_batch);
      std::vector<float> gradient = revealing->export_state().optimizer_slots.front();
      for (float& g : gradient) g = -g;

      const auto check = [&](const optimizer& o) {
        INFO(o.name() << (path == cuda::training_path::plain ? ", plain" : "")
                      << ", SWEEPNET_FUZZ_SEED=" << seed << ": " << s.text);
        std::vector<float> weights = initial;
        std::vector<float> g = gradient;
        const parameter_layout layout(s.model);
        clip_norms(o, g, tensors_of(layout));
        auto slots = initial_slots(o, layout.size);
        step_cache cache;
        testing::reference_update(o, 1, o.rate_at(0), cache, weights, g, slots);
        options.optimizer = o;
        const auto gpu = testing::on_gpu(s.model, options, s.data, {.path = path});
        testing::train_epoch(*gpu, one_batch);
        const executor_state found = gpu->export_state();
        // The order of a norm's sum decides its last bit.
        const double tolerance = clips_by_norm(o) ? 1e-6 : 0;
        CHECK(testing::relative_l2(found.parameters, weights) <= tolerance);
        for (std::size_t k = 0; k < slots.size(); ++k) {
          CHECK(testing::relative_l2(found.optimizer_slots[k], slots[k]) <= tolerance);
        }
      };
      for_each_alternative<optimizer_rule>([&](const auto& rule) { check({.rule = rule}); });
      check({.rule = rules::adamw{}, .clipnorm = 0.01});
    }
  }
  emulated::how().both_orders = true;
}

TEST_CASE(
    "random networks by other optimizers on the GPU are as near to exact ones as on the CPU") {
  emulated::how().both_orders = false;
  compare<rules::nadam, 2>({.rule = rules::nadam{}}, 1);
  compare<rules::nadam, 2>({.rule = rules::nadam{}}, 20);
  compare<rules::adadelta, 2>({.rule = rules::adadelta{}}, 20);
  compare<rules::adadelta, 2>({.rule = rules::adadelta{}, .learning_rate = 1.0}, 20);
  compare<rules::adamw, 2>({.rule = rules::adamw{}, .clipnorm = 0.01}, 20);
  compare<rules::lion, 1>({.rule = rules::lion{}}, 100);
  emulated::how().both_orders = true;
}
