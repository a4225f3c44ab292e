// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// From what a user types after --data to a dataset: a known name (with rows: mnist:60000), a
// directory of IDX files, or an .npz archive with x_train, y_train, x_test, y_test; both may lie on
// S3, the archive also behind a URL.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/idx.hpp"
#include "sweepnet/data/npz.hpp"
#include "sweepnet/data/tensor.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

/// What to load and which rows to keep.
struct data_request {
  std::string source = "mnist";
  std::int64_t train_rows = 0;  ///< the first so many training rows; 0: all
  double validation_split =
      0;  ///< validate on the last share of the training rows; 0: on the test set
  std::int64_t classes = 0;  ///< 0: the known set's, else the largest training label + 1
};

/// A data set linked into the program: IDX files, plain or gzip.
struct embedded_dataset {
  std::string_view name;
  std::int64_t train_rows;
  bytes_view train_images, train_labels, test_images, test_labels;
};

/// Where named data sets are looked for.
struct data_catalog {
  std::vector<embedded_dataset> embedded{};
  std::vector<std::string> roots{};     ///< directories that hold one directory per set
  std::filesystem::path keras_cache{};  ///< where Keras keeps mnist.npz
};

/// The catalog of this environment: SWEEPNET_DATA_DIR, the user's cache, Debian's data sets.
[[nodiscard]] inline data_catalog make_catalog(const environment_map& environment,
                                               std::vector<embedded_dataset> embedded = {}) {
  data_catalog catalog{.embedded = std::move(embedded), .roots = {}, .keras_cache = {}};
  const std::string home = variable_or_empty(environment, "HOME");
  const std::string cache = variable_or_empty(environment, "XDG_CACHE_HOME");
  if (const auto own = variable_or_empty(environment, "SWEEPNET_DATA_DIR"); !own.empty()) {
    catalog.roots.emplace_back(own);
  }
  if (!cache.empty()) {
    catalog.roots.push_back(cache + "/sweepnet");
  } else if (!home.empty()) {
    catalog.roots.push_back(home + "/.cache/sweepnet");
  }
  catalog.roots.emplace_back("/usr/share/datasets");
  if (!home.empty()) catalog.keras_cache = std::filesystem::path(home) / ".keras/datasets";
  return catalog;
}

namespace detail {

struct known_dataset {
  std::string_view name;
  std::string_view directory;
  std::string_view keras_file;  ///< in Keras' cache
  std::int64_t inputs;
  std::int64_t classes;
  std::int64_t default_rows;  ///< training rows unless asked for more; 0: all
};

inline constexpr std::array<known_dataset, 2> known_datasets{{
    {"mnist", "mnist", "mnist.npz", 784, 10, 10000},
    {"fashion_mnist", "fashion-mnist", "", 784, 10, 0},
}};

/// Four tensors before they are paired.
struct raw_dataset {
  tensor train_features, train_labels;
  std::optional<tensor> test_features, test_labels;
};

inline tensor read_idx_file(const std::string& path) {
  const std::string content = storage::read(path);
  return read_idx(as_bytes(content), path);
}

/// The file in `directory` whose name starts with one of the prefixes.
inline std::string idx_file(const std::string& directory,
                            std::initializer_list<std::string_view> prefixes) {
  for (const std::string& name : storage::list(directory)) {  // sorted: a plain file before its .gz
    if (std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); })) {
      return storage::join_location(directory, name).request_text();
    }
  }
  throw input_missing(fmt::format("{}: has no file {}*", directory, join(prefixes, "* or ")));
}

inline raw_dataset read_idx_directory(const std::string& directory, bool with_test) {
  raw_dataset raw{.train_features = read_idx_file(idx_file(directory, {"train-images"})),
                  .train_labels = read_idx_file(idx_file(directory, {"train-labels"})),
                  .test_features = {},
                  .test_labels = {}};
  if (with_test) {
    raw.test_features = read_idx_file(idx_file(directory, {"t10k-images", "test-images"}));
    raw.test_labels = read_idx_file(idx_file(directory, {"t10k-labels", "test-labels"}));
  }
  return raw;
}

inline raw_dataset read_npz(const std::string& path, bool with_test) {
#if defined(SWEEPNET_HAS_LIBZIP)
  const std::string content = storage::read(path);
  const npz_archive archive(as_bytes(content), storage::without_query(path));
  raw_dataset raw{.train_features = archive.array("x_train"),
                  .train_labels = archive.array("y_train"),
                  .test_features = {},
                  .test_labels = {}};
  if (with_test) {
    raw.test_features = archive.array("x_test");
    raw.test_labels = archive.array("y_test");
  }
  return raw;
#else
  (void)with_test;
  throw configuration_error(storage::without_query(path) +
                            ": this build cannot read .npz files: install libzip-dev and configure "
                            "with -DSWEEPNET_WITH_LIBZIP=ON");
#endif
}

inline raw_dataset read_embedded(const embedded_dataset& set, std::int64_t rows) {
  const std::string name = "embedded " + std::string(set.name);
  return {.train_features = read_idx(set.train_images, name + " training images", rows),
          .train_labels = read_idx(set.train_labels, name + " training labels", rows),
          .test_features = read_idx(set.test_images, name + " test images"),
          .test_labels = read_idx(set.test_labels, name + " test labels")};
}

/// A known set: from the program itself if it holds enough rows, else from the first place that has
/// it.
inline raw_dataset read_known(const known_dataset& set, std::int64_t rows,
                              const data_catalog& catalog) {
  for (const embedded_dataset& candidate : catalog.embedded) {
    if (candidate.name == set.name && rows > 0 && rows <= candidate.train_rows) {
      return read_embedded(candidate, rows);
    }
  }
  std::string embedded;
  for (const embedded_dataset& candidate : catalog.embedded) {
    if (candidate.name != set.name) continue;
    embedded = fmt::format(" ({} training rows are embedded, {} were asked for)",
                           candidate.train_rows, rows);
  }
  std::vector<std::string> places;
  for (const std::string& root : catalog.roots) {
    const std::string directory =
        storage::join_location(root, std::string(set.directory)).request_text();
    if (storage::is_directory(directory)) return read_idx_directory(directory, true);
    places.push_back(directory);
  }
  if (!set.keras_file.empty() && !catalog.keras_cache.empty()) {
    const std::filesystem::path file = catalog.keras_cache / set.keras_file;
    if (std::filesystem::exists(file)) return read_npz(file, true);
    places.push_back(file.string());
  }
  throw input_missing(
      fmt::format("{}: not found in {}{}; put its IDX files in one of these or name "
                  "their directory",
                  set.name, join(places, ", "), embedded));
}

inline std::int64_t largest_label(const labelled_rows& rows) {
  const auto largest = std::ranges::max_element(rows.labels);
  return largest == rows.labels.end() ? 0 : *largest;
}

}  // namespace detail

/// Width and classes of a data set, as far as they are known without its files.
struct data_shape {
  std::int64_t inputs;
  std::int64_t classes;
};

[[nodiscard]] inline std::optional<data_shape> known_shape(const data_request& request) {
  const std::string name = request.source.substr(0, request.source.find(':'));
  for (const detail::known_dataset& set : detail::known_datasets) {
    if (set.name != name) continue;
    return data_shape{set.inputs, request.classes > 0 ? request.classes : set.classes};
  }
  return std::nullopt;
}

/// Loads what `request` names. Throws usage_error for an unknown name or an impossible choice of
/// rows, input_missing where files are not there, data_error where their content is off.
[[nodiscard]] inline dataset load_dataset(const data_request& request,
                                          const data_catalog& catalog) {
  const std::string& source = request.source;
  const storage::location place(source);
  const std::string shown = place.shown();
  const bool with_test = request.validation_split == 0;
  const std::filesystem::path path(shown);
  const std::string name = source.substr(0, source.find(':'));
  const auto known = std::ranges::find(detail::known_datasets, name, &detail::known_dataset::name);

  std::int64_t rows = request.train_rows;
  std::int64_t classes = request.classes;
  detail::raw_dataset raw;
  if (known != detail::known_datasets.end()) {
    std::int64_t named_rows = known->default_rows;
    if (name.size() < source.size()) {
      const auto number = parse_number<std::int64_t>(source.substr(name.size() + 1));
      if (!number || *number < 1) {
        throw usage_error(
            fmt::format("--data {}: expected {}:ROWS with a number of rows from 1", source, name));
      }
      named_rows = *number;
    }
    raw = detail::read_known(*known, std::max(named_rows, rows), catalog);
    if (rows == 0) rows = named_rows;
    if (classes == 0) classes = known->classes;
  } else if (source == "-" || path.extension() == ".npz") {
    raw = detail::read_npz(source, with_test);
  } else if (storage::is_directory(place)) {
    raw = detail::read_idx_directory(source, with_test);
  } else if (!place.is_remote() && std::filesystem::exists(path)) {
    throw usage_error(fmt::format(
        "--data {}: expected mnist, fashion_mnist, a directory of IDX files or an .npz file",
        shown));
  } else if (source.find('/') != source.npos) {
    throw input_missing(shown + ": no such file or directory");
  } else {
    std::vector<std::string_view> names;
    for (const auto& set : detail::known_datasets) names.push_back(set.name);
    throw usage_error(
        fmt::format("--data: unknown data set '{}'{}", shown, did_you_mean(source, names)));
  }

  dataset result;
  result.name = shown;
  result.train = make_labelled_rows(std::move(raw.train_features), raw.train_labels);
  if (rows > result.train.rows()) {
    throw usage_error(fmt::format("{}: has {} training rows, {} were asked for", shown,
                                  result.train.rows(), rows));
  }
  if (rows > 0) (void)result.train.split_off(rows);
  if (with_test) {
    result.validation = make_labelled_rows(std::move(*raw.test_features), *raw.test_labels);
  } else {
    // As Keras does: the last rows, before any shuffle.
    const auto first = static_cast<std::int64_t>(
        std::floor(static_cast<double>(result.train.rows()) * (1 - request.validation_split)));
    if (first < 1 || first >= result.train.rows()) {
      throw usage_error(fmt::format("--validation-split {}: leaves no rows to {} of {}",
                                    request.validation_split,
                                    first < 1 ? "train on" : "validate on", result.train.rows()));
    }
    result.validation = result.train.split_off(first);
  }
  result.classes = classes > 0 ? classes : detail::largest_label(result.train) + 1;
  try {
    result.validate();
  } catch (const std::invalid_argument& e) {
    throw data_error(e.what());
  }
  return result;
}

}  // namespace sweepnet
