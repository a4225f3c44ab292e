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
