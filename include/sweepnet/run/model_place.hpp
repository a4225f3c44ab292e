// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a paramset's model is written. Sweep files may come from others, so a model_path stays
// within the output directory and off the run's own files unless it is told otherwise.

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sweepnet/core/error.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/job_index.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

namespace sweepnet {

/// A model_path leads out of the output directory, and model_bounds forbid that.
struct model_outside : data_error {
  using data_error::data_error;
};

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

namespace detail {

/// model_place() of a model by its name.
[[nodiscard]] storage::location named_model_place(const std::string& name,
                                                  const storage::location& directory,
                                                  model_bounds bounds);

/// Where the models of a sweep go: of each its path's hash, so that those that would write one file
/// are found among very many.
class model_paths {
 public:
  model_paths(std::string source, storage::location directory, model_bounds bounds)
      : source_(std::move(source)), directory_(std::move(directory)), bounds_(bounds) {}

  /// Throws data_error, naming the paramset, for a model that may not be written there.
  void add(std::size_t index, const std::string& name);
  /// Throws data_error for the first of them that another one before it has the path of; names are
  /// asked for again.
  void require_distinct(const std::function<std::string(std::size_t)>& name_of);

 private:
  struct hashed {
    std::uint64_t hash;
    std::size_t index;  ///< of the paramset
    auto operator<=>(const hashed&) const = default;
  };

  [[nodiscard]] std::string path_of(const std::string& name) const;

  std::string source_;
  storage::location directory_;
  model_bounds bounds_;
  std::vector<hashed> paths_{};
};

}  // namespace detail

/// The place of the paramset's model under `directory`, to which it is bound. Throws data_error if
/// it has control characters or is a run's own file, model_outside if it leads out of the directory
/// although the bounds are the output.
template <class P>
[[nodiscard]] storage::location model_place(const P& p, std::size_t index,
                                            const storage::location& directory,
                                            model_bounds bounds) {
  return detail::named_model_place(model_name_of(p, index), directory, bounds);
}

/// Throws data_error, naming the paramset, for a model of the paramsets at `indices` that may not
/// be written where it says, or if another one of the sweep's would write the same file.
template <class P>
void check_model_places(const sweep<P>& sweep, const std::vector<std::size_t>& indices,
                        const storage::location& directory, model_bounds bounds) {
  detail::model_paths paths(sweep.source(), directory, bounds);
  bool may_collide = false;  // a name without the index may be another paramset's, too
  for (const std::size_t index : indices) {
    const P p = sweep.at(index);
    paths.add(index, model_name_of(p, index));
    may_collide = may_collide || model_name_of(p, 0) == model_name_of(p, 1);
  }
  const auto name_of = [&](std::size_t index) { return model_name_of(sweep.at(index), index); };
  if (may_collide) {
    std::vector<bool> is_added(std::min(sweep.count(), most_paramsets));
    for (const std::size_t index : indices) {
      if (index < is_added.size()) is_added[index] = true;
    }
    for (std::size_t i = 0; i < is_added.size(); ++i) {
      if (is_added[i]) continue;
      std::string name;
      try {
        name = name_of(i);
      } catch (const data_error&) {  // what is wrong with others hinders nobody
        continue;
      }
      paths.add(i, name);
    }
  }
  paths.require_distinct(name_of);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/model_place.inl"
#endif
