// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the text of a cell says: nothing, a number, or what looks like one to people.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "sweepnet/core/text.hpp"
#include "sweepnet/data/table/short_number.hpp"

namespace sweepnet {

/// The cells that are missing, as they stand, in quotes or not.
inline constexpr std::array<std::string_view, 9> missing_cells{"",     "NA",   "N/A",  "NaN", "nan",
                                                               "null", "NULL", "None", "?"};

namespace csv::detail {

inline constexpr std::size_t longest_missing =
    std::ranges::max(missing_cells, {}, &std::string_view::size).size();

/// Most cells can be told not to be missing by their first byte.
inline constexpr auto begins_missing = [] {
  std::array<bool, 256> begins{};
  for (const std::string_view missing : missing_cells) {
    if (!missing.empty()) begins[static_cast<unsigned char>(missing[0])] = true;
  }
  return begins;
}();

}  // namespace csv::detail

[[nodiscard]] inline bool is_missing_cell(std::string_view text) {
  if (text.empty()) return true;
  if (!csv::detail::begins_missing[static_cast<unsigned char>(text[0])]) return false;
  return text.size() <= csv::detail::longest_missing &&
         std::ranges::find(missing_cells, text) != missing_cells.end();
}

}  // namespace sweepnet

namespace sweepnet::csv {

/// The text of a cell as it stands in a file: without the quotes around it. Where quotes within are
/// doubled, keep() gets the text with single ones, and returns a view of it that lasts.
template <class Keep> std::string_view text_of_cell(std::string_view cell, const Keep& keep) {
  if (!cell.starts_with('"')) return cell;
  cell.remove_prefix(1);
  cell.remove_suffix(1);
  if (cell.find('"') == cell.npos) return cell;
  std::string text;
  for (std::size_t at = 0; at < cell.size(); ++at) {
    text += cell[at];
    if (cell[at] == '"') ++at;
  }
  return keep(std::move(text));
}

/// What a cell's text may not be, as it stands in a file: "" if it is sound.
[[nodiscard]] std::string fault_of_text(std::string_view cell);

/// A cell's text in a message.
[[nodiscard]] inline std::string shown_text(std::string_view text) {
  constexpr std::size_t most = 60;
  const std::string_view kept = whole_characters(text, most);
  return printable(kept) + (kept.size() < text.size() ? "..." : "");
}

[[nodiscard]] inline std::string_view without_spaces(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

enum class number_kind { none, finite, not_finite };

namespace detail {

/// Whether a number that no double holds is less than 1: too small for one, not too large.
[[nodiscard]] bool is_tiny(std::string_view number);

}  // namespace detail

/// Reads the whole of a text without spaces at its ends as std::from_chars does, with a '+' or not;
/// what is too small for a double is 0. A NaN is not finite, either.
inline number_kind read_number(std::string_view text, double& number) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto [stopped, status] = std::from_chars(text.data(), end, number);
  if (stopped != end || status == std::errc::invalid_argument) return number_kind::none;
  if (status == std::errc::result_out_of_range) {
    if (!detail::is_tiny(text)) return number_kind::not_finite;
    number = text.starts_with('-') ? -0.0 : 0.0;
  }
  return std::isfinite(number) ? number_kind::finite : number_kind::not_finite;
}

/// Whether a text without spaces at its ends is a number with commas, as some countries write them:
/// 3,14, or 1.234,5 (where commas are no delimiters), or 1,234.5.
[[nodiscard]] bool is_number_with_commas(std::string_view text, char delimiter);

}  // namespace sweepnet::csv

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/cell_text.inl"
#endif
