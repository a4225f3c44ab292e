// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much of a text that others wrote is kept and shown.

#include <cstddef>
#include <string>
#include <string_view>

namespace sweepnet::report {

inline constexpr std::size_t longest_value = 1000;  ///< bytes of a text in a paramset
inline constexpr std::size_t longest_shown = 200;   ///< bytes of a text on a page

/// The text, or of a longer one so many of its first bytes as are whole characters, and "…".
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  // Bytes 10xxxxxx go on with a character of UTF-8.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  return std::string(text.substr(0, end)) + "\u2026";
}

}  // namespace sweepnet::report
