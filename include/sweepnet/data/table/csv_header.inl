// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/data/table/csv_header.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "sweepnet/core/error.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/table/cell_text.hpp"

namespace sweepnet::csv {

SWEEPNET_INLINE void refuse_other_formats(std::string_view text, const std::string& source) {
  using namespace std::string_view_literals;
  constexpr std::array<std::pair<std::string_view, const char*>, 9> known{{
      {"\xff\xfe"sv, "UTF-16"},
      {"\xfe\xff"sv, "UTF-16"},
      {"PK\x03\x04"sv, "a zip archive or a spreadsheet (.xlsx)"},
      {"\xd0\xcf\x11\xe0"sv, "a spreadsheet (.xls)"},
      {"PAR1"sv, "Parquet"},
      {"ARROW1"sv, "an Arrow file"},
      {"\x28\xb5\x2f\xfd"sv, "compressed with zstd"},
      {"\xfd\x37zXZ"sv, "compressed with xz"},
      {"BZh"sv, "compressed with bzip2"},
  }};
  for (const auto& [magic, format] : known) {
    if (!text.starts_with(magic)) continue;
    throw data_error(fmt::format(
        "{}: expected a table as text in UTF-8 (CSV), plain or gzip-compressed, found {}", source,
        format));
  }
}

namespace detail {

inline std::string shown_delimiter(char delimiter) {
  return delimiter == '\t' ? "a tab" : fmt::format("'{}'", delimiter);
}

inline std::int64_t line_at(std::string_view text, std::size_t at, std::int64_t first_line) {
  return first_line + std::ranges::count(text.substr(0, at), '\n');
}

/// The whole character at the front of a text.
inline std::string_view first_character(std::string_view text) {
  const std::size_t length = sweepnet::detail::first_code_point(text).length;
  return text.substr(0, std::max<std::size_t>(length, 1));
}

/// The first record, with one way to delimit its cells.
struct header_try {
  char delimiter = ',';
  record_index index{};

  [[nodiscard]] std::size_t cells() const { return index.rows() == 1 ? index.columns : 0; }
  [[nodiscard]] bool is_open() const { return index.rows() == 0 && !index.broken; }
  /// How far the text is sound.
  [[nodiscard]] std::size_t reach() const { return index.broken ? index.broken->at : 0; }
};

/// Commas, semicolons and tabs compete; bars count where none of these is. The most cells win.
inline const header_try& chosen(const std::vector<header_try>& tries, std::string_view text,
                                const std::string& source, std::int64_t first_line) {
  const auto more = [](const header_try& a, const header_try& b) { return a.cells() < b.cells(); };
  const auto bars = std::ranges::find(tries, '|', &header_try::delimiter);
  const auto best = std::max_element(tries.begin(), bars, more);
  if (best->cells() <= 1) {
    for (const header_try& each : tries) {  // which would have been it
      if (!each.index.broken || each.index.broken->cell == 0) continue;
      refuse(*each.index.broken, text, {.delimiter = each.delimiter}, source, first_line);
    }
  }
  if (best->cells() <= 1 && bars != tries.end() && bars->cells() > 1) return *bars;
  for (auto other = tries.begin(); other != bars; ++other) {
    if (other == best || other->cells() != best->cells() || best->cells() <= 1) continue;
    throw data_error(fmt::format(
        "{}:{}: cannot tell what delimits the columns' names: {} and {} each give {} of them",
        source, line_at(text, best->index.begins.front(), first_line),
        shown_delimiter(best->delimiter), shown_delimiter(other->delimiter), best->cells()));
  }
  return *best;
}

[[noreturn]] inline void refuse_name(const std::string& source, std::int64_t line,
                                     std::size_t column, const std::string& why) {
  throw data_error(fmt::format("{}:{}:{}: {}", source, line, column + 1, why));
}

inline void check_names(const std::vector<std::string>& names, const std::string& source,
                        std::int64_t line) {
  const auto is_number = [](const std::string& name) {
    double number = 0;
    return read_number(without_spaces(name), number) != number_kind::none;
  };
  if (std::ranges::all_of(names, is_number)) {
    throw data_error(fmt::format(
        "{}:{}: expected the columns' names in the first line, found numbers alone: '{}'", source,
        line, shown_text(names.front())));
  }
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (without_spaces(names[c]).empty()) {
      const char* hint =
          c == 0 && names.size() > 1 ? "; pandas writes its index so: index=False" : "";
      refuse_name(source, line, c, fmt::format("the column has no name{}", hint));
    }
    const auto [other, is_new] = seen.try_emplace(names[c], c);
    if (is_new) continue;
    refuse_name(source, line, c,
                fmt::format("the column's name '{}' is that of column {}, too",
                            shown_text(names[c]), other->second + 1));
  }
}

inline std::vector<std::string> names_in(std::string_view text, const record_index& index,
                                         const std::string& source, std::int64_t line) {
  std::vector<std::string> names;
  std::size_t begin = index.begins.front();
  for (std::size_t c = 0; c < index.columns; ++c) {
    const std::string_view cell = text.substr(begin, index.ends[c] - begin);
    if (const std::string why = fault_of_text(cell); !why.empty()) {
      refuse_name(source, line, c, why);
    }
    std::string kept;
    names.emplace_back(text_of_cell(
        cell, [&](std::string whole) -> std::string_view { return kept = std::move(whole); }));
    begin = index.ends[c] + 1;
  }
  return names;
}

}  // namespace detail

SWEEPNET_INLINE void refuse(const fault& found, std::string_view text, const shape& form,
                            const std::string& source, std::int64_t first_line) {
  const std::int64_t line = detail::line_at(text, found.at, first_line);
  const std::string cell = fmt::format("{}:{}:{}: ", source, line, found.cell + 1);
  switch (found.what) {
    case fault::kind::cell_count:
      throw data_error(fmt::format("{}:{}: expected {} cell{}, found {}", source, line,
                                   form.columns, form.columns == 1 ? "" : "s", found.found));
    case fault::kind::after_quote: {
      const std::int64_t opened = detail::line_at(text, found.opened, first_line);
      const std::string where = opened == line ? "" : fmt::format(" of line {}", opened);
      throw data_error(
          fmt::format("{}expected {} or the line's end behind the closing quote{}, found '{}'",
                      cell, detail::shown_delimiter(form.delimiter), where,
                      printable(detail::first_character(text.substr(found.at)))));
    }
    case fault::kind::open_quote:
      throw data_error(cell + "the quote that opens here is never closed");
    case fault::kind::nul:
      throw data_error(cell + "expected text, found a NUL byte: is it UTF-16, or no text?");
    case fault::kind::long_record: break;
  }
  throw data_error(fmt::format("{}:{}: expected a record of at most {} bytes, found more", source,
                               line, form.longest));
}

SWEEPNET_INLINE std::optional<table_header> read_header(std::string_view text, const shape& form,
                                                        const std::string& source,
                                                        std::int64_t first_line, bool is_whole) {
  std::vector<detail::header_try> tries;
  const std::string_view candidates =
      form.delimiter == 0 ? std::string_view(",;\t|") : std::string_view(&form.delimiter, 1);
  for (const char delimiter : candidates) {
    detail::header_try& each = tries.emplace_back(detail::header_try{.delimiter = delimiter});
    const shape own{.delimiter = delimiter, .columns = 0, .longest = form.longest};
    index_records(text, own, each.index);
    if (!each.is_open()) continue;
    if (text.size() - each.index.used > form.longest) {
      each.index.broken = fault_of_long_record(text, each.index.used, own);
    } else if (!is_whole) {
      return std::nullopt;
    } else if (each.index.quote) {
      each.index.broken = {
          .what = fault::kind::open_quote, .at = *each.index.quote, .cell = each.index.open_cells};
    } else {
      throw data_error(source + ": expected the columns' names in the first line, found nothing");
    }
  }
  if (std::ranges::all_of(tries, [](const auto& each) { return each.cells() == 0; })) {
    const auto& furthest = *std::ranges::max_element(tries, {}, &detail::header_try::reach);
    const shape own{.delimiter = furthest.delimiter, .columns = 0, .longest = form.longest};
    refuse(*furthest.index.broken, text, own, source, first_line);
  }
  const detail::header_try& best = detail::chosen(tries, text, source, first_line);
  const std::int64_t line = detail::line_at(text, best.index.begins.front(), first_line);
  if (best.index.columns > most_columns) {
    throw data_error(fmt::format("{}:{}: expected at most {} columns, found {}", source, line,
                                 most_columns, best.index.columns));
  }
  table_header header{.delimiter = best.delimiter,
                      .names = detail::names_in(text, best.index, source, line),
                      .used = best.index.used,
                      .lines = best.index.lines};
  detail::check_names(header.names, source, line);
  return header;
}

}  // namespace sweepnet::csv
