// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/network/folding.hpp"

#include <vector>

#include "catch.hpp"

using namespace sweepnet;

TEST_CASE("folding gives the same sums for raw inputs") {
  const model_spec model{.inputs = 2,
                         .layers = {dropout{.rate = 0.5}, dense{.units = 2}, dense{.units = 1}}};
  // Kernel (2 x 2), bias (2), kernel (2 x 1), bias (1).
  std::vector<float> parameters{8, -4, 3, 1, 0.5F, 0, 1, 1, 0};
  fold_standardization(model, std::vector<double>{10, 0}, std::vector<double>{4, 1}, parameters);
  CHECK(parameters == std::vector<float>{2, -1, 3, 1, -19.5F, 10, 1, 1, 0});
}
