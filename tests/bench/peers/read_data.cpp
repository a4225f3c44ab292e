// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The C++ peers' data, by sweepnet's reader of .npz files.

#include "common.hpp"
#include "sweepnet/data/catalog.hpp"

namespace bench {

namespace {

examples convert(const sweepnet::labelled_rows& rows) {
  examples converted{.features = std::vector<float>(rows.rows() * rows.width),
                     .labels = {rows.labels.begin(), rows.labels.end()},
                     .width = rows.width};
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    rows.copy_row(row, converted.features.data() + row * rows.width);
  }
  return converted;
}

}  // namespace

data read_data(const std::string& path, std::int64_t train_rows) {
  const auto loaded = sweepnet::load_dataset({.source = path, .train_rows = train_rows}, {});
  return {.train = convert(loaded.train), .test = convert(loaded.validation)};
}

}  // namespace bench
