// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/backend/cuda/cost.hpp"

#include <cstdint>
#include <vector>

#include "support.hpp"
#include "sweepnet/backend/cuda/fused_step.hpp"
#include "sweepnet/sweep/paramset.hpp"

using namespace sweepnet;

namespace {

constexpr std::size_t hopper_bytes = 227 * 1024;

bool is_fused(const model_spec& model, std::int64_t batch, precision p) {
  const auto plan = cuda::plan_fused_step(model, {}, batch, hopper_bytes);
  REQUIRE(plan);
  return cuda::fused_microseconds(*plan) <= cuda::plain_microseconds(model, batch, p);
}

model_spec chain_of(const std::vector<std::int64_t>& widths) {
  model_spec model{.inputs = widths.front(), .layers = {}};
  for (std::size_t i = 1; i < widths.size(); ++i) {
    model.layers.emplace_back(dense{.units = widths[i]});
  }
  return model;
}

}  // namespace

TEST_CASE("the networks of a sweep take the fused kernels at either precision") {
  const paramset reference{.hidden_nodes = {30, 50, 70}, .dropout_rate = 0.7, .input_units = 512};
  const paramset small{.hidden_nodes = {32}, .input_units = 64};
  for (const precision p : {precision::fp32, precision::tf32}) {
    CHECK(is_fused(build_model(reference, 784, 10), 128, p));
    CHECK(is_fused(build_model(small, 784, 10), 128, p));
  }
}

TEST_CASE("networks with many weights behind the first layer take the libraries") {
  for (const precision p : {precision::fp32, precision::tf32}) {
    // Each row reads those weights twice: 274 MB a step, and 35 GB.
    CHECK_FALSE(is_fused(chain_of({784, 512, 512, 10}), 128, p));
    CHECK_FALSE(is_fused(chain_of({784, 2048, 2048, 10}), 1024, p));
  }
}
