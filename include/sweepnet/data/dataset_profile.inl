// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/dataset_profile.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <unordered_set>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/data/value_count.hpp"

namespace sweepnet {

namespace detail {

/// Calls visit(features, hash) with each row, as reals.
template <class Visit> void for_each_row(const labelled_rows& rows, const Visit& visit) {
  std::vector<float> row(static_cast<std::size_t>(rows.width));
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    rows.copy_row(i, row.data());
    for (float& feature : row) feature += 0.0F;  // no -0, which has other bytes
    visit(row, hash_of({reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float)}));
  }
}

inline void profile_features(const dataset& data, dataset_profile& profile) {
  const auto width = static_cast<std::size_t>(data.train.width);
  std::vector<float> low(width, std::numeric_limits<float>::infinity());
  std::vector<float> high(width, -std::numeric_limits<float>::infinity());
  std::unordered_set<std::uint64_t> trained;
  for_each_row(data.train, [&](const std::vector<float>& row, std::uint64_t hash) {
    for (std::size_t k = 0; k < width; ++k) {
      low[k] = std::min(low[k], row[k]);
      high[k] = std::max(high[k], row[k]);
    }
    trained.insert(hash);
  });
  profile.min = std::ranges::min(low);
  profile.max = std::ranges::max(high);
  for (std::size_t k = 0; k < width; ++k) profile.constant_features += low[k] == high[k] ? 1 : 0;
  for_each_row(data.validation, [&](const std::vector<float>&, std::uint64_t hash) {
    profile.seen_rows += trained.contains(hash) ? 1 : 0;
  });
}

inline void profile_classes(const dataset& data, dataset_profile& profile) {
  for (std::int64_t c = 0; c < data.classes(); ++c) profile.classes.push_back({.label = c});
  const auto count = [&](const labelled_rows& rows, std::int64_t class_rows::*member) {
    for (const std::int32_t label : rows.labels) {
      ++(profile.classes[static_cast<std::size_t>(label)].*member);
    }
  };
  count(data.train, &class_rows::train);
  count(data.validation, &class_rows::validation);
  for (class_rows& each : profile.classes) {
    each.train_share = share_of(each.train, profile.train_rows);
  }
}

}  // namespace detail

SWEEPNET_INLINE dataset_profile profile_dataset(const dataset& data) {
  const feature_matrix& features = data.train.features;
  dataset_profile profile{.source = data.name,
                          .train_rows = data.train.rows(),
                          .validation_rows = data.validation.rows(),
                          .inputs = data.inputs(),
                          .elements = features.one_hot() != nullptr ? "one-hot"
                                      : features.are_bytes()        ? "uint8"
                                                                    : "float32",
                          .scale = data.train.scale,
                          .notes = data.notes};
  detail::profile_features(data, profile);
  detail::profile_classes(data, profile);
  return profile;
}

}  // namespace sweepnet
