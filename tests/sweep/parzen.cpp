// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/sweep/parzen.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support.hpp"
#include "sweepnet/sweep/draws.hpp"

using namespace sweepnet;

namespace {

const std::vector<parzen_axis> mixed_axes{
    {.low = -1, .high = 3},
    {.low = 1e-4, .high = 1e-1, .is_log = true},
    {.low = 1, .high = 64, .step = 1},
    {.choices = {1.0 / 3, 1.0 / 3, 1.0 / 3}},
};

bool agrees_with(double a, double b) { return std::abs(a - b) <= 1e-12 * std::abs(b); }

/// A point drawn by Philox.
coordinates drawn_by_philox(const parzen_estimator& of, std::uint64_t number) {
  return of.draw(independent_draw(5, "kernel", number),
                 [&](std::size_t axis) { return independent_draw(axis, "u", number); });
}

}  // namespace

TEST_CASE("densities are those that Optuna 5.0.0 has") {
  const std::vector<coordinates> points{
      {0.5, 1e-3, 16, 0}, {3.0, 1e-1, 1, 1}, {-0.25, 2e-2, 40, 2}};
  const parzen_estimator three(mixed_axes,
                               {{0.5, 1e-3, 16, 0}, {2.5, 1e-2, 17, 2}, {-1.0, 3e-4, 64, 0}});
  CHECK(agrees_with(three.log_density(points[0]), -7.352174096435837));
  CHECK(agrees_with(three.log_density(points[1]), -9.631066823180396));
  CHECK(agrees_with(three.log_density(points[2]), -8.920385483828404));
  const parzen_estimator none(mixed_axes, {});
  CHECK(agrees_with(none.log_density(points[0]), -8.50844559340796));
  CHECK(agrees_with(none.log_density(points[1]), -8.824633041395387));
  CHECK(agrees_with(none.log_density(points[2]), -8.544852848120486));
}

TEST_CASE("the older ones of more than 25 points weigh less") {
  std::vector<coordinates> seen;
  for (int i = 0; i < 40; ++i) seen.push_back({std::fmod(i * 0.37, 1)});
  const parzen_estimator forty({{}}, seen);
  CHECK(agrees_with(forty.log_density({0}), -0.8933082827193861));
  CHECK(std::abs(forty.log_density({0.3}) - -0.004842398399983017) < 1e-14);
  CHECK(agrees_with(forty.log_density({0.77}), -0.26298971064218135));
}

TEST_CASE("a density is one over all there is, also where choices are not equally likely") {
  const std::vector<parzen_axis> axes{{.low = 4, .high = 12, .step = 2},
                                      {.choices = {0.7, 0.1, 0.2}}};
  for (const std::size_t seen : {0U, 1U, 2U, 7U}) {
    const std::vector<coordinates> all{{4, 0}, {12, 2}, {6, 2}, {6, 1}, {4, 0}, {8, 0}, {10, 2}};
    const parzen_estimator of(axes, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(seen)});
    double sum = 0;
    for (const double x : {4, 6, 8, 10, 12}) {
      for (const double k : {0, 1, 2}) sum += std::exp(of.log_density({x, k}));
    }
    CHECK(agrees_with(sum, 1));
  }
  const parzen_estimator prior({{.choices = {0.7, 0.1, 0.2}}}, {});
  CHECK(agrees_with(std::exp(prior.log_density({1})), 0.1));
  // (3 0.1 / 2 + 1) / (3 / 2 + 1) of the one that was seen
  const parzen_estimator one({{.choices = {0.7, 0.1, 0.2}}}, {{1}});
  CHECK(agrees_with(std::exp(one.log_density({1})), (0.1 + (0.15 + 1) / 2.5) / 2));
}

TEST_CASE("what is drawn is distributed as the density says") {
  const std::vector<parzen_axis> axes{{.low = 1, .high = 5, .step = 1},
                                      {.choices = {0.5, 0.25, 0.25}},
                                      {.low = 1e-3, .high = 1, .is_log = true}};
  const parzen_estimator of(axes, {{2, 1, 0.01}, {2, 1, 0.02}, {5, 2, 0.5}});
  constexpr int draws = 20'000;
  std::vector<std::vector<int>> counts(5, std::vector<int>(3));
  int small = 0;
  for (int i = 0; i < draws; ++i) {
    const coordinates point = drawn_by_philox(of, static_cast<std::uint64_t>(i));
    REQUIRE(point[2] >= 1e-3);
    REQUIRE(point[2] <= 1);
    ++counts[static_cast<std::size_t>(point[0]) - 1][static_cast<std::size_t>(point[1])];
    small += point[2] < 0.1 ? 1 : 0;
  }
  // Each share of the first two axes, the third summed over, within five standard deviations.
  const auto share_at = [&](double x, double k, double from, double to) {
    constexpr int steps = 400;
    double sum = 0;
    const double width = (std::log(to) - std::log(from)) / steps;
    for (int i = 0; i < steps; ++i) {
      sum += std::exp(of.log_density({x, k, from * std::exp(width * (i + 0.5))})) * width;
    }
    return sum;
  };
  double expected_small = 0;
  for (std::size_t x = 0; x < 5; ++x) {
    for (std::size_t k = 0; k < 3; ++k) {
      const auto number = static_cast<double>(x + 1);
      const double p = share_at(number, static_cast<double>(k), 1e-3, 1);
      INFO(number << " " << k << ": " << counts[x][k] << " of " << p * draws);
      CHECK(std::abs(counts[x][k] - p * draws) < 5 * std::sqrt(p * draws));
      expected_small += draws * share_at(number, static_cast<double>(k), 1e-3, 0.1);
    }
  }
  CHECK(std::abs(small - expected_small) < 5 * std::sqrt(expected_small));
}
