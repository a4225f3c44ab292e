// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/equal_cells.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "sweepnet/core/digest.hpp"
#include "sweepnet/core/linkage.hpp"

namespace sweepnet {

namespace detail {

/// The same for numbers that are equal, and for all NaNs, which are missing cells.
inline std::uint64_t bits_of_cell(double number) {
  constexpr std::uint64_t of_missing = ~std::uint64_t{0};
  return std::isnan(number) ? of_missing : std::bit_cast<std::uint64_t>(number + 0.0);
}

inline std::string digest_of_cells(const raw_column& column) {
  digest d;
  d.add(column.is_number);
  if (column.is_number) {
    for (const double number : column.numbers) d.add(bits_of_cell(number));
  } else {
    d.add(std::span<const std::int32_t>(column.codes));
    for (const std::string& text : column.texts) {
      d.add(text.size());
      d.add(std::string_view(text));
    }
  }
  return d.text();
}

inline bool have_equal_cells(const raw_column& a, const raw_column& b) {
  return a.is_number == b.is_number && a.codes == b.codes && a.texts == b.texts &&
         std::ranges::equal(a.numbers, b.numbers, {}, bits_of_cell, bits_of_cell);
}

inline std::uint64_t hash_with(std::uint64_t before, std::uint64_t cell) {
  const std::array<std::uint64_t, 2> both{before, cell};
  return hash_of({reinterpret_cast<const char*>(both.data()), sizeof both});
}

}  // namespace detail

SWEEPNET_INLINE std::vector<std::pair<std::size_t, std::size_t>> equal_columns(
    const raw_table& table) {
  std::vector<std::pair<std::size_t, std::size_t>> equal;
  std::map<std::string, std::vector<std::size_t>> by_digest;  // each unlike the others
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const raw_column& column = table.columns[c];
    if (column.was_skipped || column.has_too_many_texts) continue;
    std::vector<std::size_t>& alike = by_digest[detail::digest_of_cells(column)];
    const auto first = std::ranges::find_if(alike, [&](std::size_t other) {
      return detail::have_equal_cells(column, table.columns[other]);
    });
    if (first == alike.end()) {
      alike.push_back(c);
    } else {
      equal.emplace_back(c, *first);
    }
  }
  return equal;
}

SWEEPNET_INLINE std::vector<std::uint64_t> row_hashes(const raw_table& table,
                                                      std::span<const std::size_t> columns) {
  std::vector<std::uint64_t> hashes(static_cast<std::size_t>(table.rows));
  for (const std::size_t c : columns) {
    const raw_column& column = table.columns[c];
    std::vector<std::uint64_t> of_texts;
    of_texts.reserve(column.texts.size());
    for (const std::string& text : column.texts) of_texts.push_back(hash_of(text));
    for (std::size_t row = 0; row < hashes.size(); ++row) {
      std::uint64_t cell = 0;
      if (column.is_number) {
        cell = detail::bits_of_cell(column.numbers[row]);
      } else if (column.codes[row] >= 0) {
        cell = of_texts[static_cast<std::size_t>(column.codes[row])];
      }
      hashes[row] = detail::hash_with(hashes[row], cell);
    }
  }
  return hashes;
}

}  // namespace sweepnet
