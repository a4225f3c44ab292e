// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How wide texts stand on a terminal.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sweepnet/core/text.hpp"

namespace sweepnet::app {

namespace detail {

/// Columns of a character: two of East Asian wide ones and of emoji (Unicode's UAX 11, by blocks).
/// One also of those that are drawn over others, so that no text is wider than is said here.
[[nodiscard]] inline std::size_t columns_of(std::uint32_t c) {
  struct block {
    std::uint32_t first;
    std::uint32_t last;
  };
  constexpr block wide[] = {{0x1100, 0x115f},  {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
                            {0xf900, 0xfaff},  {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                            {0xffe0, 0xffe6},  {0x1f300, 0x1f64f}, {0x1f680, 0x1faff},
                            {0x20000, 0x3fffd}};
  return std::ranges::any_of(wide, [&](block b) { return c >= b.first && c <= b.last; }) ? 2 : 1;
}

}  // namespace detail

/// Columns that a printable() text takes.
[[nodiscard]] inline std::size_t text_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const auto first = sweepnet::detail::first_code_point(text);
    columns += detail::columns_of(first.value);
    text.remove_prefix(std::max<std::size_t>(first.length, 1));
  }
  return columns;
}

/// A printable() text whose end is left out where it is wider than `columns`.
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t columns) {
  if (text_width(text) <= columns) return std::string(text);
  constexpr std::string_view dots = "...";
  std::size_t left = columns - std::min(columns, dots.size());
  std::string kept;
  while (!text.empty()) {
    const auto first = sweepnet::detail::first_code_point(text);
    const std::size_t width = detail::columns_of(first.value);
    if (width > left) break;
    left -= width;
    kept += text.substr(0, std::max<std::size_t>(first.length, 1));
    text.remove_prefix(std::max<std::size_t>(first.length, 1));
  }
  return kept + std::string(dots.substr(0, columns));
}

}  // namespace sweepnet::app
