// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What search spaces are here, for judge.py: each line of standard input is an object with a space,
// each line of standard output says how many points it has, which the first ones are, and what the
// first parameter's values are at some u, or why it is refused.

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/sweep/space_reader.hpp"

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

ordered_json answer(const ordered_json& request) {
  constexpr std::size_t most_points_told = 2000;
  try {
    const search_space space = read_search_space(to_node(request["space"], "space"), "space");
    ordered_json points = ordered_json::array();
    for (std::size_t i = 0; i < std::min(space.points, most_points_told); ++i) {
      points.push_back(json_of(space.point(i, "space")));
    }
    ordered_json values = ordered_json::array();
    for (const ordered_json& u : request.value("us", ordered_json::array())) {
      const space_parameter& p = space.parameters.front();
      values.push_back(json_of(*value_at(p.values, u.get<double>(), *p.key)));
    }
    return {{"count", space.points}, {"points", points}, {"values", values}};
  } catch (const error& e) {
    return {{"error", e.what()}};
  }
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << dump(answer(ordered_json::parse(line))) << "\n";
  }
}
