// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Any text as a word of a format that others read: a shell's script, a YAML or a JSON document. One
// function a format; whatever is emitted goes through it.

#include <cstdint>
#include <string>
#include <string_view>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/describe/encode.hpp"

namespace sweepnet::app {

/// One word as POSIX shells read it back, whatever bytes it holds. Throws usage_error for a NUL,
/// which no word can hold.
[[nodiscard]] inline std::string shell_quoted(std::string_view word) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:=,+@%";
  if (word.find('\0') != word.npos) throw usage_error("a word of a script cannot hold a NUL");
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// A JSON string. Throws usage_error for bytes that are no UTF-8: JSON cannot hold them, and
/// another text in their place would name another file.
[[nodiscard]] inline std::string json_quoted(std::string_view text) {
  try {
    return ordered_json(text).dump();
  } catch (const ordered_json::exception&) {
    throw usage_error(
        fmt::format("{}: expected UTF-8, found other bytes", dump(ordered_json(text))));
  }
}

/// A double-quoted YAML scalar, on one line and in printable ASCII: so YAML 1.1, which takes U+0085
/// and U+2028 for line breaks, YAML 1.2 and a reviewer's editor all see one text. Throws
/// usage_error for bytes that are no UTF-8.
[[nodiscard]] inline std::string yaml_quoted(std::string_view text) {
  (void)json_quoted(text);  // what follows is UTF-8
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(i);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    // The first byte holds 7, 5, 4 or 3 bits of the character, each other one 6.
    std::uint32_t character = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) character = character << 6 | (byte(i + k) & 0x3FU);
    i += length;
    if (character == '"' || character == '\\') {
      quoted += {'\\', static_cast<char>(character)};
    } else if (character >= 0x20 && character < 0x7F) {
      quoted += static_cast<char>(character);
    } else if (character < 0x100) {
      quoted += fmt::format("\\x{:02X}", character);
    } else if (character < 0x10000) {
      quoted += fmt::format("\\u{:04X}", character);
    } else {
      quoted += fmt::format("\\U{:08X}", character);
    }
  }
  return quoted + "\"";
}

}  // namespace sweepnet::app
