// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/custom_optimizer.hpp"

#include <memory>
#include <tuple>
#include <vector>

#include "backend/cpu/two_epochs.hpp"
#include "backend/epoch.hpp"
#include "own_optimizer.hpp"
#include "support.hpp"
#include "sweepnet/backend/cpu/executor.hpp"

using namespace sweepnet;

namespace {

const model_spec model{
    .inputs = 50,
    .layers = {dense{.units = 130, .activate = activations::relu{}, .l2 = 0.01}, dropout{0.3},
               dense{.units = 4, .activate = activations::softmax{}}}};

auto trained(const optimizer& by, const dataset& data, int threads) {
  return testing::after_two_epochs(cpu_executor(
      model, {.batch_size = 96, .seed = 5, .optimizer = by}, data, {.threads = threads}));
}

}  // namespace

TEST_CASE("a program's own momentum gives the bits of the built-in one, with any threads") {
  const dataset data = testing::random_dataset(500, 50, 4);
  optimizer built_in{.rule = rules::sgd{.momentum = 0.9}};
  const int way = GENERATE(0, 1, 2, 3);
  if (way == 1) built_in.clipnorm = 0.1;
  if (way == 2) built_in.clipvalue = 0.001;
  if (way == 3) built_in.weight_decay = 0.01;
  optimizer own = built_in;
  own.rule = std::make_shared<testing::own_sgd>();
  const auto expected = trained(built_in, data, 1);
  for (const int threads : {1, 2, 5}) {
    INFO("way " << way << ", " << threads << " threads");
    CHECK(trained(own, data, threads) == expected);
  }
}

TEST_CASE("a program's own optimizer goes on bit by bit from an imported state") {
  const dataset data = testing::random_dataset(300, 50, 4);
  const training_options options{
      .batch_size = 32, .seed = 8, .optimizer = {.rule = std::make_shared<testing::own_sgd>()}};
  CHECK(testing::check_goes_on(model, options, data).optimizer_slots.size() == 1);
}

TEST_CASE("an executor refuses what is no sound optimizer of a program's own") {
  const dataset data = testing::random_dataset(10, 50, 4);
  const auto complaint = [&](const optimizer_rule& rule) {
    return testing::message_of<argument_error>(
        [&] { cpu_executor executor(model, {.optimizer = {.rule = rule}}, data); });
  };
  CHECK(complaint(std::shared_ptr<testing::own_sgd>()) ==
        "training: optimizer: optimizer must be an object, got a null pointer");
  CHECK(complaint(std::make_shared<testing::own_sgd>("Adam")) ==
        "training: optimizer: an own optimizer must have a name of its own, got 'Adam', which is a "
        "built-in one's");
  CHECK(complaint(std::make_shared<testing::own_sgd>("")) ==
        "training: optimizer: an own optimizer must have a name of its own, got ''");
  CHECK(complaint(std::make_shared<testing::greedy>()) ==
        "training: optimizer: the optimizer 'own_sgd' may keep 0 to 3 slots, got 4");
}
