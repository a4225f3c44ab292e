// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one run of a sweep is, told by its paramset and its data: a value, made before any file is
// looked at.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "sweepnet/data/dataset.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/model_place.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/paramset_callbacks.hpp"
#include "sweepnet/sweep/sweep.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

struct run_spec {
  std::size_t index = 0;
  std::size_t sweep_size = 1;
  run_identity identity{};
  run_files files{};
  model_spec model{};
  training_options training{};
  paramset_callbacks callbacks{};
  std::shared_ptr<const table_schema> schema{};  ///< of data that are a table
};

namespace detail {

/// The network that `make` gives with its training, once they are known to be sound and to fit
/// the model file `name` and the task. Throws as checked_model() does.
[[nodiscard]] model_spec checked_model(
    const std::string& source, std::size_t index, const std::string& name, const problem& learned,
    const std::function<std::pair<model_spec, training_options>()>& make);

/// A paramset as files and messages show it: without the signature of a presigned model_path.
[[nodiscard]] ordered_json public_paramset(ordered_json paramset);

}  // namespace detail

/// Which paramset of which sweep one is.
struct paramset_place {
  std::string source;
  std::size_t index = 0;
  std::size_t sweep_size = 1;
};

/// The network of a paramset. Throws data_error, or configuration_error for what this build lacks,
/// naming the paramset, if the network is unsound, its loss is of another task or its file cannot
/// be written.
template <trainable_paramset P>
[[nodiscard]] model_spec checked_model(const P& p, const paramset_place& place,
                                       const problem& of_data) {
  const problem learned = problem_for<P>(of_data);
  const std::string name = model_name_of(p, place.index);
  return detail::checked_model(place.source, place.index, name, learned, [&] {
    const P whole = paramset_for(p, learned.task);
    return std::pair(build_model(whole, learned.inputs, learned.outputs),
                     training_options_of(whole));
  });
}
template <trainable_paramset P>
[[nodiscard]] model_spec checked_model(const sweep<P>& sweep, std::size_t index,
                                       const problem& learned) {
  const paramset_place place{.source = sweep.source(), .index = index, .sweep_size = sweep.count()};
  return checked_model(sweep.at(index), place, learned);
}

/// The run of a paramset on `data`, whose digest_of() is `data_digest`. Throws as checked_model()
/// and model_place() do.
template <trainable_paramset P>
[[nodiscard]] run_spec spec_of_run(const P& p, const paramset_place& place, const dataset& data,
                                   const std::string& data_digest, const run_options& options) {
  const P whole = paramset_for(p, data.task);
  run_spec spec{.index = place.index,
                .sweep_size = place.sweep_size,
                .identity = {.paramset = detail::public_paramset(encode(whole)),
                             .data = data.name,
                             .data_digest = data_digest,
                             .sweep_size = place.sweep_size},
                .files = run_files_in(options.output, place.index),
                .model = checked_model(p, place, data.problem()),
                .training = training_options_of(whole),
                .callbacks = callbacks_of(whole),
                .schema = data.schema};
  spec.files.model = model_place(p, place.index, options.output, options.models);
  return spec;
}
template <trainable_paramset P>
[[nodiscard]] run_spec spec_of_run(const sweep<P>& sweep, std::size_t index, const dataset& data,
                                   const std::string& data_digest, const run_options& options) {
  const paramset_place place{.source = sweep.source(), .index = index, .sweep_size = sweep.count()};
  return spec_of_run(sweep.at(index), place, data, data_digest, options);
}

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/run/spec.inl"
#endif
