// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tables of text, as people read them.

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "sweepnet/app/text_width.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/describe/json.hpp"
#include "sweepnet/report/flat_paramset.hpp"

namespace sweepnet::app {

/// Rows of text, the first one of headers, columns as wide as their widest cell. Those of `right`
/// end below each other.
[[nodiscard]] inline std::string text_table(const std::vector<std::vector<std::string>>& rows,
                                            const std::vector<std::size_t>& right = {}) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) {
      widths[c] = std::max(widths[c], text_width(row[c]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string space(widths[c] - text_width(row[c]), ' ');
      const bool ends = std::ranges::find(right, c) != right.end();
      line += (ends ? space + row[c] : row[c] + space) + "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

/// A value as people read it: strings bare, long numbers to six digits, the rest as JSON.
[[nodiscard]] inline std::string cell(const ordered_json& told) {
  const ordered_json& value = plain_value(told);
  if (value.is_string()) return printable(value.get<std::string>());
  const std::string text = printable(dump(value));
  constexpr std::size_t longest_number = 8;
  if (value.is_number_float() && text.size() > longest_number) {
    return fmt::format("{:.6g}", value.get<double>());
  }
  return text;
}

}  // namespace sweepnet::app
