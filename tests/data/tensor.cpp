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
using class_numbers = std::vector<std::int32_t>;
using note_texts = std::vector<std::string>;

note_texts notes_of(const sweepnet::read_rows& read) {
  note_texts texts;
  for (const auto& note : read.notes) texts.push_back(note.source + ": " + note.text);
  return texts;
}

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
  CHECK(byte_rows.rows.scale == 1.0 / 255);
  float value = 0;
  byte_rows.rows.copy_row(1, &value);
  CHECK(value == 1);
  CHECK(notes_of(byte_rows) == note_texts{"features: uint8 features are divided by 255"});
  const auto wide = sweepnet::make_labelled_rows(
      features({1, 2, 2}, std::vector<std::int16_t>{1, -2, 3, 300}), labels_of(reals{4}));
  CHECK(wide.rows.scale == 1);
  CHECK(wide.rows.width == 4);
  CHECK(sweepnet::labelled_rows(wide.rows).features.owned<float>() == reals{1, -2, 3, 300});
  CHECK(wide.rows.labels.at(0) == 4);
  CHECK(notes_of(wide) ==
        note_texts{"features: int16 features are taken as they are, only uint8 is divided by 255"});
  const auto plain = sweepnet::make_labelled_rows(features({1, 1}, reals{3}), labels_of(reals{4}));
  CHECK(plain.notes.empty());
}

TEST_CASE("a scale that is given is that of every type, and nothing to note") {
  for (tensor x : {features({1, 2}, bytes{10, 20}), features({1, 2}, reals{10, 20}),
                   features({1, 2}, std::vector<std::uint16_t>{10, 20})}) {
    const auto read = sweepnet::make_labelled_rows(std::move(x), labels_of(bytes{0}), 0.5);
    float row[2];
    read.rows.copy_row(0, row);
    CHECK(row[0] == 5);
    CHECK(row[1] == 10);
    CHECK(read.notes.empty());
  }
}

TEST_CASE("labels may be a column, or one-hot rows of any type") {
  const tensor x = features({3, 1}, reals(3));
  const auto column = sweepnet::make_labelled_rows(x, features({3, 1}, bytes{2, 0, 1}));
  CHECK(column.rows.labels == class_numbers{2, 0, 1});
  CHECK(column.classes == 0);
  CHECK(notes_of(column) == note_texts{"features: a column of labels is a label for each row"});
  for (const tensor& one_hot : {features({3, 4}, bytes{0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0}),
                                features({3, 4}, reals{0, 0, 1, 0, 1, -0.0F, 0, 0, 0, 1, 0, 0})}) {
    const auto read = sweepnet::make_labelled_rows(x, one_hot);
    CHECK(read.rows.labels == class_numbers{2, 0, 1});
    CHECK(read.classes == 4);
    CHECK(notes_of(read) == note_texts{"features: one-hot rows of 4 are classes"});
  }
  const auto refused = [&](const reals& y) {
    return refused_rows(x, features({3, 2}, y)) ==
           "features: labels must have one dimension, or be one-hot, got shape (3, 2), whose row 1 "
           "is not a 1 and zeros";
  };
  CHECK(refused({0, 1, 0, 0, 0, 1}));
  CHECK(refused({0, 1, 1, 1, 0, 1}));
  CHECK(refused({0, 1, 0.25F, 0.75F, 0, 1}));
  CHECK(refused({0, 1, 2, 0, 0, 1}));
  CHECK(refused({0, 1, std::numeric_limits<float>::quiet_NaN(), 1, 0, 1}));
}

TEST_CASE("features and labels that do not fit are named") {
  const tensor two = labels_of(bytes{0, 1});
  CHECK(refused_rows(features({2}, bytes(2)), two) ==
        "features: features must have at least two dimensions, got shape (2,)");
  CHECK(refused_rows(features({2, 1}, bytes(2)), features({2, 1, 1}, bytes(2))) ==
        "features: labels must have one dimension, or be one-hot, got shape (2, 1, 1)");
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
  CHECK(refused_value(-std::numeric_limits<double>::quiet_NaN()) ==
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
