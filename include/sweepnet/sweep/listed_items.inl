// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/sweep/listed_items.hpp"

#include <algorithm>
#include <cstdint>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

namespace detail {

inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Where the quote at `i` is closed; line.size() or more: on another line.
inline std::size_t end_of_quoted(std::string_view line, std::size_t i) {
  const char quote = line[i];
  for (++i; i < line.size(); ++i) {
    const bool escapes = quote == '"' ? line[i] == '\\' : line.substr(i).starts_with("''");
    if (escapes) {
      ++i;
    } else if (line[i] == quote) {
      break;
    }
  }
  return i;
}

/// Whether every quote that the line may open is closed on it; a quote within a word opens none.
/// Adds to `depth` the brackets that it leaves open.
inline bool quotes_are_closed(std::string_view line, std::int64_t& depth) {
  constexpr std::string_view before_quotes = " \t[{,:-";
  constexpr std::string_view special = "'\"#[]{}";
  for (std::size_t i = line.find_first_of(special); i < line.size();
       i = line.find_first_of(special, i + 1)) {
    const char c = line[i];
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    const bool within_word = i > 0 && before_quotes.find(line[i - 1]) == before_quotes.npos;
    if (within_word || (c != '#' && c != '\'' && c != '"')) continue;
    if (c == '#') return true;  // a comment
    i = end_of_quoted(line, i);
    if (i >= line.size()) return false;
  }
  return true;
}

/// What a line is, by its first characters.
enum class line_kind { item, inner, empty, other };

inline line_kind kind_of(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == line.npos || line[first] == '#') return line_kind::empty;
  if (line[0] == ' ') return line_kind::inner;
  if (line[0] == '-' && (line.size() == 1 || is_blank(line[1]))) return line_kind::item;
  return line_kind::other;
}

}  // namespace detail

SWEEPNET_INLINE std::optional<std::vector<listed_item>> list_items(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<listed_item> items;
  std::size_t line_number = 0;
  std::int64_t depth = 0;  // of brackets, which may go on on the next line
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const detail::line_kind kind = detail::kind_of(line);
    ++line_number;
    if (kind == detail::line_kind::other) return std::nullopt;
    if (kind == detail::line_kind::inner && items.empty()) return std::nullopt;
    if (kind == detail::line_kind::item && depth != 0) return std::nullopt;
    if (!detail::quotes_are_closed(line, depth)) return std::nullopt;
    if (kind == detail::line_kind::item) {
      items.push_back({.line = line_number, .text = text.substr(at, 0)});
    }
    at = std::min(end + 1, text.size());
    if (items.empty()) continue;
    const char* first = items.back().text.data();
    items.back().text = {first, static_cast<std::size_t>(text.data() + at - first)};
  }
  if (items.empty()) return std::nullopt;
  return items;
}

}  // namespace sweepnet
