// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/custom_functions.hpp"

#include <memory>
#include <string>

#include "own_activation.hpp"
#include "own_optimizer.hpp"
#include "support.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

TEST_CASE("a sweep may name what a program makes known to it") {
  const auto own = std::make_shared<testing::signed_log>();
  custom_functions known;
  known.add(own);
  const std::string text =
      "- {activate_fn: Signed_Log}\n"
      "- {activate_fn: {name: signed_log}, input_activation: signed_log}\n"
      "- {activate_fn: relu}\n";
  const auto object_of = [](const activation& f) { return f.function.own_object(); };
  const auto sweep = parse_sweep<paramset>(text, "s.yml", known);
  REQUIRE(sweep.size() == 3);
  CHECK(object_of(sweep.paramsets[0].activate_fn) == own);
  CHECK(object_of(sweep.paramsets[1].activate_fn) == own);
  CHECK(object_of(sweep.paramsets[1].input_activation) == own);
  CHECK(object_of(sweep.paramsets[2].activate_fn) == nullptr);
  const model_spec model = build_model(sweep.paramsets[0], 5, 3);
  CHECK(object_of(std::get<dense>(model.layers[2]).activate) == own);
  CHECK(encode(sweep.paramsets[0])["activate_fn"] == "signed_log");

  const testing::temporary_directory directory;
  testing::write_file(directory / "s.yml", text);
  CHECK(load_sweep<paramset>(directory / "s.yml", known).size() == 3);
}

TEST_CASE("a name that nobody made known is an error that tells what is known") {
  custom_functions known;
  const std::string text = "- {activate_fn: signed_log}\n";
  const auto complaint = [&] {
    return testing::message_of<data_error>([&] { (void)parse_sweep<paramset>(text, "s", known); });
  };
  CHECK(complaint().starts_with("s:1:17: unknown activate_fn 'signed_log' (known: linear, relu, "));
  known.add(std::make_shared<testing::signed_log>("other_function"));
  CHECK(complaint().ends_with(", log_softmax, other_function)"));
  known.add(std::make_shared<testing::signed_log>("signed_lag"));
  CHECK(complaint() == "s:1:17: unknown activate_fn 'signed_log' (did you mean 'signed_lag'?)");
}

TEST_CASE("a sweep may name an optimizer that a program makes known to it, with its options") {
  const auto own = std::make_shared<testing::own_sgd>();
  custom_functions known;
  known.add(own);
  const std::string text =
      "- {optimizer: own_sgd}\n"
      "- {optimizer: {name: own_sgd, learning_rate: 0.5, clipnorm: 1}}\n";
  const auto sweep = parse_sweep<paramset>(text, "s.yml", known);
  for (const paramset& p : sweep.paramsets) {
    CHECK(std::get<rules::custom>(p.optimizer.rule).object == own.get());
  }
  CHECK(training_options_of(sweep.paramsets[0]).optimizer.rate_at(0) == 0.01);
  CHECK(training_options_of(sweep.paramsets[1]).optimizer.rate_at(0) == 0.5);
  CHECK(encode(sweep.paramsets[0])["optimizer"]["name"] == "own_sgd");
  CHECK(testing::message_of<data_error>([&] {
          (void)parse_sweep<paramset>("- {optimizer: {name: own_sgd, momentum: 1}}\n", "s", known);
        }).starts_with("s:1:31: unknown key 'momentum' in optimizer (known: "));
}
