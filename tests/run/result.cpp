// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/run/result.hpp"

#include <cmath>

#include "support.hpp"

using namespace sweepnet;

TEST_CASE("a result tells every part of a run, and NaN as null") {
  run_result result;
  result.index = 1;
  result.sweep_size = 2;
  result.job = job_index{.index = 1, .size = 2, .scheduler = "AWS Batch", .variable = "V"};
  epoch_record record;
  record.epoch = 1;
  record.train = {.loss = std::nan(""), .accuracy = 0.5};
  record.validation = metrics{.loss = 0.25, .accuracy = 0.75};
  result.training.history = {record};
  result.best = record;
  const ordered_json encoded = encode_result(result);
  CHECK(encoded["index"] == 1);
  CHECK(encoded["scheduler"] == "AWS Batch");
  CHECK(encoded["attempt"].is_null());
  CHECK(encoded["history"]["loss"][0].is_null());
  CHECK(encoded["history"]["val_accuracy"][0] == 0.75);
  CHECK(encoded["best"] == ordered_json{{"epoch", 1}, {"val_accuracy", 0.75}, {"val_loss", 0.25}});
  CHECK(encoded["seconds"].contains("validate"));
  CHECK(encoded["version"] == version);
}

TEST_CASE("a result gives its history back, and the record of its best epoch") {
  using namespace sweepnet;
  run_result run;
  for (int e = 1; e <= 3; ++e) {
    run.training.history.push_back({.epoch = e,
                                    .train = {.loss = e == 2 ? NAN : 1.0 / e, .accuracy = 0.1 * e},
                                    .validation = metrics{.loss = 2.0 / e, .accuracy = 0.2 * e},
                                    .learning_rate = 0.1 / e});
  }
  run.best = run.training.history[2];
  ordered_json encoded = encode_result(run);
  const training_history history = decode_history(encoded, "result_0.json");
  REQUIRE(history.size() == 3);
  CHECK(std::isnan(history[1].train.loss));
  for (std::size_t i = 0; i < 3; ++i) {
    const epoch_record& expected = run.training.history[i];
    CHECK(history[i].epoch == expected.epoch);
    CHECK((i == 1 || history[i].train.loss == expected.train.loss));
    CHECK(history[i].train.accuracy == expected.train.accuracy);
    CHECK(history[i].validation->loss == expected.validation->loss);
    CHECK(history[i].validation->accuracy == expected.validation->accuracy);
    CHECK(history[i].learning_rate == expected.learning_rate);
  }
  CHECK(best_of_result(encoded, history)->epoch == 3);
  encoded["best"] = nullptr;
  CHECK_FALSE(best_of_result(encoded, history));
  encoded["best"] = {{"epoch", 4}};
  CHECK_FALSE(best_of_result(encoded, history));

  encoded["history"]["val_loss"].erase(0);
  CHECK(testing::message_of<data_error>([&] { (void)decode_history(encoded, "result_0.json"); }) ==
        "result_0.json is damaged: its history is no table");
  encoded["history"] = 5;
  CHECK(testing::message_of<data_error>([&] { (void)decode_history(encoded, "result_0.json"); }) ==
        "result_0.json is damaged: its history is no table");
}
