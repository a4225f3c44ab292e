// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/custom_functions.hpp"

#include <memory>
#include <string>

#include "own_activation.hpp"
#include "own_loss.hpp"
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
  REQUIRE(sweep.count() == 3);
  CHECK(object_of(sweep.at(0).activate_fn) == own);
  CHECK(object_of(sweep.at(1).activate_fn) == own);
  CHECK(object_of(sweep.at(1).input_activation) == own);
  CHECK(object_of(sweep.at(2).activate_fn) == nullptr);
  const model_spec model = build_model(sweep.at(0), 5, 3);
  CHECK(object_of(std::get<dense>(model.layers[2]).activate) == own);
  CHECK(encode(sweep.at(0))["activate_fn"] == "signed_log");

  const testing::temporary_directory directory;
  testing::write_file(directory / "s.yml", text);
  CHECK(load_sweep<paramset>(directory / "s.yml", known).count() == 3);
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
  for (std::size_t i = 0; i < sweep.count(); ++i) {
    CHECK(std::get<rules::custom>(sweep.at(i).optimizer.rule).object == own.get());
  }
  CHECK(training_options_of(sweep.at(0)).optimizer.rate_at(0) == 0.01);
  CHECK(training_options_of(sweep.at(1)).optimizer.rate_at(0) == 0.5);
  CHECK(encode(sweep.at(0))["optimizer"]["name"] == "own_sgd");
  CHECK(testing::message_of<data_error>([&] {
          (void)parse_sweep<paramset>("- {optimizer: {name: own_sgd, momentum: 1}}\n", "s", known);
        }).starts_with("s:1:31: unknown key 'momentum' in optimizer (known: "));
}

TEST_CASE("a sweep may name a loss that a program makes known to it") {
  const auto own = std::make_shared<testing::brier_score>();
  custom_functions known;
  known.add(own);
  const auto sweep = parse_sweep<paramset>(
      "- {loss: Brier_Score}\n"
      "- {loss: {name: brier_score}}\n"
      "- {loss: clipped, label_smoothing: 0.1}\n"
      "- {}\n",
      "s.yml", known);
  REQUIRE(sweep.count() == 4);
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const loss_function loss = training_options_of(sweep.at(i)).loss;
    CHECK(loss.function.own_object() == own);
    CHECK(encode(sweep.at(i))["loss"] == "brier_score");
  }
  const loss_function clipped = training_options_of(sweep.at(2)).loss;
  CHECK(std::get<categorical_crossentropy>(clipped.function).path == loss_path::probabilities);
  CHECK(std::get<categorical_crossentropy>(clipped.function).label_smoothing == 0.1);
  CHECK(encode(sweep.at(2))["loss"] == "clipped");
  CHECK(encode(for_task(sweep.at(3), task::multiclass))["loss"] == "fused");

  const auto complaint = [](const std::string& text, const custom_functions& own_ones) {
    return testing::message_of<data_error>(
        [&] { (void)parse_sweep<paramset>(text, "s", own_ones); });
  };
  CHECK(complaint("- {loss: brier_score}\n", {}) ==
        "s:1:10: unknown loss 'brier_score' (known: fused, clipped, binary_crossentropy, "
        "binary_crossentropy_clipped, mean_squared_error, mse, mean_absolute_error, mae, huber, "
        "log_cosh)");
  CHECK(complaint("- {loss: brier_scare}\n", known) ==
        "s:1:10: unknown loss 'brier_scare' (did you mean 'brier_score'?)");
  CHECK(complaint("- {loss: brier_score, label_smoothing: 0.1}\n", known) ==
        "s:1:3: label_smoothing is cross-entropy's, the loss is 'brier_score'");
}
