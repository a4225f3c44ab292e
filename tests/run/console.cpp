// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include <sstream>
#include <string>

#include "support.hpp"
#include "sweepnet/network/summary.hpp"
#include "sweepnet/run/result.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/training/progress.hpp"

using namespace sweepnet;

TEST_CASE("the summary lists Keras' layers, shapes and parameters") {
  const std::string text = summarize(build_model(paramset{}, 784, 10));
  CHECK(text.find("dense_1 (Dense)              (None, 512)               401920\n") != text.npos);
  CHECK(text.find("dropout_4 (Dropout)          (None, 30)                0\n") != text.npos);
  CHECK(text.find("dense_5 (Dense)              (None, 10)                310\n") != text.npos);
  CHECK(text.find("Total params: 408210\n") != text.npos);
}

TEST_CASE("the bar and the numbers are Keras'") {
  CHECK(progress_bar(0, 100) == "[..............................]");
  CHECK(progress_bar(50, 100) == "[==============>...............]");
  CHECK(progress_bar(100, 100) == "[==============================]");
  CHECK(format_metric(0.24644) == "0.2464");
  CHECK(format_metric(0.0000123) == "1.2300e-05");
  CHECK(format_metric(0) == "0.0000");
}

TEST_CASE("checkpoint lines are Keras'") {
  epoch_record first;
  first.epoch = 1;
  first.validation = metrics{.loss = 1, .accuracy = 0.18};
  epoch_record second = first;
  second.epoch = 2;
  CHECK(checkpoint_line(first, metric::val_accuracy, {}, true, "x.h5") ==
        "Epoch 00001: val_accuracy improved from -inf to 0.18000, saving model to x.h5");
  CHECK(checkpoint_line(second, metric::val_accuracy, first, false, "x.h5") ==
        "Epoch 00002: val_accuracy did not improve from 0.18000");
}

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
  const json encoded = encode_result(result);
  CHECK(encoded["index"] == 1);
  CHECK(encoded["scheduler"] == "AWS Batch");
  CHECK(encoded["attempt"].is_null());
  CHECK(encoded["history"]["loss"][0].is_null());
  CHECK(encoded["history"]["val_accuracy"][0] == 0.75);
  CHECK(encoded["best"] == json{{"epoch", 1}, {"val_accuracy", 0.75}, {"val_loss", 0.25}});
  CHECK(encoded["seconds"].contains("validate"));
  CHECK(encoded["version"] == version);
}
