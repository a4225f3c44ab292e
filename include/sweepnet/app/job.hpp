// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One run of a sweep, from a paramset to its files: the part of `train` that an embedder can call.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/model/model_file.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/run/model_place.hpp"
#include "sweepnet/storage/location.hpp"
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
    check_model_path(storage::location(model_name_of(p, index)).shown(), model);
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
