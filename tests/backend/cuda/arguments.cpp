// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cuda/arguments.hpp"

#include <memory>

#include "own_activation.hpp"
#include "own_loss.hpp"
#include "own_optimizer.hpp"
#include "support.hpp"

using namespace sweepnet;

TEST_CASE("a GPU refuses a program's own activation, optimizer and loss by name") {
  const auto model_with = [](const activation& output) {
    return model_spec{.inputs = 3, .layers = {dropout{0.1}, dense{.units = 2, .activate = output}}};
  };
  CHECK(testing::message_of<argument_error>([&] {
          (void)cuda::checked_for_device(model_with(std::make_shared<testing::signed_log>()), {});
        }) ==
        "model: layer 1: a GPU computes built-in activations alone, got 'signed_log': train on "
        "the CPU");
  CHECK(testing::message_of<argument_error>([&] {
          (void)cuda::checked_for_device(model_with(std::shared_ptr<testing::signed_log>()), {});
        }) == "model: layer 1: activation must be an object, got a null pointer");
  const model_spec built_in = model_with(activations::softmax{});
  CHECK(&cuda::checked_for_device(built_in, {}) == &built_in);
  CHECK(testing::message_of<argument_error>([&] {
          (void)cuda::checked_for_device(
              built_in, {.optimizer = {.rule = std::make_shared<testing::own_sgd>()}});
        }) == "a GPU takes built-in optimizers alone, got 'own_sgd': train on the CPU");
  CHECK(testing::message_of<argument_error>([&] {
          (void)cuda::checked_for_device(built_in,
                                         {.loss = std::make_shared<testing::brier_score>()});
        }) == "a GPU takes built-in losses alone, got 'brier_score': train on the CPU");
}
