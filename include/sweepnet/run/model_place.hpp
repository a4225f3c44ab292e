// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a paramset's model is written. Sweep files may come from others, so a model_path stays
// within the output directory and off the run's own files unless it is told otherwise.

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet::app {

/// Where models may lie.
enum class model_bounds { output, anywhere };

/// The paramset's model_path with {index} replaced; else model_<index>.h5 (.safetensors in a build
/// without HDF5).
template <class P> [[nodiscard]] std::string model_name_of(const P& p, std::size_t index) {
#if defined(SWEEPNET_HAS_HDF5)
  std::string name = "model_{index}.h5";
#else
  std::string name = "model_{index}.safetensors";
#endif
  if constexpr (requires { p.model_path; }) {
    if (!p.model_path.empty()) name = p.model_path;
  }
  return with_index(std::move(name), index);
}

/// The place of the paramset's model under `directory`, to which it is bound. Throws data_error if
/// it has control characters, is a run's own file, or leads out of the directory although the
/// bounds are the output.
template <class P>
[[nodiscard]] storage::location model_place(const P& p, std::size_t index,
                                            const std::string& directory, model_bounds bounds) {
  const std::string name = model_name_of(p, index);
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
  throw data_error(fmt::format(
      "model_path must lie in the output directory, got '{}'; --allow-outside permits it", shown));
}

/// Throws data_error, naming the paramset, for a model that may not be written where its paramset
/// says, or if two paramsets would write the same file; usage_error for what is no directory.
template <class P>
void check_model_places(const sweep<P>& sweep, const std::string& directory, model_bounds bounds) {
  const storage::location root(directory);  // what is wrong with it is no fault of the sweep
  if (root.type != storage::location::kind::local && root.type != storage::location::kind::s3) {
    throw usage_error(root.shown() + ": expected a directory or s3://BUCKET/PREFIX for outputs");
  }
  std::unordered_map<std::string, std::size_t> owner;
  for (std::size_t i = 0; i < sweep.size(); ++i) {
    std::string path;
    try {
      path = model_place(sweep.paramsets[i], i, directory, bounds).request_text();
    } catch (const error& e) {
      throw data_error(fmt::format("{}: paramset {}: {}", sweep.source, i, e.what()));
    }
    if (!storage::is_remote(path)) path = std::filesystem::path(path).lexically_normal().string();
    const auto [first, fresh] = owner.emplace(std::move(path), i);
    if (!fresh) {
      throw data_error(fmt::format(
          "{}: paramsets {} and {} would both write {}: put {{index}} into model_path",
          sweep.source, first->second, i,
          storage::location(model_name_of(sweep.paramsets[first->second], first->second)).shown()));
    }
  }
}

}  // namespace sweepnet::app
