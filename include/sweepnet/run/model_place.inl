// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/run/model_place.hpp"

#include <filesystem>
#include <unordered_map>

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
        "result_N.json, log_N.csv), got '{}'",
        shown));
  }
  if (auto place = place_below(directory, name)) return *std::move(place);
  if (bounds == model_bounds::anywhere) return storage::join_location(directory, name);
  throw model_outside(fmt::format("model_path must lie in the output directory, got '{}'", shown));
}

SWEEPNET_INLINE void check_named_model_places(const std::vector<named_model>& models,
                                              const std::string& source,
                                              const storage::location& directory,
                                              model_bounds bounds) {
  std::unordered_map<std::string, const named_model*> owner;
  for (const named_model& model : models) {
    const auto where = [&](const error& e) {
      return fmt::format("{}: paramset {}: {}", source, model.index, e.what());
    };
    std::string path;
    try {
      const storage::location place = named_model_place(model.name, directory, bounds);
      path = place.request_text();
      if (!place.is_remote()) path = std::filesystem::path(path).lexically_normal().string();
    } catch (const model_outside& e) {
      throw model_outside(where(e));
    } catch (const error& e) {
      throw data_error(where(e));
    }
    const auto [first, fresh] = owner.emplace(std::move(path), &model);
    if (!fresh) {
      throw data_error(fmt::format(
          "{}: paramsets {} and {} would both write {}: put {{index}} into model_path", source,
          first->second->index, model.index, storage::location(first->second->name).shown()));
    }
  }
}

}  // namespace sweepnet::detail
