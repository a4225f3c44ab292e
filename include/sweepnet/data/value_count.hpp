// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How often a value is there.

#include <cstdint>
#include <string>

#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/fields.hpp"

namespace sweepnet {

struct value_count {
  std::string value{};
  std::int64_t rows = 0;
  double share = 0;  ///< of all rows
};

template <>
inline constexpr auto fields<value_count> =
    std::tuple(field("value", &value_count::value, "as it stands in the data"),
               field("rows", &value_count::rows, "that have it"),
               field("share", &value_count::share, "of all rows"));

/// What part of `all` these are; 0 of none.
[[nodiscard]] inline double share_of(std::int64_t these, std::int64_t all) {
  return all > 0 ? static_cast<double>(these) / static_cast<double>(all) : 0;
}

/// A share in percent, to three digits; neither none nor all where it is not.
[[nodiscard]] inline std::string percent_text(double share) {
  const double percent = 100 * share;
  if (percent > 0 && percent < 0.001) return "<0.001%";
  if (percent >= 99.95 && percent < 100) return ">99.9%";
  return fmt::format("{:.3g}%", percent);
}

}  // namespace sweepnet
