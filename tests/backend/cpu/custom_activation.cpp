// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/custom_activation.hpp"

#include <memory>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "backend/cpu/two_epochs.hpp"
#include "backend/epoch.hpp"
#include "own_activation.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"

using namespace sweepnet;

namespace {

model_spec model_with(const activation& hidden) {
  return {.inputs = 50,
          .layers = {dropout{0.1}, dense{.units = 130, .activate = hidden, .l2 = 0.01},
                     dropout{0.3}, dense{.units = 9, .activate = hidden}, dropout{0.2},
                     dense{.units = 4, .activate = activations::softmax{}}}};
}

auto trained(const model_spec& model, const dataset& data, const cpu_options& cpu) {
  return testing::after_two_epochs(cpu_executor(model, {.batch_size = 96, .seed = 5}, data, cpu));
}

class throwing_activation final : public custom_activation {
 public:
  [[nodiscard]] std::string name() const override { return "thrower"; }
  void apply(std::span<const float>, std::span<float>) const override {
    throw std::domain_error("no value here");
  }
  void differentiate(std::span<const float>, std::span<const float>,
                     std::span<float>) const override {}
};

}  // namespace

TEST_CASE("a program's own relu gives the bits of the built-in one, with any number of threads") {
  const dataset data = testing::random_dataset(500, 50, 4);
  const instruction_set set =
      GENERATE(instruction_set::portable, instruction_set::avx2, instruction_set::avx512);
  if (set > best_instructions()) {
    WARN("skipped: no " << name_of(set) << " here");
    return;
  }
  const auto expected =
      trained(model_with(activations::relu{}), data, {.threads = 1, .instructions = set});
  const model_spec own = model_with(std::make_shared<testing::own_of<activations::relu>>());
  for (const int threads : {1, 2, 5}) {
    INFO(name_of(set) << ", " << threads << " threads");
    CHECK(trained(own, data, {.threads = threads, .instructions = set}) == expected);
  }
}

TEST_CASE("a program's own activation gives the same bits with one, two and five threads") {
  const dataset data = testing::random_dataset(500, 50, 4);
  const model_spec model = model_with(std::make_shared<testing::signed_log>());
  const auto one = trained(model, data, {.threads = 1});
  CHECK(trained(model, data, {.threads = 2}) == one);
  CHECK(trained(model, data, {.threads = 5}) == one);
}

TEST_CASE("a program's own activation goes on bit by bit from an imported state") {
  const dataset data = testing::random_dataset(300, 50, 4);
  const model_spec model = model_with(std::make_shared<testing::signed_log>());
  const training_options options{.batch_size = 32, .seed = 8, .optimizer = {.rule = rules::adam{}}};
  testing::check_goes_on(model, options, data);
}

TEST_CASE("what a program's own activation throws leaves the call that trains") {
  const dataset data = testing::random_dataset(100, 50, 4);
  cpu_executor executor(model_with(std::make_shared<throwing_activation>()), {}, data,
                        {.threads = 2});
  CHECK(testing::message_of<std::domain_error>([&] {
          testing::train_epoch(executor, testing::epoch_order(data, 1));
        }) == "no value here");
}

TEST_CASE("an executor refuses a null pointer as an activation") {
  const dataset data = testing::random_dataset(10, 50, 4);
  const model_spec model = model_with(std::shared_ptr<testing::signed_log>());
  CHECK(testing::message_of<argument_error>([&] { cpu_executor executor(model, {}, data); }) ==
        "model: layer 1: activation must be an object, got a null pointer");
}
