// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/sweep/tpe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/sweep/space_reader.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"

using namespace sweepnet;

namespace {

using numbers_of_points = std::vector<std::size_t>;

search_space bayes_over(const std::string& parameters, std::size_t run_cap = 100) {
  const std::string text =
      "method: bayes\nmetric: {name: loss}\nrun_cap: " + std::to_string(run_cap) +
      "\nparameters: " + parameters + "\n";
  return read_search_space(parse_value(text, "s.yml"), "s.yml");
}

}  // namespace

TEST_CASE("a tenth of the points is good, at most 25") {
  const auto good = [](std::size_t points) {
    return split_by_value(std::vector<point_value>(points), points).below.size();
  };
  CHECK(good(0) == 0);
  CHECK(good(1) == 1);
  CHECK(good(10) == 1);
  CHECK(good(11) == 2);
  CHECK(good(240) == 24);
  CHECK(good(250) == 25);
  CHECK(good(1000) == 25);
}

TEST_CASE("points are split by value, those that were stopped behind those that ended") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  // four are good: those that ended with 1, 2, 2, and of the stopped ones the longest
  std::vector<point_value> told{{2}, {-9, 3}, {inf}, {2}, {1}, {-8, 5}, {-9, 5}};
  for (int i = 0; i < 24; ++i) told.push_back({-10, 1});
  told[2].value = inf;
  const split_points split = split_by_value(told, 33);
  CHECK(split.below == numbers_of_points{0, 2, 3, 4});
  CHECK(split.above.size() == 29);
  CHECK(std::ranges::is_sorted(split.above));
  CHECK(split.above.back() == 32);  // not over yet
  told[2].stopped_after = 7;
  CHECK(split_by_value(told, 31).below == numbers_of_points{0, 2, 3, 4});
  told[2].stopped_after = 4;
  CHECK(split_by_value(told, 31).below == numbers_of_points{0, 3, 4, 6});
  told[6].value = std::nan("");
  CHECK(split_by_value(told, 31).below == numbers_of_points{0, 3, 4, 5});
}

TEST_CASE("of equal candidates the first is chosen, and none of no density at all") {
  const parzen_estimator below({{.choices = {1.0, 0.0}}}, {});
  const parzen_estimator above({{.choices = {1.0, 0.0}}}, {{0}});
  CHECK(best_candidate(below, above, {{0}, {0}}) == 0);
  CHECK(best_candidate(below, above, {{1}, {0}}) == 1);
  const parzen_estimator there({{}}, {{0.2}});
  const parzen_estimator elsewhere({{}}, {{0.9}});
  CHECK(best_candidate(there, elsewhere, {{0.8}, {0.3}, {0.1}, {0.3}}) == 2);
}

TEST_CASE("each distribution has its axis") {
  const search_space space = bayes_over(
      "{a: {values: [x, y, x, z]}, b: {values: [1, 2], probabilities: [0.9, 0.1]}, c: {value: 3}, "
      "d: {min: 2, max: 7}, e: {min: 0.5, max: 7}, f: {distribution: q_uniform, min: 1, max: 8, q: "
      "3}, g: {distribution: log_uniform_values, min: 0.01, max: 1}, h: {distribution: "
      "inv_log_uniform, min: 1, max: 2}, i: {distribution: q_log_uniform_values, min: 1, max: 50, "
      "q: 10}, j: {distribution: q_normal, mu: 3}}");
  const tpe_space of(space);
  const std::vector<parzen_axis>& axes = of.axes();
  REQUIRE(axes.size() == 9);  // all but the constant
  CHECK(axes[0].choices == std::vector<double>{0.5, 0.25, 0.25});
  CHECK(axes[1].choices == std::vector<double>{0.9, 0.1});
  const auto check = [&](std::size_t axis, double low, double high, double step, bool is_log) {
    INFO("axis " << axis);
    CHECK(std::abs(axes[axis].low - low) < 1e-15);
    CHECK(std::abs(axes[axis].high - high) < 1e-15);
    CHECK(axes[axis].step == step);
    CHECK(axes[axis].is_log == is_log);
    CHECK(axes[axis].choices.empty());
  };
  check(2, 2, 7, 1, false);
  check(3, 0.5, 7, 0, false);
  check(4, 3, 6, 3, false);
  check(5, 0.01, 1, 0, true);
  check(6, std::exp(-2), 1 / std::numbers::e, 0, true);
  check(7, 10, 50, 10, true);
  check(8, 0, 1, 0, false);
  const std::vector<shared_node> values = of.values_at({2, 1, 5, 0.75, 6, 0.125, 0.25, 30, 0.5});
  std::vector<std::string> texts;
  for (const shared_node& value : values) texts.push_back(value->text);
  CHECK(texts ==
        std::vector<std::string>{"z", "2", "3", "5", "0.75", "6", "0.125", "0.25", "30", "3"});
}

TEST_CASE("the first points are those that random draws are") {
  for (const std::string parameters :
       {"{l2: {min: 0.0, max: 1.0}, units: {min: 1, max: 9}, a: {values: [1, 2, 1, 3]}}",
        "{units: {min: 1, max: 9}, a: {values: [relu, tanh, relu]}, q: {distribution: q_uniform, "
        "min: 0.5, max: 9, q: 0.5}}"}) {
    const search_space space = bayes_over(parameters);
    const tpe_space of(space);
    for (std::size_t point = 0; point < 12; ++point) {
      const std::vector<shared_node> values = of.values_at(of.drawn(point));
      const parsed_node drawn = space.point(point, "s.yml");
      for (std::size_t i = 0; i < values.size(); ++i) {
        CHECK(values[i]->text == drawn.items[i]->text);
      }
    }
    CHECK(testing::message_of<argument_error>([&] { (void)space.point(12, "s.yml"); }) ==
          "s.yml: point 12 of bayes depends on results, which searched_points takes");
  }
}

TEST_CASE("proposals are where values are good, and another seed makes others") {
  search_space space = bayes_over("{k: {values: [a, b, c, d]}, x: {min: 0.0, max: 1.0}}");
  const auto last_mean = [&] {
    const tpe_space of(space);
    std::vector<coordinates> seen;
    std::vector<point_value> told;
    double distance = 0;
    for (std::size_t point = 0; point < 60; ++point) {
      seen.push_back(point < 12 ? of.drawn(point) : of.proposal(seen, told));
      const double miss = std::abs(seen[point][1] - 0.3) + (seen[point][0] == 2 ? 0 : 0.5);
      told.push_back({miss});
      if (point >= 40) distance += miss / 20;
    }
    return distance;
  };
  std::set<double> means;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    space.seed = seed;
    means.insert(last_mean());
  }
  CHECK(means.size() == 3);
  CHECK(*means.rbegin() < 0.5);  // random ones are 0.67 away on average
}

TEST_CASE("no point of a finite space is proposed twice before all were") {
  const search_space space = bayes_over("{x: {min: 1, max: 5}, k: {values: [a, b, a, c]}}", 15);
  CHECK(space.points == 15);
  const tpe_space of(space);
  std::vector<coordinates> seen;
  std::vector<point_value> told;
  for (std::size_t point = 0; point < 15; ++point) {
    seen.push_back(point < 12 ? of.drawn(point) : of.proposal(seen, told));
    told.push_back({seen.back()[0]});
  }
  CHECK(std::set<coordinates>(seen.begin(), seen.end()).size() == 15);
  CHECK(std::ranges::find(seen, of.proposal(seen, told)) != seen.end());
}
