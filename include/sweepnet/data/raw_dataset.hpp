// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A data set as its files hold it: a directory of IDX files, plain or gzip, or an .npz archive with
// x_train, y_train, x_test, y_test.

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/idx.hpp"
#include "sweepnet/data/npz.hpp"
#include "sweepnet/data/tensor.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

/// Which rows to read.
enum class data_parts { training, training_and_test };

/// Features and labels before they are paired.
struct raw_dataset {
  tensor train_features;
  tensor train_labels;
  std::optional<tensor> test_features{};  ///< where they were asked for
  std::optional<tensor> test_labels{};
};

namespace detail {

/// The file in `directory` whose name starts with one of the prefixes.
inline storage::location idx_file(const storage::location& directory,
                                  std::initializer_list<std::string_view> prefixes) {
  for (const std::string& name : storage::list(directory)) {  // sorted: a plain file before its .gz
    if (std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); })) {
      return storage::join_location(directory.request_text(), name);
    }
  }
  throw input_missing(
      fmt::format("{}: has no file {}*", directory.shown(), join_text(prefixes, "* or ")));
}

}  // namespace detail

/// The IDX files of a directory: train-images*, train-labels*, t10k-images* or test-images*,
/// t10k-labels* or test-labels*; `limit` is of each. Throws input_missing where one is not there,
/// data_error for one that is none, and as read_bound does.
[[nodiscard]] inline raw_dataset read_idx_directory(const storage::location& directory,
                                                    data_parts parts,
                                                    const storage::read_limit& limit = {}) {
  const auto read = [&](std::initializer_list<std::string_view> prefixes) {
    const storage::location path = detail::idx_file(directory, prefixes);
    const std::string content = storage::read(path);
    return read_idx(as_bytes(content), path.shown(), 0, limit);
  };
  raw_dataset raw{.train_features = read({"train-images"}), .train_labels = read({"train-labels"})};
  if (parts == data_parts::training_and_test) {
    raw.test_features = read({"t10k-images", "test-images"});
    raw.test_labels = read({"t10k-labels", "test-labels"});
  }
  return raw;
}

/// The arrays of an .npz archive; `limit` is of each. Throws data_error where one is missing,
/// configuration_error if this build cannot read archives, and as read_bound does.
[[nodiscard]] inline raw_dataset read_npz([[maybe_unused]] const storage::location& path,
                                          [[maybe_unused]] data_parts parts,
                                          [[maybe_unused]] const storage::read_limit& limit = {}) {
#if defined(SWEEPNET_HAS_LIBZIP)
  const std::string content = storage::read(path);
  const npz_archive archive(as_bytes(content), path.shown(), limit);
  raw_dataset raw{.train_features = archive.array("x_train"),
                  .train_labels = archive.array("y_train")};
  if (parts == data_parts::training_and_test) {
    raw.test_features = archive.array("x_test");
    raw.test_labels = archive.array("y_test");
  }
  return raw;
#else
  throw configuration_error(path.shown() +
                            ": this build cannot read .npz files: install libzip-dev and configure "
                            "with -DSWEEPNET_WITH_LIBZIP=ON");
#endif
}

}  // namespace sweepnet
