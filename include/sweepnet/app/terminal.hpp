// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The terminal behind the standard output.

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>

namespace sweepnet::app {

namespace detail {

/// Columns and rows of the terminal's window as it is now; 0 where the terminal does not say, as
/// serial lines and some containers do not.
inline winsize terminal_window() {
  winsize window{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 ? window : winsize{};
}

}  // namespace detail

/// Columns of the terminal's window; 80 where the terminal does not say.
[[nodiscard]] inline std::int64_t terminal_columns() {
  const auto told = detail::terminal_window().ws_col;
  return told > 0 ? told : 80;
}

/// Rows likewise; 24 where the terminal does not say.
[[nodiscard]] inline std::int64_t terminal_rows() {
  const auto told = detail::terminal_window().ws_row;
  return told > 0 ? told : 24;
}

}  // namespace sweepnet::app
