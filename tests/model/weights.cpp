// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/model/weights.hpp"

#include <cstdint>
#include <span>
#include <vector>

#include "support.hpp"

using namespace sweepnet;

TEST_CASE("a network's arrays are its dense layers' kernels and biases, back to back") {
  const model_spec model{.inputs = 2,
                         .layers = {dropout{0.5}, dense{.units = 3}, dropout{}, dense{.units = 1}}};
  const std::vector<dense_arrays> arrays = arrays_of(model);
  REQUIRE(arrays.size() == 2);
  using shape = std::vector<std::int64_t>;
  CHECK(arrays[0].layer == 1);
  CHECK(arrays[0].kernel.name == "dense_1.kernel");
  CHECK(arrays[0].kernel.shape == shape{2, 3});
  CHECK(arrays[0].bias.name == "dense_1.bias");
  CHECK(arrays[0].bias.shape == shape{3});
  CHECK(arrays[1].layer == 3);
  CHECK(arrays[1].kernel.shape == shape{3, 1});

  std::vector<float> parameters = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const auto first_and_size = [&](const weight_array& weights) {
    const std::span<float> values = weights.in(std::span(parameters));
    CHECK(std::ssize(values) == weights.size);
    return std::pair(values.front(), values.size());
  };
  CHECK(first_and_size(arrays[0].kernel) == std::pair(0.0F, std::size_t{6}));
  CHECK(first_and_size(arrays[0].bias) == std::pair(6.0F, std::size_t{3}));
  CHECK(first_and_size(arrays[1].kernel) == std::pair(9.0F, std::size_t{3}));
  CHECK(first_and_size(arrays[1].bias) == std::pair(12.0F, std::size_t{1}));
}
