// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much of a text that others wrote is kept and shown.

#include <cstddef>
#include <string>
#include <string_view>

#include "sweepnet/core/text.hpp"

namespace sweepnet::report {

inline constexpr std::size_t longest_value = 1000;  ///< bytes of a text in a paramset
inline constexpr std::size_t longest_shown = 200;   ///< bytes of a text on a page

/// The text, or of a longer one so many of its first bytes as are whole characters, and "…".
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t most) {
  const std::string_view kept = whole_characters(text, most);
  return std::string(kept) + (kept.size() < text.size() ? "\u2026" : "");
}

}  // namespace sweepnet::report
