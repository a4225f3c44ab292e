// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A program's own functions by name, for readers of files that name them.

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "sweepnet/core/error.hpp"
#include "sweepnet/describe/named_objects.hpp"
#include "sweepnet/network/activation.hpp"
#include "sweepnet/network/custom_activation.hpp"
#include "sweepnet/network/custom_loss.hpp"
#include "sweepnet/network/custom_optimizer.hpp"
#include "sweepnet/network/loss_function.hpp"
#include "sweepnet/network/model_spec.hpp"
#include "sweepnet/network/optimizer.hpp"

namespace sweepnet {

/// What read_model(), load_sweep() and parse_sweep() take so that a name in a file gives your
/// object:
///
///   custom_functions own;
///   own.add(std::make_shared<signed_log>());
///   const trained_model trained = read_model("model.safetensors", own);
class custom_functions : public named_objects {
 public:
  /// Throws argument_error for a null pointer, a name that is empty or a built-in activation's, and
  /// one that was added before.
  void add(std::shared_ptr<const custom_activation> own) {
    activation(own).validate();
    add(std::move(own), "activations");
  }
  /// The same for a loss.
  void add(std::shared_ptr<const custom_loss> own) {
    losses::custom{own.get()}.validate();
    add(std::move(own), "losses");
  }
  /// The same for an optimizer, which must be sound in itself, too.
  void add(std::shared_ptr<const custom_optimizer> own) {
    rules::custom{own.get()}.validate();
    add(std::move(own), "optimizers");
  }

 private:
  template <class T> void add(std::shared_ptr<const T> own, const char* what) {
    const std::string name = own->name();
    if (insert(name, std::move(own))) return;
    throw argument_error(std::string("two own ") + what + " have the name '" + name + "'");
  }
};

/// The functions that a sound model has of a program's own: of equal names the first.
[[nodiscard]] inline custom_functions custom_functions_of(const model_spec& model) {
  custom_functions all;
  for (const layer& each : model.layers) {
    const auto* d = std::get_if<dense>(&each);
    if (d == nullptr) continue;
    const auto* own = std::get_if<activations::custom>(&d->activate.function);
    if (own != nullptr && !all.find<custom_activation>(own->name()))
      all.add(d->activate.function.own_object());
  }
  return all;
}

}  // namespace sweepnet
