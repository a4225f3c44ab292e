// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a run's files lie, and which names are a run's own.

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/storage/location.hpp"

namespace sweepnet {

/// The files of one run.
struct run_files {
  storage::location model{};
  storage::location state{};
  storage::location result{};
  storage::location log{};
  storage::location predictions{};
};

/// A kind of file that runs keep beside their models: PREFIX index ENDING.
struct run_file_name {
  std::string_view prefix;
  std::string_view ending;

  [[nodiscard]] std::string of(std::size_t index) const {
    return fmt::format("{}{}{}", prefix, index, ending);
  }
  /// The index in a file's name, or nothing if it is none of this kind.
  [[nodiscard]] std::optional<std::size_t> index_in(std::string_view name) const {
    if (!name.starts_with(prefix) || !name.ends_with(ending) ||
        name.size() <= prefix.size() + ending.size()) {
      return std::nullopt;
    }
    name.remove_prefix(prefix.size());
    name.remove_suffix(ending.size());
    if (name.find_first_not_of("0123456789") != name.npos) return std::nullopt;
    return parse_number<std::size_t>(name);
  }
};

inline constexpr run_file_name state_name{"state_", ".safetensors"};
inline constexpr run_file_name result_name{"result_", ".json"};
inline constexpr run_file_name log_name{"log_", ".csv"};
inline constexpr run_file_name predictions_name{"predictions_", ".safetensors"};

namespace detail {

/// Binds a place to the directory that it must lie in whatever links say (on S3 to the prefix).
inline storage::location bound_to(const storage::location& directory, storage::location where) {
  using kind = storage::location::kind;
  where.root = directory.type == kind::s3 ? directory.key : directory.request_text();
  return where;
}

/// Whether each part between the slashes of an S3 key is a name.
inline bool has_plain_parts(std::string_view key) {
  for (bool more = true; more;) {
    const std::size_t end = std::min(key.find('/'), key.size());
    const std::string_view part = key.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    more = end < key.size();
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return true;
}

}  // namespace detail

/// A run's own file in its output directory.
[[nodiscard]] inline storage::location run_file(const storage::location& directory,
                                                const run_file_name& name, std::size_t index) {
  return detail::bound_to(directory, storage::join_location(directory, name.of(index)));
}

/// The files that a run keeps beside its model.
[[nodiscard]] inline run_files run_files_in(const storage::location& directory, std::size_t index) {
  return {.state = run_file(directory, state_name, index),
          .result = run_file(directory, result_name, index),
          .log = run_file(directory, log_name, index),
          .predictions = run_file(directory, predictions_name, index)};
}

/// `name` below the directory, or nothing if it leads out of it: up, to an absolute path or a URL
/// elsewhere.
[[nodiscard]] inline std::optional<storage::location> place_below(
    const storage::location& directory, const std::string& name) {
  using kind = storage::location::kind;
  if (directory.request_text().empty()) return place_below(".", name);
  const storage::location where = storage::join_location(directory, name);
  if (where.type != directory.type || where.bucket != directory.bucket) return std::nullopt;
  if (directory.type == kind::s3) {
    const std::string prefix =
        directory.key.empty() || directory.key.ends_with('/') ? directory.key : directory.key + "/";
    const bool below = where.key.starts_with(prefix) &&
                       detail::has_plain_parts(std::string_view(where.key).substr(prefix.size()));
    return below ? std::optional(detail::bound_to(directory, where)) : std::nullopt;
  }
  if (directory.type != kind::local) return std::nullopt;
  const std::filesystem::path root = directory.request_text();
  const auto relative = std::filesystem::path(where.request_text())
                            .lexically_normal()
                            .lexically_relative(root.lexically_normal());
  if (relative.empty() || relative == "." || *relative.begin() == "..") return std::nullopt;
  return detail::bound_to(directory, (root / relative).string());
}

/// Whether a path names, anywhere in it, a file that runs of any index keep for themselves, or one
/// on its way there (NAME...tmp): in any case of letters, since file systems may fold it,
/// with the letters that fold to these.
[[nodiscard]] inline bool names_run_file(std::string_view path) {
  std::string folded = lowercase(path);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> folds{
      {{"\u017f", "s"}, {"\ufb05", "st"}, {"\ufb06", "st"}}};  // long s, its ligature, st
  for (const auto& [letter, plain] : folds) {
    for (std::size_t at = 0; (at = folded.find(letter, at)) != folded.npos;) {
      folded.replace(at, letter.size(), plain);
    }
  }
  for (std::string_view rest = folded; !rest.empty();) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    for (const run_file_name& kind : {state_name, result_name, log_name, predictions_name}) {
      if (!part.starts_with(kind.prefix)) continue;
      const std::string_view tail = part.substr(kind.prefix.size());
      const std::size_t digits = std::min(tail.find_first_not_of("0123456789"), tail.size());
      const std::string_view ending = tail.substr(digits);
      const bool temporary = ending.starts_with(kind.ending) && ending.ends_with("tmp");
      if (digits > 0 && (ending == kind.ending || temporary)) return true;
    }
  }
  return false;
}

}  // namespace sweepnet
