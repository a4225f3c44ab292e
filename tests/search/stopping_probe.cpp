// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What early termination is here, for stopping_judge.py: each line of standard input is an object
// with a rule and a metric, and runs' histories or how many runs of how many epochs there are; each
// line of standard output says which runs are stopped, or at which epochs runs are compared.

#include <cstdint>
#include <string>
#include <vector>

#include "answer_lines.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/sweep/early_termination_reader.hpp"
#include "sweepnet/sweep/search_course.hpp"
#include "sweepnet/sweep/stopping_rules.hpp"

using namespace sweepnet;

namespace {

ordered_json stopped_runs(const search_rules& rules, const ordered_json& runs) {
  std::vector<std::vector<double>> losses;
  for (const ordered_json& run : runs) {
    losses.emplace_back();
    for (const ordered_json& value : run["values"]) {
      losses.back().push_back(detail::loss_of(rules, value.get<double>()));
    }
  }
  std::vector<compared_run> compared;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    compared.push_back({.losses = losses[i], .running = runs[i]["running"].get<bool>()});
  }
  ordered_json stopped = ordered_json::array();
  for (const judgement& each :
       judge_by_bands(std::get<early_terminations::wandb_hyperband>(rules.early), compared)) {
    stopped.push_back({{"run", each.run}, {"band", each.band}});
  }
  return {{"stopped", stopped}};
}

ordered_json rungs_of(const early_termination& early, std::int64_t epochs, std::size_t count) {
  if (const auto* rule = std::get_if<early_terminations::successive_halving>(&early)) {
    return {{"rungs", halving_rungs(rule->min_epochs, rule->eta, epochs)}};
  }
  ordered_json brackets = ordered_json::array();
  for (const hyperband_bracket& each :
       brackets_of(std::get<early_terminations::hyperband>(early), epochs, count)) {
    brackets.push_back({{"number", each.number}, {"size", each.size()}, {"rungs", each.rungs}});
  }
  return {{"brackets", brackets}};
}

ordered_json answer(const ordered_json& request) {
  std::vector<std::string> notes;
  const search_rules rules{
      .early = read_early_termination(to_node(request["early_terminate"], "rule"), decoder("rule"),
                                      notes),
      .compared = from_name<metric>(request["metric"].get<std::string>()).value()};
  if (request.contains("runs")) return stopped_runs(rules, request["runs"]);
  return rungs_of(rules.early, request["epochs"].get<std::int64_t>(),
                  request["count"].get<std::size_t>());
}

}  // namespace

int main() { testing::answer_lines(answer); }
