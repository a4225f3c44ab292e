// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How features are measured and split.

#include "sweepnet/data/feature_matrix.hpp"

#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::int64_t feature_matrix::size() const {
  return visit([]<class Stored>(const Stored& stored) {
    if constexpr (std::is_same_v<Stored, one_hot_rows>) {
      return std::ssize(stored.reals) + std::ssize(stored.ones);
    } else {
      return std::ssize(stored);
    }
  });
}

SWEEPNET_INLINE bool feature_matrix::are_bytes() const {
  return visit([]<class Stored>(const Stored&) {
    return std::is_same_v<Stored, std::span<const std::uint8_t>>;
  });
}

SWEEPNET_INLINE feature_matrix feature_matrix::split_off(std::int64_t first, std::int64_t width) {
  feature_matrix tail;
  visit_alternative(
      [&]<class Elements>(Elements& elements) {
        const auto cut = static_cast<std::size_t>(first * width);
        if constexpr (requires { elements.split_off(first); }) {
          tail.elements_ = elements.split_off(first);
        } else if constexpr (requires { elements.subspan(cut); }) {
          tail.elements_.template emplace<Elements>(elements.subspan(cut));
          elements = elements.first(cut);
        } else {
          tail.elements_.template emplace<Elements>(elements.begin() + first * width,
                                                    elements.end());
          elements.resize(cut);
        }
      },
      elements_);
  return tail;
}

}  // namespace sweepnet
