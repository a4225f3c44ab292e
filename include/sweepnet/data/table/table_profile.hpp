// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a table holds, before anyone trains on it: its columns in numbers, and what is suspicious.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/data/data_request.hpp"
#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/data/table/table_finding.hpp"
#include "sweepnet/data/table/target_telling.hpp"
#include "sweepnet/data/value_count.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"

namespace sweepnet {

enum class profiled_type {
  number,
  category,
  date,
  text,      ///< free text, or another one in each row
  constant,  ///< one value, where there is any
  empty,     ///< no value in any row
  skipped    ///< not looked at
};

template <>
inline constexpr auto enum_names<profiled_type> =
    name_table<profiled_type, 7>{{{"number", profiled_type::number},
                                  {"category", profiled_type::category},
                                  {"date", profiled_type::date},
                                  {"text", profiled_type::text},
                                  {"constant", profiled_type::constant},
                                  {"empty", profiled_type::empty},
                                  {"skipped", profiled_type::skipped}}};

/// Of the numbers that are there.
struct number_summary {
  double min = 0;
  double mean = 0;
  double deviation = 0;  ///< of the population
  double median = 0;
  double max = 0;
};

template <>
inline constexpr auto fields<number_summary> =
    std::tuple(field("min", &number_summary::min, "the smallest"),
               field("mean", &number_summary::mean, "the arithmetic mean"),
               field("deviation", &number_summary::deviation, "of the population"),
               field("median", &number_summary::median, "of an even count between the middle ones"),
               field("max", &number_summary::max, "the largest"));

struct column_profile {
  std::string name{};
  profiled_type type = profiled_type::skipped;
  bool refused = false;      ///< it cannot be an input
  std::int64_t missing = 0;  ///< cells
  double missing_share = 0;
  std::optional<std::int64_t> distinct{};  ///< values; none: skipped, or too many texts
  std::optional<number_summary> numbers{};
  std::vector<value_count> most_frequent{};  ///< of texts and constants, five at most
  std::optional<target_telling> telling{};   ///< what it alone tells of the target
};

template <>
inline constexpr auto fields<column_profile> =
    std::tuple(field("name", &column_profile::name, "of the column"),
               field("type", &column_profile::type,
                     "number, category, date, text, constant, empty or skipped"),
               field("refused", &column_profile::refused, "it cannot be an input"),
               field("missing", &column_profile::missing, "cells in which nothing stands"),
               field("missing_share", &column_profile::missing_share, "of all cells"),
               field("distinct", &column_profile::distinct, "different values"),
               field("numbers", &column_profile::numbers, "of a column of numbers"),
               field("most_frequent", &column_profile::most_frequent, "texts"),
               field("telling", &column_profile::telling, "what it alone tells of the target"));

struct target_profile {
  std::string name{};
  target_kind kind = target_kind::none;
  std::vector<value_count> classes{};  ///< numbers in their order, texts sorted
};

template <>
inline constexpr auto fields<target_profile> =
    std::tuple(field("name", &target_profile::name, "of the column"),
               field("kind", &target_profile::kind, "classes, real_values or none"),
               field("classes", &target_profile::classes, "how often each is there"));

/// What a network gets of a table.
struct input_counts {
  std::int64_t inputs = 0;
  std::int64_t numbers = 0;            ///< columns
  std::int64_t categories = 0;         ///< columns, an input for each category
  std::vector<std::string> refused{};  ///< columns that cannot be inputs
};

template <>
inline constexpr auto fields<input_counts> =
    std::tuple(field("inputs", &input_counts::inputs, "of a network, without columns refused"),
               field("numbers", &input_counts::numbers, "columns of numbers"),
               field("categories", &input_counts::categories, "columns of categories"),
               field("refused", &input_counts::refused, "columns that cannot be inputs"));

struct table_profile {
  std::string source{};  ///< as messages show it
  std::int64_t rows = 0;
  std::vector<column_profile> columns{};
  std::optional<target_profile> target{};
  std::optional<input_counts> inputs{};  ///< with a target
  /// Rows that equal an earlier one (by a hash of 64 bits); none: a column has too many texts.
  std::optional<std::int64_t> duplicate_rows{};
  std::vector<table_finding> findings{};  ///< what should make people look, by kind
};

template <>
inline constexpr auto fields<table_profile> =
    std::tuple(field("source", &table_profile::source, "where the table lies"),
               field("rows", &table_profile::rows, "of the table"),
               field("columns", &table_profile::columns, "in their order"),
               field("target", &table_profile::target, "what is to be predicted"),
               field("inputs", &table_profile::inputs, "what a network gets"),
               field("duplicate_rows", &table_profile::duplicate_rows, "that equal an earlier one"),
               field("findings", &table_profile::findings, "what should make people look"));

/// The profile of all rows. `request` says which column is the target, if one is, which are of
/// categories, and what becomes of missing values. `threads` look at columns; what they find does
/// not depend on them. Takes O(rows log rows) for each column, and the memory of three columns for
/// each thread. Throws data_error for columns that `request` names and the table lacks.
[[nodiscard]] table_profile profile_table(const raw_table& table, const data_request& request = {},
                                          int threads = 1);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/table_profile.inl"
#endif
