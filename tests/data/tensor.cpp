// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/data/tensor.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support.hpp"
#include "sweepnet/data/make_dataset.hpp"

using sweepnet::data_error;
using sweepnet::tensor;
using testing::message_of;

namespace {

using bytes = std::vector<std::uint8_t>;
using reals = std::vector<float>;

template <class T> tensor labels_of(std::vector<T> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {.source = "labels", .shape = {count}, .elements = std::move(values)};
}

tensor features(std::vector<std::int64_t> shape, decltype(tensor::elements) elements) {
  return {.source = "features", .shape = std::move(shape), .elements = std::move(elements)};
}

std::string refused_rows(tensor x, const tensor& y) {
  return message_of<data_error>([&] { (void)sweepnet::make_labelled_rows(std::move(x), y); });
}

}  // namespace

TEST_CASE("bytes stay bytes with a scale, other types become float as they are") {
  const auto byte_rows =
      sweepnet::make_labelled_rows(features({2, 1}, bytes{0, 255}), labels_of(bytes{0, 1}));
  CHECK(byte_rows.scale == 1.0 / 255);
  float value = 0;
  byte_rows.copy_row(1, &value);
  CHECK(value == 1);
  const auto wide = sweepnet::make_labelled_rows(
      features({1, 2, 2}, std::vector<std::int16_t>{1, -2, 3, 300}), labels_of(reals{4}));
  CHECK(wide.scale == 1);
  CHECK(wide.width == 4);
  CHECK(sweepnet::labelled_rows(wide).features.owned<float>() == reals{1, -2, 3, 300});
  CHECK(wide.labels.at(0) == 4);
}

TEST_CASE("features and labels that do not fit are named") {
  const tensor two = labels_of(bytes{0, 1});
  CHECK(refused_rows(features({2}, bytes(2)), two) ==
        "features: features must have at least two dimensions, got shape (2,)");
  CHECK(refused_rows(features({2, 1}, bytes(2)), features({2, 1}, bytes(2))) ==
        "features: labels must have one dimension, got shape (2, 1)");
  CHECK(refused_rows(features({3, 1}, bytes(3)), two) ==
        "labels: expected 3 labels, one for each row of features, found 2");
  CHECK(refused_rows(features({2, 0}, bytes{}), two) == "features: rows have no features");
}

TEST_CASE("values that are no finite floats are named") {
  const auto refused_value = [](auto value) {
    return refused_rows(features({1, 2}, std::vector{decltype(value){0}, value}),
                        labels_of(bytes{0}));
  };
  CHECK(refused_value(std::numeric_limits<float>::quiet_NaN()) ==
        "features: element 1 must be a finite float, got nan");
  CHECK(refused_value(-std::numeric_limits<double>::infinity()) ==
        "features: element 1 must be a finite float, got -inf");
  CHECK(refused_value(1e300) == "features: element 1 must be a finite float, got 1e+300");
}

TEST_CASE("labels that are no class numbers are named") {
  const auto refused_label = [](auto value) {
    return refused_rows(features({1, 1}, bytes(1)), labels_of(std::vector{value}));
  };
  CHECK(refused_label(-1) == "labels: label 0 must be a class number from 0, got -1");
  CHECK(refused_label(std::int8_t{-7}) == "labels: label 0 must be a class number from 0, got -7");
  CHECK(refused_label(1.5) == "labels: label 0 must be a class number from 0, got 1.5");
  CHECK(refused_label(std::numeric_limits<float>::quiet_NaN()) ==
        "labels: label 0 must be a class number from 0, got nan");
  CHECK(refused_label(std::numeric_limits<std::uint64_t>::max()) ==
        "labels: label 0 must be a class number from 0, got 18446744073709551615");
}

TEST_CASE("a program's own labels are not read as a file's, wherever both are included") {
  const std::vector<float> values{1, 2, 3, 4};
  const std::vector<std::int16_t> labels{0, -1};  // a type that no other unit uses
  CHECK(message_of<sweepnet::argument_error>([&] {
          (void)sweepnet::make_dataset(values, labels, {.width = 2});
        }) == "training rows: the label of row 1 must be an integer from 0, got -1");
}
