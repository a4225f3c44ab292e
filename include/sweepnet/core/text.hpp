// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reading numbers from text without a locale, showing text that others wrote, and "did you mean".

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace sweepnet {

/// The number that the whole of `text` spells in decimal, or nothing. A leading '+' is allowed.
template <class Number>
requires std::integral<Number> || std::floating_point<Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  }
  Number number{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

[[nodiscard]] inline std::string lowercase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

/// A NaN without its sign, which means nothing and which fmt would print; any other number as it
/// is.
template <class Number> [[nodiscard]] Number plain_nan(Number number) {
  if constexpr (std::floating_point<Number>) {
    if (std::isnan(number)) return std::numeric_limits<Number>::quiet_NaN();
  }
  return number;
}

namespace detail {

struct code_point {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< bytes; 0: the text does not begin with valid UTF-8
};

/// The first code point of UTF-8 text that is not empty.
[[nodiscard]] inline code_point first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || length > text.size()) return {};
  std::uint32_t value = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3fU);
  }
  const bool overlong = value < (length == 4 ? 0x10000U : length == 3 ? 0x800U : 0x80U);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  return overlong || surrogate || value > 0x10ffff ? code_point{} : code_point{value, length};
}

/// Whether a code point ends lines, steers a terminal, or turns the direction of what follows.
[[nodiscard]] inline bool is_control(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x200e && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace detail

/// So many of the first bytes of UTF-8 text as are whole characters, at most `most`.
[[nodiscard]] inline std::string_view whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  // Bytes 10xxxxxx go on with a character, which has four at most.
  while (end > 0 && end + 3 > most && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
    --end;
  return text.substr(0, end);
}

/// Text that others may have written, for a message or a log: control characters and bytes that are
/// no UTF-8 become \xNN, so that a name can neither forge a line nor steer a terminal. Those in
/// `keep` stay.
[[nodiscard]] inline std::string printable(std::string_view text, std::string_view keep = "") {
  std::string shown;
  while (!text.empty()) {
    const detail::code_point first = detail::first_code_point(text);
    const std::string_view bytes = text.substr(0, std::max<std::size_t>(first.length, 1));
    text.remove_prefix(bytes.size());
    const bool plain = first.length > 0 && !detail::is_control(first.value);
    if (plain || keep.find(bytes) != keep.npos) {
      shown += bytes;
    } else {
      constexpr const char* digits = "0123456789abcdef";
      for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        shown += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
      }
    }
  }
  return shown;
}

/// Whether printable() would show control characters otherwise than they are.
[[nodiscard]] inline bool has_control_characters(std::string_view text) {
  while (!text.empty()) {
    const detail::code_point first = detail::first_code_point(text);
    if (first.length > 0 && detail::is_control(first.value)) return true;
    text.remove_prefix(std::max<std::size_t>(first.length, 1));
  }
  return false;
}

/// The pieces with `separator` between them.
template <class Range>
[[nodiscard]] std::string join_text(const Range& pieces, std::string_view separator) {
  std::string joined;
  for (bool first = true; const auto& piece : pieces) {
    if (!first) joined += separator;
    joined += piece;
    first = false;
  }
  return joined;
}

/// Edits (insert, delete, replace, swap neighbours) that turn one word into the other:
/// the optimal string alignment distance.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_previous(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1,
                             previous[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before_previous[j - 2] + 1);
      }
    }
    before_previous.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

/// " (did you mean 'x'?)" for the nearest candidate within a third of the word's length, else the
/// whole list: " (known: a, b, c)". Letter case does not count.
template <class Range>
[[nodiscard]] std::string did_you_mean(std::string_view word, const Range& candidates) {
  constexpr std::size_t longest_word = 64;
  std::string_view nearest;
  std::size_t best = word.size() > longest_word ? 0 : std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    if (best == 0) break;
    const std::size_t distance = edit_distance(lowercase(word), lowercase(candidate));
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  if (!nearest.empty()) return " (did you mean '" + std::string(nearest) + "'?)";
  return " (known: " + join_text(candidates, ", ") + ")";
}

}  // namespace sweepnet
