// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/sweep/searched_points.hpp"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "support.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/space_reader.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/sweep/yaml_reader.hpp"

using namespace sweepnet;

namespace {

std::shared_ptr<const search_space> bayes_space(const std::string& more,
                                                const std::string& metric = "{name: val_loss}") {
  const std::string text = "method: bayes\nrun_cap: 22\nmetric: " + metric +
                           "\nparameters: {l2: {min: 0.0, max: 1.0}}\n" + more;
  return std::make_shared<const search_space>(
      read_search_space(parse_value(text, "s.yml"), "s.yml"));
}

told_run finished(double value) { return {.best = value}; }

/// Values that are the better the nearer a run's number is to 7.
std::vector<told_run> runs_told(std::size_t count) {
  std::vector<told_run> runs;
  for (std::size_t i = 0; i < count; ++i) {
    runs.push_back(finished(std::abs(static_cast<double>(i) - 7)));
  }
  return runs;
}

/// The values at all points from `first` on that are known once these runs are told of.
std::vector<std::string> points_from(std::size_t first, std::shared_ptr<const search_space> space,
                                     const std::vector<told_run>& runs) {
  searched_points points(std::move(space));
  points.tell(runs);
  std::vector<std::string> values;
  for (std::size_t point = first; point < points.known(); ++point) {
    values.push_back(points.at(point, "s.yml").items.front()->text);
  }
  return values;
}

}  // namespace

TEST_CASE("points are known a batch at a time") {
  searched_points points(bayes_space(""));
  CHECK(points.known() == 12);
  CHECK(testing::message_of<undetermined_point>([&] { (void)points.at(12, "s.yml"); }) ==
        "s.yml: point 12 of bayes depends on what came of the 12 runs before its batch, and 0 of "
        "them are known");
  points.tell(runs_told(11));
  CHECK(points.known() == 12);
  points.tell({finished(4)});
  CHECK(points.known() == 16);
  CHECK(points.told() == 12);
  CHECK(testing::message_of<undetermined_point>([&] { (void)points.at(20, "s.yml"); }) ==
        "s.yml: point 20 of bayes depends on what came of the 20 runs before its batch, and 12 of "
        "them are known");
  points.tell(runs_told(8));
  CHECK(points.known() == 22);  // the last batch is not full
  points.tell(runs_told(2));
  CHECK(testing::message_of<argument_error>([&] { points.tell(runs_told(1)); }) ==
        "a space of 22 runs was told of 23");
}

TEST_CASE("batches divide a space") {
  const auto space = bayes_space("parallel: 8\n");
  CHECK(batch_of(*space, 0).end == 16);
  CHECK(batch_of(*space, 16).first == 16);
  CHECK(batch_of(*space, 21).end == 22);
  for (std::size_t point = 0; point < 22; ++point) {
    const point_batch batch = batch_of(*space, point);
    CHECK(batch.first <= point);
    CHECK(point < batch.end);
  }
}

TEST_CASE("a point depends on what was told before its batch alone, however it was told") {
  const auto space = bayes_space("");
  const std::vector<told_run> all = runs_told(22);
  searched_points at_once(space);
  at_once.tell(all);
  searched_points one_by_one(space);
  for (const told_run& run : all) one_by_one.tell({run});
  std::vector<told_run> others = all;
  for (std::size_t i = 12; i < 22; ++i) others[i] = finished(-5);
  for (std::size_t point = 0; point < 22; ++point) {
    const std::string text = at_once.at(point, "s.yml").items.front()->text;
    CHECK(one_by_one.at(point, "s.yml").items.front()->text == text);
    if (point < 16) CHECK(points_from(point, space, others).front() == text);
  }
  CHECK(points_from(16, space, others) != points_from(16, space, all));
}

TEST_CASE("the members of a batch keep away from one another") {
  searched_points points(bayes_space(""));
  points.tell(runs_told(12));
  std::vector<double> l2;
  for (std::size_t point = 12; point < 16; ++point) {
    l2.push_back(std::stod(points.at(point, "s.yml").items.front()->text));
  }
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(std::abs(l2[i] - l2[j]) > 1e-3);
  }
}

TEST_CASE("what rises is searched as its negative falls") {
  std::vector<told_run> falling = runs_told(12);
  std::vector<told_run> rising = falling;
  for (told_run& run : rising) run.best = 1 - run.best / 100;
  CHECK(points_from(12, bayes_space("", "{name: val_accuracy}"), rising) ==
        points_from(12, bayes_space("", "{name: val_loss}"), falling));
}

TEST_CASE("values that are not finite are worst, and where there are no others search goes on") {
  const auto space = bayes_space("");
  std::vector<told_run> runs = runs_told(12);
  runs[7] = finished(std::nan(""));
  std::vector<told_run> large = runs_told(12);
  large[7] = finished(1e9);
  CHECK(points_from(12, space, runs) == points_from(12, space, large));
  CHECK(!points_from(12, space, std::vector<told_run>(12)).empty());
}

TEST_CASE("a point's value is the mean over its repeats") {
  const auto one = bayes_space("");
  const auto two = bayes_space("repeats: 2\n");
  std::vector<told_run> means;
  std::vector<told_run> repeats;
  for (std::size_t i = 0; i < 12; ++i) {
    const double value = std::abs(static_cast<double>(i) - 4);
    means.push_back(finished(value));
    repeats.push_back(finished(value - 3));
    repeats.push_back(finished(value + 3));
  }
  CHECK(points_from(12, two, repeats) == points_from(12, one, means));
  // One of them that was stopped makes the point one that was.
  repeats[9].stopped_after = 2;
  means[4].stopped_after = 2;
  CHECK(points_from(12, two, repeats) == points_from(12, one, means));
  CHECK(points_from(12, one, means) != points_from(12, one, runs_told(12)));
}

TEST_CASE("a sweep of bayes knows the paramsets of which it is told enough") {
  sweep<paramset> read = parse_sweep<paramset>(
      "method: bayes\nrun_cap: 20\nrepeats: 2\nmetric: {name: val_loss}\nparameters: {l2: {min: "
      "0.0, max: 1.0}}\n",
      "s.yml");
  CHECK(read.count() == 40);
  CHECK(read.known() == 24);
  CHECK(read.at(23).monitor == metric::val_loss);
  CHECK(testing::message_of<undetermined_point>([&] { (void)read.at(24); }) ==
        "s.yml: point 12 of bayes depends on what came of the 24 runs before its batch, and 0 of "
        "them are known");
  const sweep<paramset> before = read;
  read.tell(runs_told(24));
  CHECK(read.known() == 32);
  CHECK(before.known() == 24);
  CHECK(read.at(31).seed == read.at(30).seed + 1);
  CHECK(read.at(31).l2 == read.at(30).l2);
  sweep<paramset> list("list.yml", {paramset{}});
  CHECK(list.known() == 1);
  CHECK(testing::message_of<argument_error>([&] { list.tell({}); }) ==
        "list.yml: the sweep is a list, and depends on no results");
}
