// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One run of a sweep, from a paramset to its files: the part of `train` that an embedder can call.

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/output/model_file.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet::app {

/// What a user's own paramset type needs beside its `fields`: a network and training options.
/// Members `model_path`, `monitor`, `early_stopping`, `reduce_lr_on_plateau` and `terminate_on_nan`
/// are used if there.
template <class P>
concept trainable_paramset = described<P> && requires(const P& p, std::int64_t n) {
  { build_model(p, n, n) } -> std::same_as<model_spec>;
  { training_options_of(p) } -> std::same_as<training_options>;
};

/// The file of the paramset's model: its model_path, with {index} replaced, under `directory`
/// unless it is a URL; else model_<index>.h5 (.safetensors in a build without HDF5).
template <class P>
[[nodiscard]] std::string model_path_of(const P& p, std::size_t index,
                                        const std::string& directory) {
#if defined(SWEEPNET_HAS_HDF5)
  std::string name = "model_{index}.h5";
#else
  std::string name = "model_{index}.safetensors";
#endif
  if constexpr (requires { p.model_path; }) {
    if (!p.model_path.empty()) name = p.model_path;
  }
  return storage::join_location(directory, with_index(std::move(name), index));
}

/// Throws data_error if two paramsets would write the same file.
template <class P> void check_model_paths(const sweep<P>& sweep) {
  std::unordered_map<std::string, std::size_t> owner;
  for (std::size_t i = 0; i < sweep.size(); ++i) {
    std::string path = model_path_of(sweep.paramsets[i], i, "");
    if (!storage::is_remote(path)) path = std::filesystem::path(path).lexically_normal().string();
    const auto [first, fresh] = owner.emplace(std::move(path), i);
    if (!fresh) {
      throw data_error(
          fmt::format("{}: paramsets {} and {} would both write {}: put {{index}} into model_path",
                      sweep.source, first->second, i, storage::without_query(first->first)));
    }
  }
}

/// The network of a paramset. Throws data_error, or configuration_error for what this build lacks,
/// naming the paramset, if the network is unsound or its file cannot be written.
template <trainable_paramset P>
[[nodiscard]] model_spec checked_model(const sweep<P>& sweep, std::size_t index,
                                       std::int64_t inputs, std::int64_t classes) {
  const P& p = sweep.paramsets[index];
  const auto where = [&](const std::exception& e) {
    return fmt::format("{}: paramset {}: {}", sweep.source, index, e.what());
  };
  try {
    model_spec model = build_model(p, inputs, classes);
    model.validate();
    check_model_path(storage::without_query(model_path_of(p, index, "")), model);
    return model;
  } catch (const configuration_error& e) {
    throw configuration_error(where(e));
  } catch (const error& e) {
    throw data_error(where(e));
  } catch (const std::invalid_argument& e) {
    throw data_error(where(e));
  }
}

}  // namespace sweepnet::app
