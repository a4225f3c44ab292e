// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/npy.hpp"

#include <vector>

#include "catch.hpp"
#include "sweepnet/data/npz.hpp"

TEST_CASE("a written .npy array is read back, its data aligned to 64 bytes") {
  const std::vector<float> values = {1, -2.5F, 3e-30F, 4, 5, 6};
  const std::string bytes = sweepnet::write_npy(values, 3, 2);
  CHECK(bytes.size() % 64 == values.size() * sizeof(float));
  const sweepnet::tensor read = sweepnet::read_npy(sweepnet::as_bytes(bytes), "a");
  CHECK(read.shape == std::vector<std::int64_t>{3, 2});
  CHECK(std::get<std::vector<float>>(read.elements) == values);
}
