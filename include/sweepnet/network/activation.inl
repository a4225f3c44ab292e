// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an activation has of its function, and its check.

#include "sweepnet/network/activation.hpp"

#include "sweepnet/core/exact_math.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/visit.hpp"
#include "sweepnet/describe/own_object.hpp"

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
  detail::require_own(own->object, "activation", has_alternative<activation>, where);
}

}  // namespace sweepnet
SWEEPNET_END_EXACT;
