// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a data set in memory holds, in numbers.

#include <cstdint>
#include <string>
#include <vector>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/describe/fields.hpp"

namespace sweepnet {

struct class_rows {
  std::int64_t label = 0;
  std::int64_t train = 0;
  double train_share = 0;
  std::int64_t validation = 0;
};

template <>
inline constexpr auto fields<class_rows> =
    std::tuple(field("label", &class_rows::label, "of the class"),
               field("train", &class_rows::train, "rows to train on"),
               field("train_share", &class_rows::train_share, "of the rows to train on"),
               field("validation", &class_rows::validation, "rows to validate on"));

struct dataset_profile {
  std::string source{};
  std::int64_t train_rows = 0;
  std::int64_t validation_rows = 0;
  std::int64_t inputs = 0;
  std::string elements{};  ///< as they are kept: uint8, float32 or one-hot
  double scale = 1;        ///< by which they are multiplied
  // Of the features of the rows to train on, times scale.
  double min = 0;
  double max = 0;
  std::int64_t constant_features = 0;
  std::vector<class_rows> classes{};  ///< none: real values
  std::int64_t seen_rows = 0;  ///< to validate on, whose features are those of a row to train on
  std::vector<std::string> notes{};
};

template <>
inline constexpr auto fields<dataset_profile> = std::tuple(
    field("source", &dataset_profile::source, "where the data lie"),
    field("train_rows", &dataset_profile::train_rows, "to train on"),
    field("validation_rows", &dataset_profile::validation_rows, "to validate on"),
    field("inputs", &dataset_profile::inputs, "features of a row"),
    field("elements", &dataset_profile::elements, "uint8, float32 or one-hot"),
    field("scale", &dataset_profile::scale, "by which they are multiplied"),
    field("min", &dataset_profile::min, "of the rows to train on, times scale"),
    field("max", &dataset_profile::max, "of the rows to train on, times scale"),
    field("constant_features", &dataset_profile::constant_features, "in the rows to train on"),
    field("classes", &dataset_profile::classes, "how many rows each has"),
    field("seen_rows", &dataset_profile::seen_rows,
          "to validate on, with the features of a row to train on"),
    field("notes", &dataset_profile::notes, "what was made of the files"));

/// The profile of a data set, which is valid.
[[nodiscard]] dataset_profile profile_dataset(const dataset& data);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/dataset_profile.inl"
#endif
