// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a column is taken for: the rules that fitting a schema and describing a table share.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sweepnet/core/format.hpp"
#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/table/column_text.hpp"
#include "sweepnet/data/table/raw_table.hpp"

namespace sweepnet {

/// What the texts of a column are good for. All but categories are refused.
enum class text_use { categories, dates, identifiers, free_text };

namespace detail {

/// Integers of which there are more are no class labels.
inline constexpr std::size_t most_numbered_classes = 100;
/// Texts of which there are more, and in more than half of the rows another one, are no categories.
inline constexpr std::int64_t most_sure_categories = 50;
/// A table of fewer rows may have another category in each.
inline constexpr std::int64_t few_rows = 20;

inline bool is_missing(const raw_column& column, std::int64_t row) {
  const auto at = static_cast<std::size_t>(row);
  return column.is_number ? std::isnan(column.numbers[at]) : column.codes[at] < 0;
}

/// Whether a column is predicted from.
inline bool is_input(const raw_column& column, const data_request& request) {
  return !column.was_skipped && column.name != request.target && column.name != request.groups &&
         column.name != request.weight;
}

/// What a class is called that is a number.
inline std::string class_name(double number) {
  return fmt::format("{}", number + 0.0);  // no -0
}

/// The classes that the integers in a column are. `real_row` is the first row that holds another
/// number, -1: none; of that, and of too many integers, whichever comes first ends it.
struct numbered_rows {
  std::vector<std::string> names{};     ///< in the order of the numbers
  std::vector<std::int32_t> classes{};  ///< of each row, -1 where it is missing
  std::int64_t real_row = -1;
  bool are_too_many = false;
};
inline numbered_rows numbered_rows_in(const raw_column& column) {
  numbered_rows found;
  std::map<double, std::int32_t> index;
  for (std::size_t row = 0; row < column.numbers.size(); ++row) {
    const double number = column.numbers[row];
    if (std::isnan(number)) continue;
    if (number != std::trunc(number)) {
      found.real_row = static_cast<std::int64_t>(row);
      return found;
    }
    index.emplace(number, 0);
    if (index.size() > most_numbered_classes) {
      found.are_too_many = true;
      return found;
    }
  }
  for (auto& [number, place] : index) {
    place = static_cast<std::int32_t>(found.names.size());
    found.names.push_back(class_name(number));
  }
  found.classes.reserve(column.numbers.size());
  for (const double number : column.numbers) {
    found.classes.push_back(std::isnan(number) ? -1 : index.at(number));
  }
  return found;
}

inline bool is_category(const raw_column& column, const data_request& request) {
  return std::ranges::find(request.categories, column.name) != request.categories.end();
}

/// The use of texts of which `different` stand in `cells` cells; `are_meant` as categories.
inline text_use use_of(const std::vector<std::string>& texts, std::int64_t different,
                       std::int64_t cells, bool are_meant) {
  if (!are_meant && std::ranges::all_of(texts, looks_like_date)) return text_use::dates;
  if (different == cells && cells >= few_rows) return text_use::identifiers;
  if (!are_meant && different > most_sure_categories && different > cells / 2) {
    return text_use::free_text;
  }
  return text_use::categories;
}

}  // namespace detail

}  // namespace sweepnet
