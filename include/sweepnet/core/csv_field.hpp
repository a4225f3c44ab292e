// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A text as a cell of a CSV file (RFC 4180).

#include <string>
#include <string_view>

namespace sweepnet {

/// In quotes where it must be, with the quotes in it doubled.
[[nodiscard]] inline std::string csv_field(std::string_view text) {
  if (text.find_first_of("\",\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace sweepnet
