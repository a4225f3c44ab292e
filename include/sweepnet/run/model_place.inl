// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/model_place.hpp"

#include <algorithm>
#include <filesystem>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/run/files.hpp"

namespace sweepnet::detail {

SWEEPNET_INLINE storage::location named_model_place(const std::string& name,
                                                    const storage::location& directory,
                                                    model_bounds bounds) {
  if (has_control_characters(name)) {
    throw data_error(
        fmt::format("model_path must have no control characters, got '{}'", printable(name)));
  }
  const std::string shown = printable(storage::location(name).shown());
  if (names_run_file(shown)) {
    throw data_error(fmt::format(
        "model_path must not be a file that runs keep for themselves (state_N.safetensors, "
        "result_N.json, log_N.csv, predictions_N.safetensors), got '{}'",
        shown));
  }
  if (auto place = place_below(directory, name)) return *std::move(place);
  if (bounds == model_bounds::anywhere) return storage::join_location(directory, name);
  throw model_outside(fmt::format("model_path must lie in the output directory, got '{}'", shown));
}

SWEEPNET_INLINE std::string model_paths::path_of(const std::string& name) const {
  const storage::location place = named_model_place(name, directory_, bounds_);
  const std::string path = place.request_text();
  return place.is_remote() ? path : std::filesystem::path(path).lexically_normal().string();
}

SWEEPNET_INLINE void model_paths::add(std::size_t index, const std::string& name) {
  const auto where = [&](const error& e) {
    return fmt::format("{}: paramset {}: {}", source_, index, e.what());
  };
  try {
    paths_.push_back({.hash = hash_of(path_of(name)), .index = index});
  } catch (const model_outside& e) {
    throw model_outside(where(e));
  } catch (const error& e) {
    throw data_error(where(e));
  }
}

SWEEPNET_INLINE void model_paths::require_distinct(
    const std::function<std::string(std::size_t)>& name_of) {
  std::ranges::sort(paths_);
  const hashed* second = nullptr;
  const hashed* first = nullptr;
  const auto is_same = [&](const hashed& a, const hashed& b) {
    return a.hash == b.hash && a.index != b.index &&
           path_of(name_of(a.index)) == path_of(name_of(b.index));
  };
  for (std::size_t i = 1; i < paths_.size(); ++i) {
    if (second != nullptr && paths_[i].index > second->index) continue;
    if (!is_same(paths_[i - 1], paths_[i])) continue;
    first = &paths_[i - 1];
    second = &paths_[i];
  }
  if (second == nullptr) return;
  throw data_error(fmt::format(
      "{}: paramsets {} and {} would both write {}: put {{index}} into model_path", source_,
      first->index, second->index, storage::location(name_of(first->index)).shown()));
}

}  // namespace sweepnet::detail
