// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The terminal behind the standard output.

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>

namespace sweepnet::app {

/// Columns of the terminal's window as it is now; 80 where the terminal does not say, as serial
/// lines and some containers do not.
[[nodiscard]] inline std::int64_t terminal_columns() {
  winsize window{};
  const bool told = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
  return told ? window.ws_col : 80;
}

/// Rows likewise; 24 where the terminal does not say.
[[nodiscard]] inline std::int64_t terminal_rows() {
  winsize window{};
  const bool told = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_row > 0;
  return told ? window.ws_row : 24;
}

}  // namespace sweepnet::app
