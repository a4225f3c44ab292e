// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How rows with one-hot columns are measured, checked and split.

#include "sweepnet/data/one_hot_rows.hpp"

#include <cmath>
#include <cstddef>
#include <iterator>
#include <type_traits>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"

namespace sweepnet {

SWEEPNET_INLINE std::int64_t one_hot_rows::rows() const {
  if (real_width > 0) return std::ssize(reals) / real_width;
  return groups > 0 ? std::ssize(ones) / groups : 0;
}

SWEEPNET_INLINE void one_hot_rows::check(const std::string& what, std::int64_t width) const {
  const auto refuse = [&](const std::string& message) {
    throw argument_error(what + ": " + message);
  };
  if (real_width < 0 || groups < 0 || real_width > width || groups > width - real_width) {
    refuse(fmt::format("expected rows of {} features, got {} reals and {} groups", width,
                       real_width, groups));
  }
  const std::int64_t count = rows();
  const auto are_whole = [&](std::int64_t size, std::int64_t each) {
    return each > 0 ? size % each == 0 && size / each == count : size == 0;
  };
  if (!are_whole(std::ssize(reals), real_width) || !are_whole(std::ssize(ones), groups)) {
    refuse(fmt::format("expected whole rows of {} reals and {} groups, got {} reals and {} ones",
                       real_width, groups, reals.size(), ones.size()));
  }
  for (std::size_t i = 0; i < reals.size(); ++i) {
    if (std::isfinite(reals[i])) continue;
    const auto at = static_cast<std::int64_t>(i);
    refuse(fmt::format("feature {} of row {} must be finite, got {}", at % real_width,
                       at / real_width, plain_nan(reals[i])));
  }
  auto at = ones.begin();
  for (std::int64_t row = 0; row < count; ++row) {
    std::int64_t lowest = real_width;
    for (std::int64_t group = 0; group < groups; ++group, ++at) {
      if (*at == -1) continue;
      if (*at < lowest || *at >= width) {
        refuse(fmt::format("the 1 of group {} of row {} must be in column [{}, {}), got {}", group,
                           row, lowest, width, *at));
      }
      lowest = std::int64_t{*at} + 1;
    }
  }
}

SWEEPNET_INLINE one_hot_rows one_hot_rows::split_off(std::int64_t first) {
  const auto split = [&](auto& values, std::int64_t width) {
    std::remove_cvref_t<decltype(values)> tail(values.begin() + first * width, values.end());
    values.resize(static_cast<std::size_t>(first * width));
    return tail;
  };
  return {.reals = split(reals, real_width),
          .ones = split(ones, groups),
          .real_width = real_width,
          .groups = groups};
}

}  // namespace sweepnet
