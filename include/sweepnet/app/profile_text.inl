// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweepnet/app/profile_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "sweepnet/app/options.hpp"
#include "sweepnet/app/table.hpp"
#include "sweepnet/app/text_width.hpp"
#include "sweepnet/core/format.hpp"
#include "sweepnet/core/linkage.hpp"
#include "sweepnet/core/text.hpp"
#include "sweepnet/data/value_count.hpp"

namespace sweepnet::app {

namespace detail {

using text_rows = std::vector<std::vector<std::string>>;

inline constexpr std::size_t usual_name_columns = 16;
inline constexpr std::size_t fewest_name_columns = 6;
inline constexpr std::size_t fewest_value_columns = 24;
inline constexpr std::size_t longest_value = 24;

/// "3 rows", "1 row".
inline std::string counted(std::int64_t count, const std::string& word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

inline std::string quoted_name(const std::string& name) {
  return "'" + shortened(printable(name), longest_value) + "'";
}

inline std::string missing_cell(const column_profile& column) {
  if (column.type == profiled_type::skipped) return "-";
  if (column.missing == 0) return "0";
  return fmt::format("{} ({})", column.missing, percent_text(column.missing_share));
}

inline std::string distinct_cell(const column_profile& column) {
  return column.distinct ? std::to_string(*column.distinct) : "-";
}

/// What a table as wide as `width` leaves for column `c`, but at least `fewest`.
inline std::size_t width_left(const text_rows& rows, std::size_t c, std::size_t width,
                              std::size_t fewest) {
  std::size_t others = 0;
  for (std::size_t k = 0; k < rows.front().size(); ++k) {
    std::size_t widest = 0;
    for (const auto& row : rows) widest = std::max(widest, text_width(row[k]));
    if (k != c) others += widest + 2;
  }
  return std::max(width - std::min(width, others), fewest);
}

/// Shortens the names, but not below `fewest` columns, so that the table is no wider than `width`.
inline void fit_names(text_rows& rows, std::size_t width, std::size_t fewest) {
  const std::size_t left = width_left(rows, 1, width, fewest);
  for (std::size_t i = 1; i < rows.size(); ++i) rows[i][1] = shortened(rows[i][1], left);
}

inline std::size_t width_of(const text_rows& rows) {
  const std::string table = text_table(rows);
  std::size_t widest = 0;
  for (std::size_t start = 0; start < table.size();) {
    const std::size_t end = table.find('\n', start);
    widest = std::max(widest, text_width(std::string_view(table).substr(start, end - start)));
    start = end + 1;
  }
  return widest;
}

inline text_rows rows_of_numbers(const table_profile& profile, std::size_t columns, int digits,
                                 bool with_counts) {
  text_rows rows{{"#", "number", "missing", "distinct", "min", "mean", "sd", "median", "max"}};
  for (std::size_t c = 0; c < columns; ++c) {
    const column_profile& column = profile.columns[c];
    if (column.type != profiled_type::number) continue;
    const number_summary& of = *column.numbers;
    rows.push_back({std::to_string(c + 1), printable(column.name),
                    with_counts ? missing_cell(column) : percent_text(column.missing_share),
                    distinct_cell(column)});
    for (const double value : {of.min, of.mean, of.deviation, of.median, of.max}) {
      rows.back().push_back(fmt::format("{:.{}g}", plain_nan(value), digits));
    }
  }
  return rows;
}

/// With as much as fits the width: digits go first, then names, then counts of missing cells.
inline std::string text_of_numbers(const table_profile& profile, std::size_t columns,
                                   std::size_t width) {
  text_rows rows;
  for (int digits = 6; digits >= 2; --digits) {
    const bool with_counts = digits > 2;
    rows = rows_of_numbers(profile, columns, std::max(digits, 3), with_counts);
    if (rows.size() == 1) return "";
    fit_names(rows, width, digits > 3 ? usual_name_columns : fewest_name_columns);
    if (width_of(rows) <= width) break;
  }
  return text_table(rows, {0, 2, 3, 4, 5, 6, 7, 8}) + "\n";
}

/// The texts that a column holds, as many as fit: how often categories are there, else an example.
inline std::string values_cell(const column_profile& column, std::size_t width) {
  const auto shown = [](const value_count& each) {
    return shortened(printable(each.value), longest_value);
  };
  if (column.most_frequent.empty()) return "";
  if (column.type == profiled_type::date || column.type == profiled_type::text) {
    return shortened("such as " + shown(column.most_frequent.front()), width);
  }
  constexpr const char* dots = ", ...";
  std::string text;
  for (std::size_t i = 0; i < column.most_frequent.size(); ++i) {
    const value_count& each = column.most_frequent[i];
    const bool is_last = column.distinct == static_cast<std::int64_t>(i) + 1;
    const std::size_t left = width - (is_last ? 0 : text_width(dots));
    const std::string value = fmt::format("{}{} {} ({})", i == 0 ? "" : ", ", shown(each),
                                          each.rows, percent_text(each.share));
    if (i > 0 && text_width(text + value) > left) return text + dots;
    text += i == 0 ? shortened(value, left) : value;
  }
  return text + (column.distinct > std::ssize(column.most_frequent) ? dots : "");
}

inline std::string text_of_others(const table_profile& profile, std::size_t columns,
                                  std::size_t width) {
  text_rows rows{{"#", "other", "type", "missing", "distinct", "most frequent"}};
  std::vector<const column_profile*> told;
  for (std::size_t c = 0; c < columns; ++c) {
    const column_profile& column = profile.columns[c];
    if (column.type == profiled_type::number) continue;
    told.push_back(&column);
    rows.push_back({std::to_string(c + 1), shortened(printable(column.name), longest_value),
                    std::string(name_of(column.type)), missing_cell(column), distinct_cell(column),
                    ""});
  }
  if (told.empty()) return "";
  if (width_left(rows, 5, width, 0) < fewest_value_columns) {
    fit_names(rows, width - std::min(width, fewest_value_columns), fewest_name_columns);
  }
  const std::size_t left = width_left(rows, 5, width, fewest_value_columns);
  for (std::size_t i = 0; i < told.size(); ++i) rows[i + 1][5] = values_cell(*told[i], left);
  return text_table(rows, {0, 3, 4}) + "\n";
}

inline std::string text_of_rest(std::size_t all, std::size_t told, const std::string& one,
                                const std::string& several) {
  if (all <= told) return "";
  return fmt::format("... {} more {}: --columns all\n", all - told,
                     all - told == 1 ? one : several);
}

inline std::string text_of_target(const table_profile& profile, std::size_t most) {
  if (!profile.target) {
    return "target: none is named; --target COLUMN tells its classes, and what tells them\n";
  }
  const target_profile& target = *profile.target;
  const std::string name = "target " + quoted_name(target.name);
  if (target.kind == target_kind::real_values) return name + ": real values\n";
  if (target.classes.empty()) return name + ": no classes\n";
  const auto largest = std::ranges::max_element(target.classes, {}, &value_count::rows);
  std::string text = fmt::format(
      "{}: {}; always {} is right in {} of the rows\n", name,
      target.classes.size() == 1 ? "one class" : fmt::format("{} classes", target.classes.size()),
      quoted_name(largest->value), percent_text(largest->share));
  text_rows rows{{"class", "rows", "share"}};
  for (const value_count& each : target.classes) {
    if (rows.size() > most) break;
    rows.push_back({shortened(printable(each.value), 2 * longest_value), std::to_string(each.rows),
                    percent_text(each.share)});
  }
  return text + text_table(rows, {1, 2}) +
         text_of_rest(target.classes.size(), most, "class", "classes");
}

inline std::string text_of_inputs(const input_counts& counts) {
  std::string text = fmt::format("inputs: {}", counts.inputs);
  if (counts.categories > 0) {
    text += fmt::format(" ({}, {} of categories)", counted(counts.numbers, "number"),
                        counted(counts.categories, "column"));
  }
  if (counts.refused.empty()) return text + "\n";
  constexpr std::size_t named = 4;
  std::vector<std::string> names;
  for (const std::string& name : counts.refused) {
    if (names.size() < named) names.push_back(quoted_name(name));
  }
  const std::size_t rest = counts.refused.size() - names.size();
  return text + fmt::format(", without {}{}, which cannot be any\n", join_text(names, ", "),
                            rest > 0 ? fmt::format(" and {} more", rest) : "");
}

inline std::string text_of_findings(const std::vector<table_finding>& findings, std::size_t most) {
  if (findings.empty()) return "";
  const std::size_t of_kind = std::max<std::size_t>(most / 4, 1);
  std::string text = "\nto look at:\n";
  for (auto first = findings.begin(); first != findings.end();) {
    const auto last = std::find_if(
        first, findings.end(), [&](const table_finding& each) { return each.kind != first->kind; });
    const auto count = static_cast<std::size_t>(last - first);
    for (std::size_t i = 0; i < std::min(count, of_kind); ++i, ++first) {
      text += fmt::format("- {}: {}\n", first->text, first->advice);
    }
    text += text_of_rest(count, of_kind, "like that", "like that");
    first = last;
  }
  return text;
}

/// Whether a feature is far from what networks learn well from.
inline bool is_large(const dataset_profile& profile) {
  constexpr double large = 16;
  return std::max(std::abs(profile.min), std::abs(profile.max)) > large;
}

inline std::string text_of_classes(const dataset_profile& profile, std::size_t most) {
  if (profile.classes.empty()) return "targets: real values\n";
  const auto largest = std::ranges::max_element(profile.classes, {}, &class_rows::train);
  std::string text =
      fmt::format("{} classes; always {} is right in {} of the rows to train on\n",
                  profile.classes.size(), largest->label, percent_text(largest->train_share));
  text_rows rows{{"class", "train", "share", "validation"}};
  for (const class_rows& each : profile.classes) {
    if (rows.size() > most) break;
    rows.push_back({std::to_string(each.label), std::to_string(each.train),
                    percent_text(each.train_share), std::to_string(each.validation)});
  }
  return text + text_table(rows, {0, 1, 2, 3}) +
         text_of_rest(profile.classes.size(), most, "class", "classes");
}

inline std::string text_of_suspicions(const dataset_profile& profile) {
  std::string text;
  std::vector<std::string> untrained;
  for (const class_rows& each : profile.classes) {
    if (each.train == 0) untrained.push_back(std::to_string(each.label));
  }
  if (!untrained.empty()) {
    constexpr std::size_t named = 4;
    const std::size_t rest = untrained.size() - std::min(untrained.size(), named);
    untrained.resize(untrained.size() - rest);
    text += fmt::format(
        "- no row to train on is of class {}{}: a network has an output for it all the same\n",
        join_text(untrained, ", "), rest > 0 ? fmt::format(" and {} more", rest) : "");
  }
  if (is_large(profile)) {
    text += fmt::format(
        "- features range from {:.6g} to {:.6g}: bring them near 1, as --scale "
        "1/{:.6g} does\n",
        profile.min, profile.max,
        std::max(std::abs(profile.min), std::abs(profile.max)) / profile.scale);
  }
  if (profile.seen_rows > 0) {
    text += fmt::format(
        "- {} to validate on {} the features of a row to train on: copies flatter "
        "the validation\n",
        counted(profile.seen_rows, "row"), profile.seen_rows == 1 ? "has" : "have");
  }
  return text.empty() ? "" : "\nto look at:\n" + text;
}

}  // namespace detail

SWEEPNET_INLINE std::string text_of_profile(const table_profile& profile,
                                            const profile_layout& layout) {
  const std::size_t columns = std::min(profile.columns.size(), layout.most);
  return fmt::format("{}: {}, {}\n\n", printable(profile.source),
                     detail::counted(profile.rows, "row"),
                     detail::counted(std::ssize(profile.columns), "column")) +
         detail::text_of_numbers(profile, columns, layout.width) +
         detail::text_of_others(profile, columns, layout.width) +
         detail::text_of_rest(profile.columns.size(), columns, "column", "columns") +
         detail::text_of_target(profile, layout.most) +
         (profile.inputs ? detail::text_of_inputs(*profile.inputs) : "") +
         detail::text_of_findings(profile.findings, layout.most);
}

SWEEPNET_INLINE std::string text_of_profile(const dataset_profile& profile,
                                            const profile_layout& layout) {
  std::string text =
      fmt::format("{}: {} to train on, {} to validate on\n", printable(profile.source),
                  detail::counted(profile.train_rows, "row"), profile.validation_rows);
  for (const std::string& note : profile.notes) text += text_of_note(note);
  text += fmt::format("inputs: {}, {}{}, from {:.6g} to {:.6g}", profile.inputs, profile.elements,
                      profile.scale == 1 ? "" : fmt::format(" times {:.6g}", profile.scale),
                      profile.min, profile.max);
  if (profile.constant_features > 0) {
    text += fmt::format(
        "; {} constant in the rows to train on",
        profile.constant_features == 1 ? "1 is" : fmt::format("{} are", profile.constant_features));
  }
  return text + "\n" + detail::text_of_classes(profile, layout.most) +
         detail::text_of_suspicions(profile);
}

}  // namespace sweepnet::app
