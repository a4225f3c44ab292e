// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checks of features.

#include "sweepnet/data/feature_views.hpp"

#include <cmath>
#include <type_traits>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet {

template <class Stored> void dense_view<Stored>::check(const std::string& what) const {
  const auto require = [&](bool holds, const std::string& message) {
    if (!holds) throw argument_error(what + ": " + message);
  };
  const std::int64_t size = std::ssize(elements);
  require(width > 0 || size == 0, fmt::format("{} features in rows of width {}", size, width));
  require(width <= 0 || size % width == 0,
          fmt::format("expected a multiple of the width {}, got {} features", width, size));
  require(std::isfinite(scale), fmt::format("the scale must be finite, got {}", plain_nan(scale)));
  if constexpr (std::is_floating_point_v<Stored>) {
    for (std::int64_t at = 0; at < size; ++at) {
      const Stored x = elements[static_cast<std::size_t>(at)];
      if (std::isfinite(x)) continue;
      require(false, fmt::format("feature {} of row {} must be finite, got {}", at % width,
                                 at / width, plain_nan(x)));
    }
  }
}

template void dense_view<std::uint8_t>::check(const std::string& what) const;
template void dense_view<float>::check(const std::string& what) const;

SWEEPNET_INLINE void one_hot_view::check(const std::string& what) const {
  if (scale != 1) {
    throw argument_error(
        fmt::format("{}: one-hot rows have a scale of 1, got {}", what, plain_nan(scale)));
  }
  stored.check(what, width);
}

}  // namespace sweepnet
