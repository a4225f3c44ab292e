// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "one_hot_data.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"
#include "sweepnet/data/digest.hpp"

using namespace sweepnet;

namespace {

/// Two reals, and groups of two and three columns.
labelled_rows few_one_hot_rows() {
  one_hot_rows stored{
      .reals = {1, 2, 3, 0, 5, 6}, .ones = {2, 5, -1, 6, 3, -1}, .real_width = 2, .groups = 2};
  return {.features = std::move(stored), .width = 7, .labels = {0, 1, 1}};
}

std::vector<float> row_of(const labelled_rows& rows, std::int64_t row) {
  std::vector<float> values(static_cast<std::size_t>(rows.width), -7);
  rows.copy_row(row, values.data());
  return values;
}

using reals = std::vector<float>;

}  // namespace

TEST_CASE("one-hot rows stand for rows of zeros and ones behind their reals") {
  const labelled_rows rows = few_one_hot_rows();
  rows.check_features("rows");
  CHECK(rows.rows() == 3);
  CHECK(rows.features.size() == 12);
  CHECK_FALSE(rows.features.are_bytes());
  CHECK(rows.features.as<float>().empty());
  CHECK(rows.features.as<std::uint8_t>().empty());
  REQUIRE(rows.features.one_hot() != nullptr);
  CHECK(rows.features.one_hot()->groups == 2);
  CHECK(row_of(rows, 0) == reals{1, 2, 1, 0, 0, 1, 0});
  CHECK(row_of(rows, 1) == reals{3, 0, 0, 0, 0, 0, 1});
  CHECK(row_of(rows, 2) == reals{5, 6, 0, 1, 0, 0, 0});

  const labelled_rows no_reals{
      .features = one_hot_rows{.ones = {1, -1, 0}, .groups = 1}, .width = 2, .labels = {}};
  no_reals.check_features("rows");
  CHECK(no_reals.rows() == 3);
  CHECK(row_of(no_reals, 1) == reals{0, 0});
  CHECK(row_of(no_reals, 2) == reals{1, 0});
  const labelled_rows no_groups{
      .features = one_hot_rows{.reals = {1, 2}, .real_width = 1}, .width = 1, .labels = {}};
  no_groups.check_features("rows");
  CHECK(no_groups.rows() == 2);
  const labelled_rows none{.features = one_hot_rows{}, .width = 4, .labels = {}};
  none.check_features("rows");
  CHECK(none.rows() == 0);
}

TEST_CASE("one-hot rows are split into rows") {
  labelled_rows rows = few_one_hot_rows();
  const labelled_rows tail = rows.split_off(1);
  CHECK(rows.rows() == 1);
  CHECK(rows.labels == std::vector<std::int32_t>{0});
  CHECK(row_of(rows, 0) == reals{1, 2, 1, 0, 0, 1, 0});
  CHECK(tail.rows() == 2);
  CHECK(tail.width == 7);
  CHECK(tail.labels == std::vector<std::int32_t>{1, 1});
  CHECK(row_of(tail, 0) == reals{3, 0, 0, 0, 0, 0, 1});
  CHECK(row_of(tail, 1) == reals{5, 6, 0, 1, 0, 0, 0});
  tail.check_features("rows");
}

TEST_CASE("one-hot rows that are malformed are refused") {
  const auto refusal = [](const auto& spoil) {
    labelled_rows rows = few_one_hot_rows();
    one_hot_rows stored = *rows.features.one_hot();
    spoil(rows, stored);
    rows.features = std::move(stored);
    return testing::message_of<argument_error>([&] { rows.check_features("rows"); });
  };
  using rows = labelled_rows;
  using stored = one_hot_rows;
  CHECK(refusal([](rows& r, stored&) { r.scale = 0.5; }) ==
        "rows: one-hot rows have a scale of 1, got 0.5");
  CHECK(refusal([](rows& r, stored&) { r.width = 3; }) ==
        "rows: expected rows of 3 features, got 2 reals and 2 groups");
  CHECK(refusal([](rows&, stored& s) { s.real_width = -1; }) ==
        "rows: expected rows of 7 features, got -1 reals and 2 groups");
  CHECK(refusal([](rows&, stored& s) { s.groups = -1; }) ==
        "rows: expected rows of 7 features, got 2 reals and -1 groups");
  CHECK(refusal([](rows&, stored& s) { s.reals.pop_back(); }) ==
        "rows: expected whole rows of 2 reals and 2 groups, got 5 reals and 6 ones");
  CHECK(refusal([](rows&, stored& s) { s.ones.push_back(-1); }) ==
        "rows: expected whole rows of 2 reals and 2 groups, got 6 reals and 7 ones");
  CHECK(refusal([](rows&, stored& s) { s.ones.resize(4); }) ==
        "rows: expected whole rows of 2 reals and 2 groups, got 6 reals and 4 ones");
  CHECK(refusal([](rows&, stored& s) { s.groups = 0; }) ==
        "rows: expected whole rows of 2 reals and 0 groups, got 6 reals and 6 ones");
  CHECK(refusal([](rows&, stored& s) { s.reals[3] = std::nanf(""); }) ==
        "rows: feature 1 of row 1 must be finite, got nan");
  CHECK(refusal([](rows&, stored& s) { s.reals[4] = INFINITY; }) ==
        "rows: feature 0 of row 2 must be finite, got inf");
  CHECK(refusal([](rows&, stored& s) { s.ones[0] = 1; }) ==
        "rows: the 1 of group 0 of row 0 must be in column [2, 7), got 1");
  CHECK(refusal([](rows&, stored& s) { s.ones[3] = 7; }) ==
        "rows: the 1 of group 1 of row 1 must be in column [2, 7), got 7");
  CHECK(refusal([](rows&, stored& s) { s.ones[1] = 2; }) ==
        "rows: the 1 of group 1 of row 0 must be in column [3, 7), got 2");
  CHECK(refusal([](rows&, stored& s) { s.ones[4] = -2; }) ==
        "rows: the 1 of group 0 of row 2 must be in column [2, 7), got -2");
}

TEST_CASE("digests tell one-hot rows from others, and everything in them") {
  const auto digest_with = [](const auto& change) {
    dataset data{.train = few_one_hot_rows(), .class_count = 2};
    one_hot_rows stored = *data.train.features.one_hot();
    change(stored);
    data.train.features = std::move(stored);
    return digest_of(data);
  };
  const std::string digest = digest_with([](one_hot_rows&) {});
  CHECK(digest == digest_of({.train = few_one_hot_rows(), .class_count = 2}));
  CHECK(digest !=
        digest_of({.train = testing::multiplied_out(few_one_hot_rows()), .class_count = 2}));
  CHECK(digest != digest_with([](one_hot_rows& s) { s.reals[5] = 7; }));
  CHECK(digest != digest_with([](one_hot_rows& s) { s.ones[5] = 4; }));
  CHECK(digest != digest_with([](one_hot_rows& s) { s.ones[4] = -1; }));
}

TEST_CASE("digests of bytes and of floats are what they were before there were one-hot rows") {
  dataset data{.train = {.features = std::vector<std::uint8_t>{1, 2, 3, 4}, .width = 2},
               .class_count = 2};
  data.train.labels = {0, 1};
  CHECK(digest_of(data) == "29575ea344dd1ffda2582c96c54f1865");
  data.train.features = std::vector<float>{1, 2, 3, 4};
  CHECK(digest_of(data) == "a1cc3bd989ce1b359eef8ffe75fa5ef1");
}
