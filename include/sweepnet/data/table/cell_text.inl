// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/cell_text.hpp"

#include <optional>

#include "sweepnet/core/linkage.hpp"

namespace sweepnet::csv {

namespace detail {

SWEEPNET_INLINE bool is_tiny(std::string_view number) {
  if (number.starts_with('-')) number.remove_prefix(1);
  const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
  const std::string_view digits = number.substr(0, mark);
  const std::size_t first = std::min(digits.find_first_of("123456789"), digits.size());
  const std::size_t point = std::min(digits.find('.'), digits.size());
  // The first digit that is not 0 counts 10^places.
  const auto places =
      static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) - (first < point ? 1 : 0);
  if (mark == number.size()) return places < 0;
  std::string_view power = number.substr(mark + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  const std::optional<std::int64_t> exponent = parse_number<std::int64_t>(power);
  if (!exponent) return power.starts_with('-');
  return *exponent < -places;
}

/// Groups of three digits with `separator` between them behind one to three digits, at the front of
/// the text, which loses them; false, and nothing is lost, if there is no separator.
inline bool take_groups(std::string_view& text, char separator) {
  std::size_t at = 0;
  while (at < text.size() && at < 3 && is_digit(text[at])) ++at;
  const auto is_group = [&](std::size_t from) {
    return from + 3 < text.size() && text[from] == separator && is_digit(text[from + 1]) &&
           is_digit(text[from + 2]) && is_digit(text[from + 3]);
  };
  if (at == 0 || !is_group(at)) return false;
  while (is_group(at)) at += 4;
  text.remove_prefix(at);
  return true;
}

inline void take_digits(std::string_view& text) {
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
}

}  // namespace detail

SWEEPNET_INLINE std::string fault_of_text(std::string_view cell) {
  if (!cell.starts_with('"') && cell.find('\r') != cell.npos) {
    return "expected lines that end in LF or CRLF, found a carriage return alone";
  }
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(cell, is_ascii)) return "";
  while (!cell.empty()) {
    const std::size_t length = sweepnet::detail::first_code_point(cell).length;
    if (length == 0) {
      return "expected UTF-8, found the byte " + printable(cell.substr(0, 1));
    }
    cell.remove_prefix(length);
  }
  return "";
}

SWEEPNET_INLINE bool is_number_with_commas(std::string_view text, char delimiter) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text.find(',') == text.npos) return false;
  std::string_view thousands = text;  // 1,234.5
  if (detail::take_groups(thousands, ',')) {
    if (thousands.starts_with('.')) thousands.remove_prefix(1);
    detail::take_digits(thousands);
    if (thousands.empty()) return true;
  }
  if (delimiter == ',') return false;  // where cells hold lists of numbers, too
  if (!detail::take_groups(text, '.')) detail::take_digits(text);
  if (!text.starts_with(',')) return false;
  double number = 0;
  const std::string fraction = "0." + std::string(text.substr(1));
  return text.size() > 1 && detail::is_digit(text[1]) &&
         read_number(fraction, number) != number_kind::none;
}

}  // namespace sweepnet::csv
