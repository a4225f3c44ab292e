// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Importances, by what Optuna 5.0.0's get_param_importances() and SciPy give of the same runs.

#include "sweepnet/report/importance.hpp"

#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "small_reports.hpp"
#include "support.hpp"
#include "sweepnet/report/ped_anova.hpp"

using namespace sweepnet;
using report::parameter;
using report::parameter_type;

namespace {

/// Sixty runs; the parameter m belongs to the choice a of c alone.
report::sweep_report sixty_runs() {
  std::vector<parameter> parameters{
      {.name = "x", .type = parameter_type::number, .is_log = true, .low = 1e-4, .high = 0.1},
      {.name = "n", .type = parameter_type::integer, .low = 1, .high = 8},
      {.name = "w", .type = parameter_type::integer, .is_log = true, .low = 1, .high = 1000},
      {.name = "c", .type = parameter_type::category, .choices = {"a", "b", "c"}},
      {.name = "m", .type = parameter_type::number, .low = 0, .high = 1}};
  std::vector<double> values;
  for (int i = 0; i < 60; ++i) {
    const double x = 1e-4 * std::pow(10, 3 * ((i * 37) % 60) / 59.0);
    const int n = 1 + (i * 17) % 8;
    const double m = ((i * 29) % 60) / 60.0;
    parameters[0].values.emplace_back(x);
    parameters[1].values.emplace_back(n);
    parameters[2].values.emplace_back(1 + (i * 331) % 1000);
    parameters[3].values.emplace_back(i % 3);
    parameters[4].values.emplace_back();
    if (i % 3 == 0) parameters[4].values.back() = m;
    values.push_back(0.5 + 0.1 * std::log10(x / 1e-4) + (i % 3 == 1 ? 0.05 : 0) + 0.01 * n -
                     (i % 3 == 0 ? 0.2 * m : 0) + ((i * 7) % 10) / 100.0);
  }
  report::sweep_report told = testing::report_of(values);
  told.parameters = std::move(parameters);
  return told;
}

}  // namespace

TEST_CASE("importances are Optuna's") {
  const report::sweep_report told = sixty_runs();
  std::vector<std::size_t> runs;
  std::vector<double> losses;
  for (std::size_t i = 0; i < told.runs.size(); ++i) {
    runs.push_back(i);
    losses.push_back(-*told.value_of(told.runs[i]));
  }
  const std::vector<double> absolute = report::ped_anova(told.parameters)(runs, losses);
  const std::vector<double> expected{0.025544139298297498, 0.001338885305406033,
                                     0.005790818412539237, 0.0011995002082429665,
                                     0.007672607121831105};
  REQUIRE(absolute.size() == expected.size());
  for (std::size_t p = 0; p < expected.size(); ++p) {
    INFO(told.parameters[p].name);
    CHECK(std::abs(absolute[p] - expected[p]) < 1e-12);
  }
  const std::map<std::string, double> shares{{"x", 0.6148406543927345},
                                             {"n", 0.0322266140079939},
                                             {"w", 0.1393834625100256},
                                             {"c", 0.028871651707187525},
                                             {"m", 0.1846776173820586}};
  const std::map<std::string, double> correlations{{"x", 0.7737704918032788},
                                                   {"n", 0.07423919058996294},
                                                   {"w", -0.3839955543206447},
                                                   {"m", -0.5684210526315789}};
  const std::vector<report::importance> found = report::importances_of(told);
  REQUIRE(found.size() == shares.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    const std::string& name = told.parameters[found[k].parameter].name;
    INFO(name);
    CHECK(std::abs(found[k].share - shares.at(name)) < 1e-9);
    CHECK(found[k].low <= found[k].high);
    CHECK(found[k].low >= 0);
    CHECK(found[k].high <= 1);
    if (k > 0) CHECK(found[k - 1].share >= found[k].share);
    const auto correlation = correlations.find(name);
    REQUIRE(found[k].correlation.has_value() == (correlation != correlations.end()));
    if (found[k].correlation) CHECK(std::abs(*found[k].correlation - correlation->second) < 1e-12);
  }
  CHECK(told.parameters[found[0].parameter].name == "x");
  CHECK(found[0].low < found[0].share);
  CHECK(found[0].high > found[0].share);
}

TEST_CASE("bars of importances are drawn anew from another seed, and the same from the same") {
  const report::sweep_report told = sixty_runs();
  const auto lows = [&](std::uint64_t seed) {
    std::vector<double> all;
    for (const report::importance& each : report::importances_of(told, {.seed = seed})) {
      all.push_back(each.low);
    }
    return all;
  };
  CHECK(lows(1) == lows(1));
  CHECK(lows(1) != lows(2));
}

TEST_CASE(
    "of too few runs, of none that is done, and of equal ones nothing is told, or equally much") {
  report::sweep_report told = sixty_runs();
  for (std::size_t i = 19; i < told.runs.size(); ++i) told.runs[i].phase = run_phase::stopped;
  CHECK(report::importances_of(told).empty());
  told.runs[19].phase = run_phase::done;
  CHECK(report::importances_of(told).size() == 5);

  report::sweep_report equal = sixty_runs();
  for (report::reported_run& run : equal.runs) run.history[0].validation->accuracy = 0.5;
  const std::vector<report::importance> found = report::importances_of(equal);
  REQUIRE(found.size() == 5);
  for (const report::importance& each : found) {
    CHECK(std::abs(each.share - 0.2) < 1e-12);
    CHECK_FALSE(each.correlation.has_value());
  }
}
