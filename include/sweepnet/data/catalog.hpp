// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// From what a user calls a data set to its rows: a known name (with rows: mnist:60000), a directory
// of IDX files, an .npz archive, or a table (table/); all may lie on S3, files also behind a URL.
//
// locate_dataset() finds where it lies, read_dataset() takes it from there, select_rows() keeps
// what was asked for.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

/// A data set linked into the program: IDX files, plain or gzip.
struct embedded_dataset {
  std::string_view name;
  std::int64_t train_rows;
  std::span<const unsigned char> train_images, train_labels, test_images, test_labels;
};

/// Where named data sets are looked for.
struct data_catalog {
  std::vector<embedded_dataset> embedded{};
  std::vector<std::string> roots{};     ///< directories that hold one directory per set
  std::filesystem::path keras_cache{};  ///< where Keras keeps mnist.npz
};

/// The catalog of this environment: SWEEPNET_DATA_DIR, the user's cache, Debian's data sets.
[[nodiscard]] data_catalog make_catalog(const environment_map& environment,
                                        std::vector<embedded_dataset> embedded = {});

/// What a data set is to teach and its rows, as far as they are known without its files.
struct data_shape {
  problem learned;
  std::int64_t train_rows;
  std::int64_t validation_rows;
};

[[nodiscard]] std::optional<data_shape> known_shape(const data_request& request);

/// Loads what `request` names. Throws usage_error for an unknown name, an impossible choice of
/// rows, and what is asked of a table or an array that is none, input_missing where files are not
/// there, data_error where their content is off or larger than allowed, configuration_error where
/// there is not enough memory for it; of a table as load_table_dataset() does. Labels of arrays may
/// be (rows), (rows x 1) or one-hot; dataset::notes tells what was made of the files, but for the
/// known sets. `threads` may read at the same time.
[[nodiscard]] dataset load_dataset(const data_request& request, const data_catalog& catalog,
                                   int threads = 1);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/catalog.inl"
#endif
