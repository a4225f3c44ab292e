// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an activation has of its function, and its check.

#include "sweepnet/network/activation.hpp"

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/exact_math.hpp"

SWEEPNET_BEGIN_EXACT;
namespace sweepnet {

SWEEPNET_INLINE bool activation::is_elementwise() const {
  return visit_alternative([]<class F>(const F&) { return !row_activation<F>; }, function);
}

SWEEPNET_INLINE std::string activation::name() const {
  return visit_alternative(
      []<class F>(const F& f) {
        if constexpr (named_alternative<F>) {
          return std::string(F::name);
        } else {
          return f.name();
        }
      },
      function);
}

SWEEPNET_INLINE void activation::validate(const std::string& where) const {
  const auto* own = std::get_if<activations::custom>(&function);
  if (own == nullptr) return;
  if (own->object == nullptr) {
    throw argument_error(where + "activation must be an object, got a null pointer");
  }
  const std::string name = own->name();
  if (!name.empty() && !has_alternative<activation>(name)) return;
  throw argument_error(where + "an own activation must have a name of its own, got '" + name + "'" +
                       (name.empty() ? "" : ", which is a built-in one's"));
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
