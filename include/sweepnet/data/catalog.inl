// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/catalog.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>
#include <variant>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/idx.hpp"
#include "sweepnet/data/raw_dataset.hpp"
#include "sweepnet/data/table/split.hpp"
#include "sweepnet/data/table/table_dataset.hpp"
#include "sweepnet/data/tensor.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/storage/read_limit.hpp"
#include "sweepnet/storage/store.hpp"

namespace sweepnet {

SWEEPNET_INLINE data_catalog make_catalog(const environment_map& environment,
                                          std::vector<embedded_dataset> embedded) {
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
  std::int64_t train_rows;    ///< all of them
  std::int64_t test_rows;
};

inline constexpr std::array<known_dataset, 2> known_datasets{{
    {"mnist", "mnist", "mnist.npz", 784, 10, 10000, 60000, 10000},
    {"fashion_mnist", "fashion-mnist", "", 784, 10, 0, 60000, 10000},
}};

/// The set that `source` names, alone or as NAME:ROWS, or nullptr.
inline const known_dataset* known_by(std::string_view source) {
  const std::string_view name = source.substr(0, source.find(':'));
  const auto* known = std::ranges::find(known_datasets, name, &known_dataset::name);
  return known == known_datasets.end() ? nullptr : known;
}

/// The rows in NAME:ROWS, else the set's default.
inline std::int64_t named_rows(const known_dataset& set, std::string_view source) {
  if (source.size() == set.name.size()) return set.default_rows;
  const auto rows = parse_number<std::int64_t>(source.substr(set.name.size() + 1));
  if (!rows || *rows < 1) {
    throw usage_error(
        fmt::format("{}: expected {}:ROWS with a number of rows from 1", source, set.name));
  }
  return *rows;
}

struct embedded_rows {
  const embedded_dataset* set;
  std::int64_t count;  ///< of the training rows
};

struct idx_directory {
  storage::location path;
};

struct npz_file {
  storage::location path;
};

using data_place = std::variant<embedded_rows, idx_directory, npz_file>;

/// Where a data set lies, and what its name says of it.
struct located_dataset {
  data_place place;
  std::int64_t rows;     ///< training rows to keep; 0: all
  std::int64_t classes;  ///< 0: not known
};

/// A known set: in the program itself if it holds so many rows, else in the first place that has
/// it.
inline data_place locate_known(const known_dataset& set, std::int64_t rows,
                               const data_catalog& catalog) {
  std::string embedded;
  for (const embedded_dataset& candidate : catalog.embedded) {
    if (candidate.name != set.name) continue;
    if (rows > 0 && rows <= candidate.train_rows) return embedded_rows{&candidate, rows};
    embedded = fmt::format(" ({} training rows are embedded, {} were asked for)",
                           candidate.train_rows, rows);
  }
  std::vector<std::string> places;
  for (const std::string& root : catalog.roots) {
    const storage::location directory(storage::join_location(root, std::string(set.directory)));
    if (storage::is_directory(directory)) return idx_directory{directory};
    places.push_back(directory.shown());
  }
  if (!set.keras_file.empty() && !catalog.keras_cache.empty()) {
    const std::filesystem::path file = catalog.keras_cache / set.keras_file;
    if (storage::exists(file.string())) return npz_file{file.string()};
    places.push_back(file.string());
  }
  throw input_missing(fmt::format(
      "{}: not found in {}{}; put its IDX files in one of these or name their directory", set.name,
      join_text(places, ", "), embedded));
}

/// What to do with a file of another program's.
inline std::string hint_on(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const bool is_parquet = extension == ".parquet" || extension == ".feather";
  if (!is_parquet && extension != ".xlsx" && extension != ".xls") return "";
  return fmt::format("; pandas makes one of it: pandas.read_{}('{}').to_csv('{}.csv', index=False)",
                     is_parquet ? extension.substr(1) : "excel", path.string(),
                     path.stem().string());
}

/// A directory of IDX files, or an archive: a file, behind a URL, or on standard input ("-").
inline data_place locate_files(const storage::location& place) {
  const std::string shown = place.shown();
  const std::filesystem::path path(shown);
  const bool is_stream = place.type == storage::location::kind::standard_stream;
  if (is_stream || path.extension() == ".npz") return npz_file{place};
  if (storage::is_directory(place)) return idx_directory{place};
  if (!place.is_remote() && storage::exists(place)) {
    throw usage_error(shown +
                      ": is no data set: expected mnist, fashion_mnist, a directory of IDX files, "
                      "an .npz file or a table (.csv, .tsv, .txt)" +
                      hint_on(path));
  }
  if (shown.find_first_of("/.") != shown.npos) {
    throw input_missing(shown + ": no such file or directory");
  }
  std::vector<std::string_view> names;
  for (const known_dataset& set : known_datasets) names.push_back(set.name);
  throw usage_error(fmt::format("unknown data set '{}'{}", shown, did_you_mean(shown, names)));
}

inline located_dataset locate_dataset(const data_request& request, const data_catalog& catalog) {
  const known_dataset* known = known_by(request.source);
  if (known == nullptr) {
    return {.place = locate_files(request.source),
            .rows = request.train_rows,
            .classes = request.classes};
  }
  const std::int64_t named = named_rows(*known, request.source);
  return {.place = locate_known(*known, std::max(named, request.train_rows), catalog),
          .rows = request.train_rows > 0 ? request.train_rows : named,
          .classes = request.classes > 0 ? request.classes : known->classes};
}

inline raw_dataset read_embedded(const embedded_rows& embedded, data_parts parts) {
  const embedded_dataset& set = *embedded.set;
  const std::string name = "embedded " + std::string(set.name);
  raw_dataset raw{
      .train_features = read_idx(set.train_images, name + " training images", embedded.count),
      .train_labels = read_idx(set.train_labels, name + " training labels", embedded.count)};
  if (parts == data_parts::training_and_test) {
    raw.test_features = read_idx(set.test_images, name + " test images");
    raw.test_labels = read_idx(set.test_labels, name + " test labels");
  }
  return raw;
}

inline raw_dataset read_dataset(const data_place& place, data_parts parts,
                                const storage::read_limit& limit) {
  if (const auto* embedded = std::get_if<embedded_rows>(&place)) {
    return read_embedded(*embedded, parts);
  }
  if (const auto* directory = std::get_if<idx_directory>(&place)) {
    return read_idx_directory(directory->path, parts, limit);
  }
  return read_npz(std::get<npz_file>(place).path, parts, limit);
}

/// Takes the last share of the training rows, as Keras does: before any shuffle.
inline labelled_rows take_validation(labelled_rows& train, double share) {
  const std::int64_t first = rows_before_validation(train.rows(), share);
  require_both_sides(first, train.rows(), share);
  return train.split_off(first);
}

/// What was made of the training arrays, and of the test's where it is something else.
inline std::vector<std::string> text_of_notes(const std::vector<array_note>& training,
                                              const std::vector<array_note>& test) {
  std::vector<std::string> notes;
  const auto tell = [&](const array_note& note) {
    notes.push_back(note.source + ": " + note.text);
  };
  std::ranges::for_each(training, tell);
  for (const array_note& note : test) {
    if (std::ranges::find(training, note.text, &array_note::text) == training.end()) tell(note);
  }
  return notes;
}

/// The first `rows` training rows, and the test rows or the last share of the training rows to
/// validate on.
inline dataset select_rows(raw_dataset raw, std::int64_t rows, const data_request& request) {
  read_rows train =
      make_labelled_rows(std::move(raw.train_features), raw.train_labels, request.scale);
  dataset result{.name = storage::location(request.source).shown(),
                 .train = std::move(train.rows),
                 .class_count = train.classes};
  if (rows > result.train.rows()) {
    throw usage_error(fmt::format("{}: has {} training rows, {} were asked for", result.name,
                                  result.train.rows(), rows));
  }
  if (rows > 0) (void)result.train.split_off(rows);
  read_rows test;
  if (raw.test_features) {
    test = make_labelled_rows(std::move(*raw.test_features), *raw.test_labels, request.scale);
    result.validation = std::move(test.rows);
  } else {
    result.validation = take_validation(result.train, request.validation_split);
  }
  result.notes = text_of_notes(train.notes, test.notes);
  return result;
}

inline void refuse_keys_of_arrays(const data_request& request) {
  const char* given = request.classes > 0 ? "classes" : request.scale ? "scale" : nullptr;
  if (given == nullptr) return;
  throw usage_error(fmt::format("{}: {} is for arrays, not for a table",
                                storage::location(request.source).shown(), given));
}

inline void refuse_keys_of_tables(const data_request& request) {
  const data_request none;
  for_each_field<data_request>([&](const auto& f) {
    constexpr std::string_view of_arrays[] = {"source",  "train_rows", "validation_split",
                                              "classes", "scale",      "most_bytes"};
    if (std::ranges::find(of_arrays, f.name) != std::end(of_arrays)) return;
    if (request.*f.member == none.*f.member) return;
    throw usage_error(fmt::format("{}: {} is for tables (.csv, .tsv or .txt, or with a target)",
                                  storage::location(request.source).shown(), f.name));
  });
}

}  // namespace detail

SWEEPNET_INLINE std::optional<data_shape> known_shape(const data_request& request) {
  const detail::known_dataset* known = detail::known_by(request.source);
  if (known == nullptr || asks_for_table(request)) return std::nullopt;
  std::int64_t rows = request.train_rows;
  if (rows == 0) rows = detail::named_rows(*known, request.source);
  if (rows == 0) rows = known->train_rows;
  const std::int64_t trained = rows_before_validation(rows, request.validation_split);
  return data_shape{
      .learned = {.inputs = known->inputs,
                  .outputs = request.classes > 0 ? request.classes : known->classes},
      .train_rows = trained,
      .validation_rows = request.validation_split > 0 ? rows - trained : known->test_rows};
}

SWEEPNET_INLINE dataset load_dataset(const data_request& request, const data_catalog& catalog,
                                     int threads) {
  if (asks_for_table(request)) {
    detail::refuse_keys_of_arrays(request);
    return load_table_dataset(request, threads);
  }
  detail::refuse_keys_of_tables(request);
  const detail::located_dataset found = detail::locate_dataset(request, catalog);
  storage::read_limit limit;
  if (request.most_bytes > 0) limit.bytes = static_cast<std::uint64_t>(request.most_bytes);
  raw_dataset raw = detail::read_dataset(
      found.place,
      request.validation_split == 0 ? data_parts::training_and_test : data_parts::training, limit);
  dataset result = detail::select_rows(std::move(raw), found.rows, request);
  if (found.classes > 0) {
    result.class_count = found.classes;
  } else if (result.class_count == 0) {
    result.class_count = std::int64_t{result.train.largest_label()} + 1;
  }
  if (detail::known_by(request.source) != nullptr) result.notes.clear();
  try {
    result.validate();
  } catch (const argument_error& e) {
    throw data_error(e.what());
  }
  return result;
}

}  // namespace sweepnet
