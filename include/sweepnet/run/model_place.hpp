// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a paramset's model is written. Sweep files may come from others, so a model_path stays
// within the output directory and off the run's own files unless it is told otherwise.

#include <algorithm>
#include <cstddef>
#include <map>
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

/// model_place() and check_model_places() of models by their names.
[[nodiscard]] storage::location named_model_place(const std::string& name,
                                                  const storage::location& directory,
                                                  model_bounds bounds);
struct named_model {
  std::size_t index;  ///< of the paramset
  std::string name;
};
void check_named_model_places(const std::vector<named_model>& models, const std::string& source,
                              const storage::location& directory, model_bounds bounds);

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
  std::map<std::size_t, std::string> names;
  bool may_collide = false;  // a name without the index may be another paramset's, too
  for (const std::size_t index : indices) {
    const P p = sweep.at(index);
    names.emplace(index, model_name_of(p, index));
    may_collide = may_collide || model_name_of(p, 0) == model_name_of(p, 1);
  }
  if (may_collide) {
    for (std::size_t i = 0; i < std::min(sweep.count(), most_paramsets); ++i) {
      if (names.contains(i)) continue;
      try {
        names.emplace(i, model_name_of(sweep.at(i), i));
      } catch (const data_error&) {  // what is wrong with others hinders nobody
      }
    }
  }
  std::vector<detail::named_model> models;
  for (const auto& [index, name] : names) models.push_back({index, name});
  detail::check_named_model_places(models, sweep.source(), directory, bounds);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/model_place.inl"
#endif
