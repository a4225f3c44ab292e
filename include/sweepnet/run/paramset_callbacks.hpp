// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The callbacks that a paramset asks for, whatever its type: a member that is not there asks for
// nothing.

#include <optional>

#include "sweepnet/training/callbacks.hpp"

namespace sweepnet::app {

template <class P> [[nodiscard]] model_checkpoint checkpoint_of(const P& p) {
  model_checkpoint checkpoint;
  if constexpr (requires { p.monitor; }) checkpoint.monitor = p.monitor;
  return checkpoint;
}

template <class P> [[nodiscard]] auto early_stopping_of(const P& p) {
  optional_callback<early_stopping> result;
  if constexpr (requires { p.early_stopping; }) {
    if (p.early_stopping) result.callback = early_stopping{.options = *p.early_stopping};
  }
  return result;
}

template <class P> [[nodiscard]] auto reduce_lr_of(const P& p) {
  optional_callback<reduce_lr_on_plateau> result;
  if constexpr (requires { p.reduce_lr_on_plateau; }) {
    if (p.reduce_lr_on_plateau) {
      result.callback = reduce_lr_on_plateau{.options = *p.reduce_lr_on_plateau};
    }
  }
  return result;
}

template <class P> [[nodiscard]] auto terminate_on_nan_of(const P& p) {
  optional_callback<terminate_on_nan> result;
  if constexpr (requires { p.terminate_on_nan; }) {
    if (p.terminate_on_nan) result.callback = terminate_on_nan{};
  }
  return result;
}

}  // namespace sweepnet::app
