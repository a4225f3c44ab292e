// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What search spaces are here, for judge.py: each line of standard input is an object with a space,
// each line of standard output says how many points it has, which the first ones are, and what the
// first parameter's values are at some u, or why it is refused. With points of the space and what
// came of them it says, for tpe_judge.py, what TPE makes of candidates.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "answer_lines.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/sweep/parzen.hpp"
#include "sweepnet/sweep/space_reader.hpp"
#include "sweepnet/sweep/tpe.hpp"

using namespace sweepnet;

namespace {

ordered_json json_of(const parsed_node& value) {
  switch (value.type) {
    case node_type::null: return nullptr;
    case node_type::list: {
      ordered_json list = ordered_json::array();
      for (const shared_node& item : value.items) list.push_back(json_of(*item));
      return list;
    }
    case node_type::mapping: {
      ordered_json object = ordered_json::object();
      for (std::size_t i = 0; i < value.keys.size(); ++i) {
        object[value.keys[i]->text] = json_of(*value.items[i]);
      }
      return object;
    }
    case node_type::scalar: break;
  }
  if (value.quoted) return value.text;
  if (value.text == "true" || value.text == "false") return value.text == "true";
  if (const auto integer = parse_number<std::int64_t>(value.text)) return *integer;
  if (const auto real = parse_number<double>(value.text)) return *real;
  return value.text;
}

/// How the points are split, both densities at the candidates, and which of them is chosen.
ordered_json tpe_answer(const search_space& space, const ordered_json& request) {
  std::vector<point_value> told;
  for (const ordered_json& each : request["told"]) {
    point_value value;
    value.value = each["value"].is_null() ? std::numeric_limits<double>::quiet_NaN()
                                          : each["value"].get<double>();
    if (!each["stopped_after"].is_null()) value.stopped_after = each["stopped_after"];
    told.push_back(value);
  }
  const auto seen = request["seen"].get<std::vector<coordinates>>();
  const auto candidates = request["candidates"].get<std::vector<coordinates>>();
  const split_points split = split_by_value(told, seen.size());
  const tpe_space of(space);
  const parzen_estimator below(of.axes(), points_at(seen, split.below));
  const parzen_estimator above(of.axes(), points_at(seen, split.above));
  ordered_json densities = ordered_json::array();
  for (const coordinates& at : candidates) {
    densities.push_back({below.log_density(at), above.log_density(at)});
  }
  return {{"below", split.below},
          {"above", split.above},
          {"densities", densities},
          {"chosen", best_candidate(below, above, candidates)}};
}

ordered_json answer(const ordered_json& request) {
  constexpr std::size_t most_points_told = 2000;
  const search_space space = read_search_space(to_node(request["space"], "space"), "space");
  if (request.contains("told")) return tpe_answer(space, request);
  ordered_json points = ordered_json::array();
  for (std::size_t i = 0; i < std::min(batch_of(space, 0).end, most_points_told); ++i) {
    points.push_back(json_of(space.point(i, "space")));
  }
  ordered_json values = ordered_json::array();
  for (const ordered_json& u : request.value("us", ordered_json::array())) {
    const space_parameter& p = space.parameters.front();
    values.push_back(json_of(*value_at(p.values, u.get<double>(), *p.key)));
  }
  return {{"count", space.points}, {"points", points}, {"values", values}};
}

}  // namespace

int main() { testing::answer_lines(answer); }
