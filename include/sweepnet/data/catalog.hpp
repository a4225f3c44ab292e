// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// From what a user calls a data set to its rows: a known name (with rows: mnist:60000), a directory
// of IDX files, or an .npz archive; both may lie on S3, the archive also behind a URL.
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
#include "sweepnet/data/dataset.hpp"

namespace sweepnet {

/// What to load and which rows to keep.
struct data_request {
  std::string source = "mnist";
  std::int64_t train_rows = 0;  ///< the first so many training rows; 0: all
  /// Validate on the last share of the training rows, in [0, 1); 0: on the test set.
  double validation_split = 0;
  /// 0: the known set's, else one-hot labels' width, else the largest training label + 1.
  std::int64_t classes = 0;
  /// What each feature is multiplied by. None: uint8 by 1/255, all other types by 1, whatever their
  /// range.
  std::optional<double> scale{};
  /// Bytes in memory of one array at most, however its file is compressed; 0: half of what is
  /// available when it is read.
  std::int64_t most_bytes = 0;
};

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

/// Width, classes and rows of a data set, as far as they are known without its files.
struct data_shape {
  std::int64_t inputs;
  std::int64_t classes;
  std::int64_t train_rows;
  std::int64_t validation_rows;
};

[[nodiscard]] std::optional<data_shape> known_shape(const data_request& request);

/// Loads what `request` names. Throws usage_error for an unknown name or an impossible choice of
/// rows, input_missing where files are not there, data_error where their content is off or larger
/// than allowed, configuration_error where there is not enough memory for it. Labels may be (rows),
/// (rows x 1) or one-hot; dataset::notes tells what was made of the files, but for the known sets.
[[nodiscard]] dataset load_dataset(const data_request& request, const data_catalog& catalog);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/catalog.inl"
#endif
