// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/table/table_dataset.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data_files.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/data/table/fit_schema.hpp"
#include "sweepnet/data/table/read_table.hpp"
#include "sweepnet/data/table/split.hpp"

using sweepnet::data_error;
using sweepnet::data_request;
using sweepnet::dataset;
using sweepnet::missing_values;
using sweepnet::raw_table;
using sweepnet::usage_error;
using testing::message_of;

namespace {

/// A table as load_table_dataset() would read it.
raw_table table_of(const std::string& text, const data_request& request) {
  sweepnet::table_reading reading;
  reading.reading_of = [&](const std::string& name) { return sweepnet::reading_of(request, name); };
  return sweepnet::read_table_text(text, "t.csv", reading);
}

dataset dataset_of(const std::string& text, const data_request& request) {
  return sweepnet::table_dataset(table_of(text, request), request);
}

std::vector<float> inputs_of(const sweepnet::labelled_rows& rows, std::int64_t row) {
  std::vector<float> values(static_cast<std::size_t>(rows.width));
  rows.copy_row(row, values.data());
  return values;
}

/// What stands behind the one number of a row.
std::vector<float> one_hot_of(const sweepnet::labelled_rows& rows, std::int64_t row) {
  std::vector<float> values = inputs_of(rows, row);
  values.erase(values.begin());
  return values;
}

/// The last of four rows validates.
data_request last_of_four(const std::string& target) {
  return {.validation_split = 0.25, .target = target};
}

std::string refused_table(const std::string& text, const data_request& request) {
  return message_of<data_error>([&] { (void)dataset_of(text, request); });
}

std::string rows_of_text(int count, const std::string& head,
                         const std::function<std::string(int)>& row) {
  std::string text = head + "\n";
  for (int i = 0; i < count; ++i) text += row(i) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a table's numbers are standardised by its training rows") {
  const dataset data =
      dataset_of("x,constant,y\n1,7,no\n3,7,yes\n5,7,no\n100,7,yes\n", last_of_four("y"));
  CHECK(data.classes() == 2);
  CHECK(data.inputs() == 2);
  const float unit = static_cast<float>(2 / std::sqrt(8.0 / 3));
  CHECK(inputs_of(data.train, 0) == std::vector<float>{-unit, 0});
  CHECK(inputs_of(data.train, 1) == std::vector<float>{0, 0});
  CHECK(inputs_of(data.train, 2) == std::vector<float>{unit, 0});
  CHECK(inputs_of(data.validation, 0)[0] == static_cast<float>(97 / std::sqrt(8.0 / 3)));
  CHECK(data.train.labels == std::vector<std::int32_t>{0, 1, 0});
  CHECK(data.schema->classes == std::vector<std::string>{"no", "yes"});
  CHECK(data.schema->columns[0].mean == 3);
  CHECK(data.schema->columns[1].deviation == 1);
  CHECK(data.notes[0] == "t.csv: 2 inputs; 3 rows to train on, 1 to validate on (the last rows)");
  data_request raw = last_of_four("y");
  raw.standardize = false;
  CHECK(inputs_of(dataset_of("x,y\n1,a\n3,b\n5,a\n100,b\n", raw).validation, 0) ==
        std::vector<float>{100});
}

TEST_CASE("categories of a table are one-hot behind its numbers, in sorted order") {
  const std::string text = "colour,x,size,y\nred,1,XL,0\ngreen,2,S,1\nred,3,S,1\nblue,4,M,0\n";
  const dataset data = dataset_of(text, last_of_four("y"));
  CHECK(data.schema->input_names() ==
        std::vector<std::string>{"x", "colour_green", "colour_red", "size_S", "size_XL"});
  CHECK(data.inputs() == 5);
  CHECK(one_hot_of(data.train, 0) == std::vector<float>{0, 1, 0, 1});
  // Neither blue nor M is in a training row.
  CHECK(one_hot_of(data.validation, 0) == std::vector<float>{0, 0, 0, 0});
  CHECK(data.notes.size() == 4);
  CHECK(data.notes[0] ==
        "t.csv: 5 inputs (1 number, 2 columns of categories); 3 rows to train on, 1 to validate on "
        "(the last rows)");
  CHECK(data.notes[1] ==
        "t.csv: column 'colour' has 1 cell of categories that no training row has: they count as "
        "none");
  data_request numbers_too = last_of_four("y");
  numbers_too.categories = {"x"};
  numbers_too.features = {"x"};
  CHECK(dataset_of(text, numbers_too).schema->input_names() ==
        std::vector<std::string>{"x_1", "x_2", "x_3"});
}

TEST_CASE("missing cells of a table are filled as is asked") {
  const std::string text = "x,c,y\n1,a,0\n,b,1\n4,,1\n4,b,0\n";
  const auto column = [&](missing_values how, std::size_t which) {
    data_request request{.target = "y", .missing = how, .shuffle_split = 0};
    const raw_table table = table_of(text, request);
    const std::vector<std::int64_t> rows{0, 1, 2, 3};
    return sweepnet::fit_schema(table, rows, request, sweepnet::targets_of(table, request))
        .columns[which];
  };
  CHECK(column(missing_values::mean, 0).fill == 3);
  CHECK(column(missing_values::mean, 0).deviation == std::sqrt(6.0 / 4));
  CHECK(column(missing_values::median, 0).fill == 4);
  CHECK(column(missing_values::mode, 0).fill == 4);
  CHECK(column(missing_values::mode, 1).fill_text == "b");
  CHECK(column(missing_values::indicator, 0).indicator);
  CHECK(column(missing_values::indicator, 1).has_missing_category);
  data_request request{.validation_split = 0.25, .target = "y"};
  request.missing = missing_values::indicator;
  const dataset data = dataset_of(text, request);
  CHECK(data.schema->input_names() ==
        std::vector<std::string>{"x", "x_missing", "c_a", "c_b", "c_missing"});
  CHECK(inputs_of(data.train, 1) == std::vector<float>{0, 1, 0, 1, 0});
  CHECK(inputs_of(data.train, 2)[4] == 1);
  request.missing = missing_values::error;
  CHECK(refused_table(text, request) ==
        "t.csv:3:1: column 'x' has no value here; missing may be mean, median, mode or indicator");
}

TEST_CASE("classes of a table are words or integers") {
  const dataset numbers =
      dataset_of("x,y\n1,10\n2,-3\n3,10\n4,9\n5,-3\n6,9\n7,2\n8,2\n", {.target = "y"});
  CHECK(numbers.schema->classes == std::vector<std::string>{"-3", "2", "9", "10"});
  CHECK(numbers.schema->target_type == sweepnet::column_type::number);
  const auto refused_classes = [](const std::string& text) {
    return refused_table(text, {.target = "y", .task = task::multiclass});
  };
  CHECK(refused_classes("x,y\n1,0.5\n2,1\n") ==
        "t.csv:2:2: the target 'y' is 0.5: expected classes (words or integers); the task may be "
        "regression");
  const auto many = [](int i) { return fmt::format("{},{}", i % 7, i % 101); };
  CHECK(refused_classes(rows_of_text(300, "x,y", many)) ==
        "t.csv: the target 'y' has more than 100 different numbers: expected classes; the task may "
        "be regression");
}

TEST_CASE("rows of a table to validate on are drawn within each class, by a seed") {
  const auto row = [](int i) {
    return fmt::format("{},{}", i, i < 80 ? "common" : i < 99 ? "rare" : "single");
  };
  const std::string text = rows_of_text(100, "x,y", row);
  const dataset data = dataset_of(text, {.target = "y"});
  CHECK(data.train.rows() == 75);
  CHECK(std::ranges::count(data.validation.labels, 0) == 20);
  CHECK(std::ranges::count(data.validation.labels, 1) == 5);
  CHECK(data.notes[0] ==
        "t.csv: 1 input; 75 rows to train on, 25 to validate on (drawn within each class)");
  CHECK(data.notes[1] ==
        "t.csv: no row to validate on is of class 'single'; rows are better drawn where a table is "
        "sorted (shuffle_split, stratify)");
  CHECK(digest_of(data) == digest_of(dataset_of(text, {.target = "y"})));
  CHECK(digest_of(data) !=
        digest_of(dataset_of(text, {.target = "y", .shuffle_split = 1, .stratify = true})));
  const dataset sorted = dataset_of(text, {.validation_split = 0.1, .target = "y"});
  CHECK(sorted.notes.back() ==
        "t.csv: no row to validate on is of class 'common'; rows are better drawn where a table is "
        "sorted (shuffle_split, stratify)");
}

TEST_CASE("rows of one group are all on one side") {
  const auto row = [](int i) { return fmt::format("{},p{},{}", i, i / 7 % 13, i % 2); };
  const std::string text = rows_of_text(200, "x,patient,y", row);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const data_request request{.target = "y", .shuffle_split = seed, .groups = "patient"};
    const raw_table table = table_of(text, request);
    const auto split = sweepnet::split_rows(200, sweepnet::targets_of(table, request).of_rows,
                                            table.find("patient")->codes, request);
    CHECK(split.train.size() + split.validation.size() == 200);
    CHECK(split.validation.size() >= 50);
    CHECK(split.validation.size() < 70);
    std::set<std::int32_t> train;
    std::set<std::int32_t> validation;
    const auto& groups = table.find("patient")->codes;
    for (const auto r : split.train) train.insert(groups[static_cast<std::size_t>(r)]);
    for (const auto r : split.validation) validation.insert(groups[static_cast<std::size_t>(r)]);
    CHECK(train.size() + validation.size() == 13);
  }
  CHECK(message_of<usage_error>([&] {
          (void)dataset_of(text, {.target = "y", .stratify = true, .groups = "patient"});
        }) == "groups stay together, so rows cannot be drawn within classes as stratify asks");
}

TEST_CASE("a test table is taken by the training table's schema, in any order of columns") {
  const data_request request{.target = "y"};
  const raw_table train = table_of("x,c,y\n1,a,no\n2,b,yes\n3,a,no\n", request);
  const auto with = [&](const std::string& text) {
    return sweepnet::table_dataset(train, table_of(text, request), request);
  };
  const dataset data = with("other,y,c,x\n9,yes,z,2\n9,no,a,1\n");
  CHECK(data.train.rows() == 3);
  CHECK(inputs_of(data.validation, 0) == std::vector<float>{0, 0, 0});
  CHECK(data.validation.labels == std::vector<std::int32_t>{1, 0});
  const auto wrong = [&](const std::string& text) {
    return message_of<data_error>([&] { (void)with(text); });
  };
  CHECK(wrong("x,c,y\n1,a,perhaps\n2,b,yes\n") ==
        "t.csv:2:3: the class 'perhaps' is in no training row; expected no, yes");
  CHECK(wrong("x,y\n1,yes\n2,no\n") ==
        "t.csv: has no column 'c', which the model names (did you mean 'x'?)");
  CHECK(wrong("x,c,y\nlow,a,yes\n2,b,no\n") ==
        "t.csv: column 'x' must hold numbers, as in the training rows, got texts");
  CHECK(wrong("x,c,y\n,a,yes\n2,b,no\n") ==
        "t.csv:2:1: column 'x' has no value here, which no training row lacks");
}

TEST_CASE("columns that are no features are refused by name") {
  const auto text = [](const std::string& head, const std::function<std::string(int)>& cell) {
    return rows_of_text(120, head + ",x,y",
                        [&](int i) { return fmt::format("{},{},{}", cell(i), i % 10, i % 2); });
  };
  const data_request request{.target = "y"};
  CHECK(refused_table(text("day", [](int i) { return fmt::format("2024-01-{:02}", i % 28 + 1); }),
                      request) ==
        "t.csv: column 'day' has dates (such as '2024-01-01'): drop it, turn it into numbers, or "
        "name it among categories if they are meant as such");
  CHECK(refused_table(text("id", [](int i) { return fmt::format("A{:03}", i); }), request) ==
        "t.csv: column 'id' has another text in each of 90 training rows (such as 'A000'): drop "
        "it");
  CHECK(
      refused_table(text("remark", [](int i) { return fmt::format("remark {}", i / 2); }), request)
          .starts_with("t.csv: column 'remark' has "));
  data_request meant = request;
  meant.categories = {"day"};
  CHECK(dataset_of(text("day", [](int i) { return fmt::format("1/{}/2024", i % 28 + 1); }), meant)
            .inputs() == 29);
}

TEST_CASE("bad requests of a table are refused with what is there") {
  struct bad {
    std::string text;
    data_request request;
    std::string message;
  };
  const std::string good = "age,sex,y\n1,m,0\n2,f,1\n3,m,0\n4,f,1\n";
  const std::vector<bad> all{
      {good,
       {.target = "outcome"},
       "t.csv: has no column 'outcome', which target names (known: age, sex, y)"},
      {good, {.target = "Y"}, "t.csv: has no column 'Y', which target names (did you mean 'y'?)"},
      {good,
       {.target = "y", .drop = {"agee"}},
       "t.csv: has no column 'agee', which drop names (did you mean 'age'?)"},
      {good,
       {.target = "y", .features = {"height"}},
       "t.csv: has no column 'height', which features names (known: age, sex, y)"},
      {good,
       {.target = "y", .categories = {"sx"}},
       "t.csv: has no column 'sx', which categories names (did you mean 'sex'?)"},
      {good, {.target = "y", .drop = {"y"}}, "t.csv: the target 'y' is also named among drop"},
      {good, {.target = "y", .drop = {"age", "sex"}}, "t.csv: has no column to predict 'y' from"},
      {good,
       {.target = "y", .groups = "ward"},
       "t.csv: has no column 'ward', which groups names (known: age, sex, y)"},
      {"x,y\n1,a\n2,a\n3,a\n",
       {.target = "y"},
       "t.csv: the target 'y' is 'a' in each row: expected two classes"},
      {"x,y\n1,a\n2,\n3,b\n", {.target = "y"}, "t.csv:3:2: column 'y' has no value here"},
      {"x,z,y\n1,,a\n2,,b\n3,,a\n4,,b\n",
       {.target = "y", .missing = missing_values::mean, .shuffle_split = 0},
       "t.csv: column 'z' has no value in any training row: drop it"},
      {"x,y\n1e300,a\n-1e300,b\n1,a\n2,b\n",
       {.target = "y", .shuffle_split = 3},
       "t.csv: column 'x' has numbers that are too large to be standardised"},
  };
  for (const bad& each : all) {
    CAPTURE(each.text, each.message);
    CHECK(refused_table(each.text, each.request) == each.message);
  }
  CHECK(message_of<usage_error>([&] { (void)dataset_of(good, {}); }) ==
        "mnist: a table needs a target, the name of the column that is to be predicted");
  CHECK(message_of<usage_error>([&] {
          (void)dataset_of("x,g,y\n1,p,a\n2,p,b\n", {.target = "y", .groups = "g"});
        }) == "a validation split of 0.25 leaves no rows to train on of 2");
}
