// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/make_dataset.hpp"

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "support.hpp"

using namespace sweepnet;

namespace {

using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::vector<float> elements_of(const labelled_rows& rows) {
  const std::span<const float> elements = rows.features.as<float>();
  return {elements.begin(), elements.end()};
}

const Eigen::MatrixXf x = (Eigen::MatrixXf(3, 2) << 1, 2, 3, 4, 5, 6).finished();
const Eigen::VectorXi y = (Eigen::VectorXi(3) << 0, 2, 1).finished();

template <class Body> std::string refusal(const Body& body) {
  return testing::message_of<argument_error>(body);
}

}  // namespace

TEST_CASE("matrices of either order, of any number type, and expressions become rows") {
  const std::vector<float> expected{1, 2, 3, 4, 5, 6};
  const row_major by_rows = x;
  CHECK(elements_of(make_dataset(x, y).train) == expected);
  CHECK(elements_of(make_dataset(by_rows, y).train) == expected);
  CHECK(elements_of(make_dataset(x.cast<double>(), y).train) == expected);
  CHECK(elements_of(make_dataset(x.array() + 0.0F, y).train) == expected);
  CHECK(elements_of(make_dataset(x.cast<int>(), y.cast<std::int64_t>()).train) == expected);
  CHECK(elements_of(make_dataset(x.topRows(2), y.head(2)).train) == std::vector<float>{1, 2, 3, 4});
  CHECK(elements_of(make_dataset(x, y.transpose()).train) == expected);

  const dataset data = make_dataset(x, y, x.topRows(1), y.head(1));
  CHECK(data.inputs() == 2);
  CHECK(data.classes() == 3);
  CHECK(data.train.labels == std::vector<std::int32_t>{0, 2, 1});
  CHECK(data.validation.rows() == 1);
}

TEST_CASE("bytes stay bytes") {
  const Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic> bytes = x.cast<std::uint8_t>();
  const dataset data = make_dataset(bytes, y);
  CHECK(data.train.features.are_bytes());
  CHECK(data.train.scale == 1);
  const std::vector<std::uint8_t> pixels{0, 51, 102, 255};
  const std::vector<int> labels{0, 1};
  const dataset images = make_dataset(pixels, labels, {.width = 2, .scale = 1.0 / 255});
  float row[2];
  images.train.copy_row(1, row);
  CHECK(row[0] == 0.4F);
  CHECK(row[1] == 1.0F);
}

TEST_CASE("what is borrowed is not copied, and must have a name") {
  std::vector<float> values{1, 2, 3, 4};
  const std::vector<int> labels{0, 1};
  const dataset borrowed = borrow_dataset(values, labels, {.width = 2});
  CHECK(borrowed.train.features.as<float>().data() == values.data());
  const dataset from_view = borrow_dataset(std::span<const float>(values), labels, {.width = 2});
  CHECK(from_view.train.features.as<float>().data() == values.data());
  const dataset both = borrow_dataset(values, labels, values, labels, {.width = 2});
  CHECK(both.validation.features.as<float>().data() == values.data());
  CHECK(make_dataset(values, labels, {.width = 2}).train.features.as<float>().data() !=
        values.data());

  const auto borrows = []<class X>(std::type_identity<X>) {
    return requires(const std::vector<int>& l) {
      borrow_dataset(std::declval<X>(), l, row_format{});
    };
  };
  static_assert(borrows(std::type_identity<std::vector<float>&>{}));
  static_assert(borrows(std::type_identity<const std::vector<std::uint8_t>&>{}));
  static_assert(!borrows(std::type_identity<std::vector<float>>{}));
  static_assert(!borrows(std::type_identity<std::vector<double>&>{}));
}

TEST_CASE("real targets make a regression, and are refused where a class is needed") {
  const dataset data = make_dataset(x, x.cast<double>().eval());
  CHECK(data.classes() == 0);
  CHECK(data.train.values.width == 2);
  CHECK(data.train.values.elements == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(data.task == task::regression);
  CHECK(data.outputs() == 2);
  data.validate();
  CHECK(refusal([&] { data.train.check_labels("rows", 3); }) ==
        "rows: expected a class label for each row, got real values");
}

TEST_CASE("matrices that do not fit each other are refused") {
  CHECK(refusal([] { (void)make_dataset(x, y.head(2)); }) ==
        "training rows: expected a target for each of 3 rows, got 2");
  CHECK(refusal([] { (void)make_dataset(x.topRows(0), y.head(0)); }) ==
        "training rows: expected rows of features, got (0 x 2)");
  CHECK(refusal([] { (void)make_dataset(x.leftCols(0), y); }) ==
        "training rows: expected rows of features, got (3 x 0)");
  CHECK(refusal([] { (void)make_dataset(x, y, x.leftCols(1), y); }) ==
        "data: training rows have 2 features, validation rows 1");
  CHECK(refusal([] { (void)make_dataset(x, y, x, y.head(1)); }) ==
        "validation rows: expected a target for each of 3 rows, got 1");
  CHECK(refusal([] { (void)make_dataset(x, -y); }) ==
        "training rows: the label of row 1 must be an integer from 0, got -2");
  CHECK(refusal([] {
          (void)make_dataset(x, y.cast<std::int64_t>() * std::int64_t{3'000'000'000});
        }) == "training rows: the label of row 1 must be an integer from 0, got 6000000000");
  CHECK(refusal([] { (void)make_dataset(x, x.cast<int>()); }) ==
        "training rows: labels must be one column, got (3 x 2)");
  Eigen::MatrixXd holes = x.cast<double>();
  holes(1, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK(refusal([&] { (void)make_dataset(holes, y); }) ==
        "data: training rows: feature 1 of row 1 must be finite, got nan");
  holes(1, 1) = 1e300;
  CHECK(refusal([&] { (void)make_dataset(holes, y); }) ==
        "data: training rows: feature 1 of row 1 must be finite, got inf");
}

TEST_CASE("ranges that are no whole rows are refused") {
  const std::vector<float> values{1, 2, 3, 4};
  const std::vector<int> labels{0, 1};
  CHECK(refusal([&] { (void)make_dataset(values, labels, {.width = 3}); }) ==
        "training rows: expected a multiple of the width 3, got 4 features");
  CHECK(refusal([&] { (void)make_dataset(values, labels, {.width = 0}); }) ==
        "training rows: 4 features in rows of width 0");
  CHECK(refusal([&] { (void)borrow_dataset(values, labels, {.width = 4}); }) ==
        "training rows: expected a target for each of 1 rows, got 2");
  CHECK(refusal([&] {
          (void)make_dataset(values, std::vector<int>{0, -1}, {.width = 2});
        }) == "training rows: the label of row 1 must be an integer from 0, got -1");
  CHECK(refusal([&] {
          (void)make_dataset(values, labels,
                             {.width = 2, .scale = std::numeric_limits<double>::infinity()});
        }) == "training rows: the scale must be finite, got inf");
}
