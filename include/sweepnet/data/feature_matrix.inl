// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How features are measured and split.

#include "sweepnet/data/feature_matrix.hpp"

#include <iterator>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::int64_t feature_matrix::size() const {
  return visit([](auto elements) { return std::ssize(elements); });
}

SWEEPNET_INLINE bool feature_matrix::are_bytes() const {
  return visit([]<class T>(std::span<const T>) { return std::is_same_v<T, std::uint8_t>; });
}

SWEEPNET_INLINE feature_matrix feature_matrix::split_off(std::int64_t first) {
  feature_matrix tail;
  visit_alternative(
      [&]<class Elements>(Elements& elements) {
        const auto cut = static_cast<std::size_t>(first);
        if constexpr (requires { elements.subspan(cut); }) {
          tail.elements_.emplace<Elements>(elements.subspan(cut));
          elements = elements.first(cut);
        } else {
          tail.elements_.emplace<Elements>(elements.begin() + first, elements.end());
          elements.resize(cut);
        }
      },
      elements_);
  return tail;
}

}  // namespace sweepnet
