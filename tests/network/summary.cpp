// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/summary.hpp"

#include <string>

#include "support.hpp"
#include "sweepnet/sweep/paramset.hpp"

using namespace sweepnet;

TEST_CASE("the summary lists Keras' layers, shapes and parameters") {
  const std::string text = summarize(build_model(paramset{}, 784, 10));
  CHECK(text.find("dense_1 (Dense)              (None, 512)               401920\n") != text.npos);
  CHECK(text.find("dropout_4 (Dropout)          (None, 30)                0\n") != text.npos);
  CHECK(text.find("dense_5 (Dense)              (None, 10)                310\n") != text.npos);
  CHECK(text.find("Total params: 408210\n") != text.npos);
}
