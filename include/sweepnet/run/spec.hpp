// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one run of a sweep is, told by its paramset and its data: a value, made before any file is
// looked at.

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/data/dataset.hpp"
#include "sweepnet/data/digest.hpp"
#include "sweepnet/describe/encode.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/run/files.hpp"
#include "sweepnet/run/identity.hpp"
#include "sweepnet/run/model_place.hpp"
#include "sweepnet/run/options.hpp"
#include "sweepnet/storage/location.hpp"
#include "sweepnet/sweep/paramset.hpp"
#include "sweepnet/sweep/paramset_callbacks.hpp"
#include "sweepnet/sweep/sweep_file.hpp"
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
};

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
    const training_options training = training_options_of(p);
    check_model_path(storage::location(model_name_of(p, index)).shown(), model, training.optimizer,
                     training.loss);
    return model;
  } catch (const configuration_error& e) {
    throw configuration_error(where(e));
  } catch (const error& e) {
    throw data_error(where(e));
  }
}

namespace detail {

/// The paramset as files and messages show it: without the signature of a presigned model_path.
template <class P> ordered_json public_paramset(const P& p) {
  ordered_json paramset = encode(p);
  if (const auto path = paramset.find("model_path"); path != paramset.end() && path->is_string()) {
    *path = storage::location(path->template get<std::string>()).shown();
  }
  return paramset;
}

}  // namespace detail

/// The run of the sweep's paramset at `index` on `data`, whose digest_of() is `data_digest`. Throws
/// as checked_model() and model_place() do.
template <trainable_paramset P>
[[nodiscard]] run_spec spec_of_run(const sweep<P>& sweep, std::size_t index, const dataset& data,
                                   const std::string& data_digest, const run_options& options) {
  const P& p = sweep.paramsets[index];
  run_spec spec{.index = index,
                .sweep_size = sweep.size(),
                .identity = {.paramset = detail::public_paramset(p),
                             .data = data.name,
                             .data_digest = data_digest},
                .files = run_files_in(options.output, index),
                .model = checked_model(sweep, index, data.inputs(), data.classes()),
                .training = training_options_of(p),
                .callbacks = callbacks_of(p)};
  spec.files.model = model_place(p, index, options.output, options.models);
  return spec;
}

}  // namespace sweepnet
