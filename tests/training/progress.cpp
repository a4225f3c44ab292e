// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/training/progress.hpp"

#include "support.hpp"
#include "sweepnet/training/history.hpp"

using namespace sweepnet;

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
