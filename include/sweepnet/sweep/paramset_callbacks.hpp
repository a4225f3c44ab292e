// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The callbacks that a paramset asks for, whatever its type: a member that is not there asks for
// nothing.

#include <memory>
#include <optional>
#include <vector>

#include "sweepnet/training/callbacks.hpp"
#include "sweepnet/training/options.hpp"

namespace sweepnet {

/// What a paramset says of its callbacks, as values.
struct paramset_callbacks {
  metric monitor = metric::val_accuracy;  ///< by which its best epoch is told
  std::optional<early_stopping_options> early_stopping{};
  std::optional<reduce_lr_on_plateau_options> reduce_lr_on_plateau{};
  bool terminate_on_nan = false;
};

template <class P> [[nodiscard]] paramset_callbacks callbacks_of(const P& p) {
  paramset_callbacks wanted;
  if constexpr (requires { p.monitor.value_or(wanted.monitor); }) {
    wanted.monitor = p.monitor.value_or(wanted.monitor);
  } else if constexpr (requires { p.monitor; }) {
    wanted.monitor = p.monitor;
  }
  if constexpr (requires { p.early_stopping; }) wanted.early_stopping = p.early_stopping;
  if constexpr (requires { p.reduce_lr_on_plateau; }) {
    wanted.reduce_lr_on_plateau = p.reduce_lr_on_plateau;
  }
  if constexpr (requires { p.terminate_on_nan; }) wanted.terminate_on_nan = p.terminate_on_nan;
  return wanted;
}

/// Those of them that act on training, in the order in which they do.
[[nodiscard]] inline std::vector<std::unique_ptr<callback>> make_callbacks(
    const paramset_callbacks& wanted) {
  std::vector<std::unique_ptr<callback>> made;
  if (wanted.early_stopping) {
    made.push_back(std::make_unique<early_stopping>(*wanted.early_stopping));
  }
  if (wanted.reduce_lr_on_plateau) {
    made.push_back(std::make_unique<reduce_lr_on_plateau>(*wanted.reduce_lr_on_plateau));
  }
  if (wanted.terminate_on_nan) made.push_back(std::make_unique<terminate_on_nan>());
  return made;
}

}  // namespace sweepnet
