// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/sweep/search_space.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/sweep/distribution_reader.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/space_reader.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"

using namespace sweepnet;

namespace {

search_space space_of(const std::string& text, const draw_options& options = {}) {
  return read_search_space(parse_value(text, "s.yml"), "s.yml", options);
}

void flatten_into(std::string& flat, const parsed_node& value, const std::string& name) {
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    const std::string full = name.empty() ? value.keys[i]->text : name + "." + value.keys[i]->text;
    flatten_into(flat, *value.items[i], full);
  }
  if (value.type == node_type::scalar) flat += fmt::format("{} {}, ", name, value.text);
}

/// "a.z 1, b 2, "
std::string flat_point(const search_space& space, std::size_t index) {
  std::string flat;
  flatten_into(flat, space.point(index, "s.yml"), "");
  return flat;
}

/// The value of one parameter at the first points.
std::vector<std::string> drawn_values(const search_space& space, const std::string& name) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < space.points; ++i) {
    const std::string flat = ", " + flat_point(space, i);
    const std::size_t at = flat.find(", " + name + " ") + name.size() + 3;
    values.push_back(flat.substr(at, flat.find(',', at) - at));
  }
  return values;
}

std::set<std::string> all_points(const search_space& space) {
  std::set<std::string> points;
  for (std::size_t i = 0; i < space.points; ++i) points.insert(flat_point(space, i));
  return points;
}

}  // namespace

TEST_CASE(
    "a grid is in W&B's order: sorted names, nested ones in their parent's place, last first") {
  const std::string text =
      "method: grid\n"
      "parameters:\n"
      "  b: {values: [1, 2]}\n"
      "  fixed: {value: 7}\n"
      "  A: {values: [x, y]}\n"
      "  a: {parameters: {z: {values: [1, 2]}}}\n";
  const search_space space = space_of(text);
  REQUIRE(space.points == 8);
  const std::vector<std::string> expected{"x11", "x12", "x21", "x22", "y11", "y12", "y21", "y22"};
  for (std::size_t i = 0; i < 8; ++i) {
    const std::string& e = expected[i];
    CHECK(flat_point(space, i) == fmt::format("A {}, b {}, fixed 7, a.z {}, ", e[0], e[2], e[1]));
  }
  const search_space in_file_order = space_of(text + "order: file\n");
  CHECK(flat_point(in_file_order, 1) == "b 1, fixed 7, A x, a.z 2, ");
  CHECK(flat_point(in_file_order, 4) == "b 2, fixed 7, A x, a.z 1, ");
}

TEST_CASE("each point of a grid comes once, integers with both ends") {
  const search_space space = space_of(
      "method: grid\n"
      "parameters:\n"
      "  a: {min: -2, max: 2}\n"
      "  b: {values: [x, [1, 2], {c: 3}]}\n"
      "  c: {distribution: q_uniform, min: 0, max: 1.2, q: 0.3}\n"
      "  d: {parameters: {e: {parameters: {f: {values: [true, false]}}}}}\n");
  CHECK(space.points == 5U * 3 * 4 * 2);
  std::set<std::string> points;
  for (std::size_t i = 0; i < space.points; ++i) {
    points.insert(detail::canonical_text(space.point(i, "s.yml")));
  }
  CHECK(points.size() == space.points);
}

TEST_CASE("values that are one to W&B are one, in the first's place, as the last is written") {
  const search_space space = space_of(
      "method: grid\nparameters: {a: {values: [1, 1.0, 2, 2, true, '1', {b: 1, c: 2}, "
      "{c: 2.0, b: 1}]}}\n");
  CHECK(space.points == 5);
  CHECK(flat_point(space, 0) == "a 1.0, ");
  CHECK(flat_point(space, 1) == "a 2, ");
  CHECK(flat_point(space, 2) == "a true, ");
  CHECK(flat_point(space, 3) == "a 1, ");
  CHECK(flat_point(space, 4) == "a.c 2.0, a.b 1, ");
}

TEST_CASE("only constants are one point") {
  CHECK(space_of("method: grid\nparameters: {a: {value: 1}}\n").points == 1);
  CHECK(space_of("method: random\nparameters: {a: {value: 1}}\n").points == 1);
}

TEST_CASE("a space of 10^12 points costs no memory, and its last one is what it is to be") {
  std::string text = "method: METHOD\nparameters:\n";
  for (const char name : std::string("abcd"))
    text += fmt::format("  {}: {{min: 0, max: 999}}\n", name);
  const auto with_method = [&](const std::string& method) {
    std::string changed = text;
    return space_of(changed.replace(8, 6, method));
  };
  const search_space grid = with_method("grid");
  CHECK(grid.points == 1'000'000'000'000);
  CHECK(flat_point(grid, 123'456'789'012) == "a 123, b 456, c 789, d 12, ");
  CHECK(flat_point(grid, grid.points - 1) == "a 999, b 999, c 999, d 999, ");
  const search_space random = with_method("random");
  CHECK(random.points == grid.points);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < 1000; ++i) {
    seen.insert(flat_point(random, i));
    seen.insert(flat_point(random, random.points - 1 - i));
  }
  CHECK(seen.size() == 2000);
}

TEST_CASE("random points of a finite space come once each, in an order of their seed's") {
  const std::string text =
      "method: random\n"
      "parameters:\n"
      "  a: {values: [1, 2, 3]}\n"
      "  b: {min: 1, max: 7}\n"
      "  c: {distribution: q_uniform, min: 1, max: 10, q: 4}\n";
  const search_space space = space_of(text);
  CHECK(space.draws == point_draws::distinct);
  REQUIRE(space.points == 42);
  CHECK(all_points(space).size() == 42);
  const search_space other = space_of(text + "seed: 1\n");
  CHECK(all_points(other) == all_points(space));
  CHECK(drawn_values(other, "b") != drawn_values(space, "b"));
  CHECK(drawn_values(space_of(text, {.seed = 1}), "b") == drawn_values(other, "b"));
  const search_space capped = space_of(text + "run_cap: 5\n");
  CHECK(capped.points == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(flat_point(capped, i) == flat_point(space, i));
  CHECK(space_of(text + "run_cap: 100\n").notes.back() ==
        "the space has 42 points, of 100 that were asked for");
}

TEST_CASE(
    "another parameter, another order or a nested spelling leaves independent draws as they were") {
  const std::string lr =
      "  optimizer.learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 0.1}\n";
  const std::string head = "method: random\nrun_cap: 50\nseed: 9\nparameters:\n";
  const std::vector<std::string> alone =
      drawn_values(space_of(head + lr), "optimizer.learning_rate");
  CHECK(std::set<std::string>(alone.begin(), alone.end()).size() == 50);
  const auto same = [&](const std::string& text) {
    CHECK(drawn_values(space_of(text), "optimizer.learning_rate") == alone);
  };
  same(head + "  a: {min: 0.0, max: 1.0}\n" + lr + "  z: {values: [1, 2]}\n");
  same(head + lr + "  a: {distribution: normal}\n");
  same(head +
       "  optimizer: {parameters: {learning_rate: {distribution: log_uniform_values, min: "
       "1e-4, max: 0.1}}}\n");
  CHECK(drawn_values(space_of(head + lr, {.seed = 10}), "optimizer.learning_rate") != alone);
  const auto longer = drawn_values(space_of(head + lr, {.runs = 70}), "optimizer.learning_rate");
  CHECK(std::vector(longer.begin(), longer.begin() + 50) == alone);
}

TEST_CASE("Halton's points are evenly spread along each parameter") {
  const search_space space = space_of(
      "method: random\ndraws: halton\nrun_cap: 36\nparameters:\n"
      "  a: {values: [1, 2, 3, 4]}\n  fixed: {value: 1}\n  b: {values: [1, 2, 3]}\n");
  std::map<std::string, int> seen;
  for (std::size_t i = 0; i < 36; ++i) ++seen[flat_point(space, i)];
  CHECK(seen.size() == 12);
  for (const auto& [point, count] : seen) {
    INFO(point);
    CHECK(count == 3);
  }
}

TEST_CASE("what has no end needs a number of points, from the file, the caller or the array") {
  const std::string text = "method: random\nparameters: {a: {min: 0.0, max: 1.0}}\n";
  CHECK(testing::message_of<endless_space>([&] { (void)space_of(text); }) ==
        "s.yml:1:9: random draws have no end: the space needs a run_cap");
  CHECK(space_of(text + "run_cap: 7\n").points == 7);
  CHECK(space_of(text + "run_cap: 7\n", {.runs = 3}).points == 3);
  CHECK(space_of(text, {.children = 8}).points == 8);
  CHECK(space_of(text + "repeats: 3\n", {.children = 8}).points == 3);
  CHECK(space_of(text + "run_cap: 7\n", {.children = 8}).points == 7);
  CHECK(space_of("method: random\nparameters: {a: {min: 1, max: 9}}\n", {.children = 3}).points ==
        9);  // which has an end
  std::string wide = "method: grid\nparameters:\n";
  for (const char name : std::string("abcdefg"))
    wide += fmt::format("  {}: {{min: 0, max: 999}}\n", name);
  CHECK(testing::message_of<endless_space>([&] { (void)space_of(wide); }) ==
        "s.yml:1:9: the grid has more than 2^53 points: it needs a run_cap");
  CHECK(space_of(wide + "run_cap: 1001\n").points == 1001);
  CHECK(flat_point(space_of(wide + "run_cap: 1001\n"), 1000) ==
        "a 0, b 0, c 0, d 0, e 0, f 1, g 0, ");
}

TEST_CASE("repeats of a point differ by their seeds, which follow that of the point") {
  const auto read = parse_sweep<paramset>(
      "method: grid\nrepeats: 3\nparameters: {epochs: {values: [1, 2]}, seed: {value: 40}}\n");
  REQUIRE(read.count() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(read.at(i).epochs == static_cast<std::int64_t>(i / 3 + 1));
    CHECK(read.at(i).seed == 40 + i % 3);
  }
  auto revised = read;
  revised.revise([](paramset& p) { p.seed = 7; });
  CHECK(revised.at(5).seed == 9);
  CHECK(testing::message_of<argument_error>([&] { (void)read.at(6); }) ==
        "sweep: the sweep has 6 paramsets, got the index 6");
}

TEST_CASE("fields that are choices may be searched whole, within, and both at once") {
  const auto read = parse_sweep<paramset>(
      "method: grid\n"
      "parameters:\n"
      "  optimizer: {values: [adam, {name: sgd, momentum: 0.9}]}\n"
      "  optimizer.learning_rate: {values: [0.1, 0.01]}\n"
      "  early_stopping: {values: [null, {patience: 3}]}\n"
      "  hidden_nodes: {values: [[10, 20], [30]]}\n"
      "  epochs: {value: 20.0}\n");
  REQUIRE(read.count() == 16);
  const ordered_json last = encode(read.at(15));
  CHECK(last["optimizer"]["name"] == "sgd");
  CHECK(last["optimizer"]["momentum"] == 0.9);
  CHECK(last["optimizer"]["learning_rate"]["value"] == 0.01);
  CHECK(last["early_stopping"]["patience"] == 3);
  CHECK(last["hidden_nodes"] == ordered_json({30}));
  CHECK(last["epochs"] == 20);
  const ordered_json first = encode(read.at(0));
  CHECK(first["optimizer"]["name"] == "adam");
  CHECK_FALSE(first.contains("early_stopping"));
}

TEST_CASE("the metric of a space decides which epoch is best, unless a parameter does") {
  const std::string text =
      "method: grid\nmetric: {name: val_loss}\nparameters: {epochs: {value: 1}";
  CHECK(parse_sweep<paramset>(text + "}").at(0).monitor == metric::val_loss);
  CHECK(parse_sweep<paramset>(text + ", monitor: {value: acc}}").at(0).monitor == metric::accuracy);
}

TEST_CASE("what was read otherwise than it stands there is told once") {
  const search_space space = space_of(
      "method: grid\nprogram: train.py\ncommand: ['${env}', python]\nproject: p\nname: first\n"
      "description: a try\nmetric: {name: loss, goal: minimize, impute: best}\n"
      "parameters: {optimizer.rho: {value: 1}}\n");
  CHECK(space.name == "first");
  CHECK(space.description == "a try");
  CHECK(space.notes ==
        std::vector<std::string>{
            "metric.impute: best is not used here: a run fails where it has no finite value, and "
            "counts as the worst",
            "parameter optimizer.rho: read as rho within optimizer",
            "program, command, project say how W&B starts a script, and are not used here"});
  CHECK(space_of("method: random\nrun_cap: 1\nparameters: {a: {distribution: log_uniform, min: -9, "
                 "max: -2}, b: {distribution: q_uniform, min: 1, max: 10, q: 4}}\n")
            .notes == std::vector<std::string>{
                          "parameter a: the bounds of log_uniform are exponents of e; W&B would "
                          "have log_uniform_values instead",
                          "parameter b: multiples of 4 from 4 to 8, where W&B would leave the "
                          "bounds"});
}
