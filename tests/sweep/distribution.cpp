// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/sweep/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"
#include "sweepnet/core/random.hpp"
#include "sweepnet/sweep/quantiles.hpp"

using namespace sweepnet;

namespace {

distribution numbers_of(distribution_kind kind, double low, double high, double quantum = 1) {
  return {.kind = kind, .low = low, .high = high, .quantum = quantum};
}

/// Whether two numbers agree but for so many parts of the one that is wanted.
bool agrees(double found, double wanted, double tolerance) {
  return std::abs(found - wanted) <= tolerance * std::max(std::abs(wanted), 1e-6);
}

distribution words_of(const std::vector<std::string>& texts) {
  distribution d{.kind = distribution_kind::categorical};
  for (const std::string& text : texts) {
    d.values.push_back(
        std::make_shared<const parsed_node>(parsed_node{.type = node_type::scalar, .text = text}));
  }
  d.different = d.values;
  return d;
}

}  // namespace

TEST_CASE("numbers between bounds are those of W&B's formulas") {
  using enum distribution_kind;
  // u, distribution, value by the formula
  struct row {
    double u;
    distribution d;
    double value;
  };
  const std::vector<row> rows{
      {0.25, numbers_of(uniform, 2, 4), 2.5},
      {0.75, numbers_of(uniform, -1, 1), 0.5},
      {0.3, numbers_of(int_uniform, 1, 4), 2},  // ceil(4 * 0.3) = 2, 1 + 2 - 1
      {0.25, numbers_of(int_uniform, 1, 4), 1},
      {0.26, numbers_of(int_uniform, 1, 4), 2},
      {0.999, numbers_of(int_uniform, -3, 3), 3},
      {0.5, numbers_of(log_uniform, 0, 2), std::exp(1.0)},
      {0.5, numbers_of(log_uniform_values, 0.01, 100), 1},
      {0.25, numbers_of(log_uniform_values, 1e-4, 1), 1e-3},
      {0.25, numbers_of(inv_log_uniform, 1, 3), std::exp(-2.5)},
      {0.25, numbers_of(inv_log_uniform_values, 1e-4, 1), 1e-3},
      {0.3, numbers_of(q_uniform, 0, 10, 2), 4},              // x = 3, rint(1.5) = 2
      {0.5, numbers_of(q_uniform, 0, 10, 2), 4},              // x = 5, rint(2.5) = 2: half to even
      {0.01, numbers_of(q_uniform, 1, 10, 4), 4},             // rint gives 0, below min
      {0.99, numbers_of(q_uniform, 0.1, 0.9, 0.25), 0.75},    // rint gives 1, above max
      {0.5, numbers_of(q_log_uniform, 0, 4, 3), 6},           // e^2 = 7.389, rint(2.46) = 2
      {0.5, numbers_of(q_log_uniform_values, 1, 100, 8), 8},  // 10, rint(1.25) = 1
      {0.001, numbers_of(q_log_uniform_values, 16, 256, 16), 16},
  };
  for (const row& each : rows) {
    INFO(name_of(each.d.kind) << " at " << each.u);
    CHECK(agrees(number_at(each.d, each.u), each.value, 1e-12));
  }
}

TEST_CASE("normal and beta numbers are those of W&B's formulas") {
  using enum distribution_kind;
  const double at_90 = 1.2815515655446004;  // Phi^-1(0.9)
  CHECK(agrees(number_at(numbers_of(normal, 3, 2), 0.9), 3 + 2 * at_90, 1e-12));
  CHECK(agrees(number_at(numbers_of(normal, 3, 2), 0.1), 3 - 2 * at_90, 1e-12));
  CHECK(number_at(numbers_of(normal, 3, 0), 0.9) == 3);
  CHECK(number_at(numbers_of(q_normal, 3, 2, 0.5), 0.9) == 5.5);  // 5.563, rint(11.13) = 11
  CHECK(agrees(number_at(numbers_of(log_normal, 0, 1), 0.9), std::exp(at_90), 1e-12));
  CHECK(number_at(numbers_of(q_log_normal, 0, 1, 1), 0.9) == 4);  // 3.602
  // I_x(1, b) = 1 - (1 - x)^b, I_x(a, 1) = x^a, I_x(2, 2) = 3 x^2 - 2 x^3
  for (const double u : {1e-12, 0.01, 0.3, 0.5, 0.9, 1 - 1e-9}) {
    INFO(u);
    CHECK(agrees(number_at(numbers_of(beta, 1, 1), u), u, 1e-12));
    CHECK(agrees(number_at(numbers_of(beta, 3, 1), u), std::cbrt(u), 1e-12));
    CHECK(agrees(number_at(numbers_of(beta, 1, 50), u), -std::expm1(std::log1p(-u) / 50), 1e-12));
    const double x = number_at(numbers_of(beta, 2, 2), u);
    CHECK(agrees(3 * x * x - 2 * x * x * x, u, 1e-12));
  }
  CHECK(agrees(number_at(numbers_of(beta, 5, 5), 0.5), 0.5, 1e-12));
  CHECK(number_at(numbers_of(q_beta, 1, 1, 0.25), 0.3) == 0.25);
  CHECK(agrees(number_at(numbers_of(q_beta, 1, 1, 0.35), 0.99), 0.7, 1e-12));
}

TEST_CASE("the normal quantile is the inverse of the error function's distribution") {
  for (const double x : {-8.0, -5.5, -3.0, -1.0, -0.1, 0.0, 0.7, 2.0, 5.0}) {
    const double u = 0.5 * std::erfc(-x / std::sqrt(2.0));
    INFO(x);
    CHECK(agrees(normal_quantile(u), x, 1e-9));
  }
  CHECK(agrees(normal_quantile(0x1p-53), -8.2095361516, 1e-9));
}

TEST_CASE("the normal distribution's share between two numbers has all of its digits anywhere") {
  // by Simpson's rule in 34 decimal digits
  CHECK(agrees(log_normal_share(-0.5, 0.25), -1.237292501322450, 1e-14));
  CHECK(agrees(log_normal_share(-1e-4, 1e-4), -9.436131726287577, 1e-14));
  CHECK(agrees(log_normal_share(1, 1.001), -8.327193937145134, 1e-12));
  CHECK(agrees(log_normal_share(-30, -29.5), -439.4294749500177, 1e-14));
  CHECK(agrees(log_normal_share(40, 41), -804.6084420137538, 1e-14));
  CHECK(agrees(log_normal_share(-100, -99), -4906.014160387732, 1e-14));
  CHECK(agrees(log_normal_share(-3, 2), -0.02439518755488, 1e-11));
  CHECK(agrees(log_normal_share(-8.25, -8), -35.14960875387032, 1e-14));
  CHECK(normal_share(0) == 0.5);
  CHECK(agrees(normal_share(normal_quantile(1e-9)), 1e-9, 1e-12));
}

TEST_CASE("the beta quantile is the inverse of its share, for shapes of all sorts") {
  for (const double a : {0.05, 0.5, 1.0, 3.0, 80.0, 2000.0}) {
    for (const double b : {0.05, 0.5, 1.0, 7.0, 300.0}) {
      for (const double u : {1e-6, 0.1, 0.5, 0.9, 1 - 1e-6}) {
        const double x = beta_quantile(u, a, b);
        INFO(a << " " << b << " " << u << " " << x);
        CHECK(x >= 0);
        CHECK(x <= 1);
        if (x > 1e-300 && x < 1 - 1e-9) CHECK(agrees(beta_share(x, a, b), u, 1e-8));
      }
    }
  }
}

TEST_CASE("a listed value is chosen by its share of (0, 1)") {
  distribution d = words_of({"a", "b", "c", "d"});
  for (const auto& [u, position] : {std::pair{1e-300, 0U},
                                    {0.25, 0U},
                                    {0.2500001, 1U},
                                    {0.5, 1U},
                                    {0.75, 2U},
                                    {0.7500001, 3U},
                                    {1 - 0x1p-53, 3U}}) {
    INFO(u);
    CHECK(chosen_at(d, u) == position);
  }
  d.kind = distribution_kind::categorical_w_probabilities;
  d.probabilities = {0.1, 0, 0.6, 0.3};
  for (const auto& [u, position] :
       {std::pair{0.05, 0U}, {0.0999, 0U}, {0.1001, 2U}, {0.6999, 2U}, {0.7001, 3U}, {0.999, 3U}}) {
    INFO(u);
    CHECK(chosen_at(d, u) == position);
  }
  d.probabilities = {0.1, 0, 0.6, 0.29999};  // adds up to 1 but for rounding
  CHECK(chosen_at(d, 0.999999) == 0);
}

TEST_CASE("values are equally likely along each distribution of a list or of integers") {
  const distribution d = numbers_of(distribution_kind::int_uniform, 0, 6);
  std::vector<int> seen(7);
  for (std::uint64_t i = 0; i < 70'000; ++i) {
    const double u = open_unit_interval(bits_of(random_at(1, i, 7)));
    ++seen[static_cast<std::size_t>(number_at(d, u))];
  }
  for (const int count : seen) CHECK(std::abs(count - 10'000) < 500);  // 5 deviations
}

TEST_CASE("a grid has W&B's points of a quantised range, without its upper bound") {
  const parsed_node at{.line = 3, .column = 5};
  const distribution d = numbers_of(distribution_kind::q_uniform, 0, 1.2, 0.3);
  REQUIRE(grid_count_of(d) == 4);
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 4; ++i) texts.push_back(grid_element_of(d, i, at)->text);
  CHECK(texts == std::vector<std::string>{"0", "0.3", "0.6", "0.8999999999999999"});
  CHECK(grid_element_of(d, 1, at)->line == 3);
  CHECK(grid_count_of(numbers_of(distribution_kind::q_uniform, 1, 10, 4)) == 3);
  CHECK(count_of(numbers_of(distribution_kind::q_uniform, 1, 10, 4)) == 2);  // 4 and 8
  CHECK(element_of(numbers_of(distribution_kind::q_uniform, 1, 10, 4), 1, at)->text == "8");
  CHECK(grid_count_of(numbers_of(distribution_kind::int_uniform, -2, 3)) == 6);
  CHECK_FALSE(grid_count_of(numbers_of(distribution_kind::uniform, 0, 1)));
  CHECK_FALSE(count_of(numbers_of(distribution_kind::q_normal, 0, 1)));
}
