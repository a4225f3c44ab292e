// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "golden.hpp"
#include "reference/optimizer.hpp"
#include "support.hpp"
#include "sweepnet/network/clipping.hpp"

using namespace sweepnet;

namespace {

constexpr std::int64_t weights = 16;  // a (4 x 3) kernel, then 4 biases
constexpr std::int64_t steps = 100;

/// All weights after each step on the given gradients.
std::vector<float> run_steps(const optimizer& o, std::vector<float> w,
                             const std::vector<float>& gradients) {
  const std::vector<tensor_range> tensors = {{0, 12}, {12, 16}};
  step_cache cache;
  auto slots = initial_slots(o, weights);
  std::vector<float> trajectory;
  for (std::int64_t t = 0; t < steps; ++t) {
    std::vector<float> g(gradients.begin() + t * weights, gradients.begin() + (t + 1) * weights);
    clip_norms(o, g, tensors);
    const auto step = static_cast<std::uint64_t>(t);
    testing::reference_update(o, step + 1, o.rate_at(step), cache, w, g, slots);
    trajectory.insert(trajectory.end(), w.begin(), w.end());
  }
  return trajectory;
}

}  // namespace

TEST_CASE("every optimizer takes Keras' steps on the same gradients") {
  const testing::golden_file golden("optimizers.safetensors");
  const std::vector<float> initial = golden.floats("initial");
  const std::vector<float> gradients = golden.floats("gradients");
  const ordered_json cases = golden.metadata("cases");
  REQUIRE(cases.size() == 50);
  for (const auto& [name, entry] : cases.items()) {
    const auto o = decode_json<optimizer>(entry["config"], name, "optimizer");
    const std::vector<float> expected = golden.floats(name);
    const std::vector<float> actual = run_steps(o, initial, gradients);
    double worst = 0;  // in units of what rounding alone may do
    for (std::size_t i = 0; i < expected.size(); ++i) {
      // 4 ulp of each update so far, and half an ulp of the weight for each rounding of it.
      double allowed = 0;
      for (std::size_t k = i % weights; k <= i; k += weights) {
        const double before = k < weights ? initial[k] : expected[k - weights];
        constexpr double ulp = std::numeric_limits<float>::epsilon();
        allowed += 4 * ulp * std::abs(expected[k] - before) + ulp * std::abs(expected[k]);
      }
      const double error = std::abs(static_cast<double>(actual[i]) - expected[i]);
      worst = std::max(worst, error / std::max(allowed, 1e-45));
    }
    // Keras 2's Adam takes 1 - 0.999 in float, which is off by 1.3e-5; ours rounds as Keras 3's.
    const double factor = name == "adam_decay" ? 12 : 1;
    INFO(name << ": error over allowance " << worst);
    CHECK(worst <= factor);
  }
}

TEST_CASE("a rule's defaults are Keras'") {
  const auto rate = [](const char* name) {
    optimizer o;
    REQUIRE(choose(o, name));
    return o.rate_at(0);
  };
  CHECK(rate("sgd") == 0.01);
  CHECK(rate("RMSprop") == 0.001);
  CHECK(rate("adamax") == 0.001);
  CHECK(rate("adamax_keras2") == 0.002);
  CHECK(rate("adadelta_keras2") == 1.0);
  optimizer adamw;
  choose(adamw, "adamw");
  CHECK(adamw.decoupled_decay() == 0.004);
  adamw.weight_decay = 0.1;
  CHECK(adamw.decoupled_decay() == 0.1);
}

TEST_CASE("the epsilon of RMSprop sits inside the root in Keras 3 and outside in Keras 2") {
  // On the first step with |g| = 1e-4, Keras 2 steps 3.16 rates, Keras 3 0.316.
  rules::slot_values<float, 1> slot{{0}};
  float w = 0;
  update_weight(rules::rmsprop_keras2{}.at<float>(1, 1.0), w, 1e-4F, slot);
  CHECK(std::abs(w + 3.152F) < 0.01F);
  slot[0] = w = 0;
  update_weight(rules::rmsprop{}.at<float>(1, 1.0), w, 1e-4F, slot);
  CHECK(std::abs(w + 0.3146F) < 0.01F);
}

TEST_CASE("Nadam's carried product changes no bit of a step, wherever it begins") {
  const auto rule =
      GENERATE(rules::nadam{}, rules::nadam{.beta_1 = 0.5}, rules::nadam{.beta_1 = 0.99});
  const auto bytes_of = [&](std::uint64_t t, step_cache& cache) {
    const optimizer_step step = step_of({.rule = rule}, t, 0.001, cache);
    return std::vector<unsigned char>(std::begin(step.bytes), std::end(step.bytes));
  };
  step_cache carried;
  for (std::uint64_t t = 1; t <= 5000; t += t < 600 ? 1 : 97) {
    step_cache fresh;
    REQUIRE(bytes_of(t, carried) == bytes_of(t, fresh));
  }
  step_cache fresh;
  CHECK(bytes_of(3, carried) == bytes_of(3, fresh));  // an earlier step, as after an import
}

TEST_CASE("second moments never become denormal") {
  rules::slot_values<float, 1> slot{{1e-30F}};
  float w = 1;
  const auto step = rules::rmsprop{}.at<float>(1, 0.001);
  for (int i = 0; i < 100; ++i) update_weight(step, w, 0.0F, slot);
  CHECK(slot[0] == 0);
  CHECK(w == 1);
}
