// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is suspicious about a table, and what to do about it.

#include <cstdint>
#include <string>
#include <vector>

#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"

namespace sweepnet {

/// In the order in which they are told.
enum class finding_kind {
  target,            ///< it cannot be trained on as it is
  imbalance,         ///< one class has nearly all rows, or one hardly any
  tells_target,      ///< a column alone tells the target
  identifier,        ///< another value in each row
  dates,             ///< texts that are days
  free_text,         ///< too many different texts for categories
  empty,             ///< no value in any row
  constant,          ///< one value
  duplicate_column,  ///< equal to an earlier one
  mostly_missing,    ///< in more than half of the rows
  missing,           ///< cells that are refused unless it is said what becomes of them
  maybe_categories,  ///< few different integers
  too_large,         ///< numbers that cannot be standardised
  duplicate_rows,    ///< equal to an earlier one
  contradictions     ///< rows that are equal but for their class
};

template <>
inline constexpr auto enum_names<finding_kind> =
    name_table<finding_kind, 15>{{{"target", finding_kind::target},
                                  {"imbalance", finding_kind::imbalance},
                                  {"tells_target", finding_kind::tells_target},
                                  {"identifier", finding_kind::identifier},
                                  {"dates", finding_kind::dates},
                                  {"free_text", finding_kind::free_text},
                                  {"empty", finding_kind::empty},
                                  {"constant", finding_kind::constant},
                                  {"duplicate_column", finding_kind::duplicate_column},
                                  {"mostly_missing", finding_kind::mostly_missing},
                                  {"missing", finding_kind::missing},
                                  {"maybe_categories", finding_kind::maybe_categories},
                                  {"too_large", finding_kind::too_large},
                                  {"duplicate_rows", finding_kind::duplicate_rows},
                                  {"contradictions", finding_kind::contradictions}}};

struct table_finding {
  finding_kind kind = finding_kind::target;
  std::vector<std::string> columns{};  ///< of a duplicate: itself, and the one that it equals
  std::string text{};                  ///< what was found
  std::string advice{};                ///< what to do about it
};

template <>
inline constexpr auto fields<table_finding> =
    std::tuple(field("kind", &table_finding::kind, "of finding"),
               field("columns", &table_finding::columns, "where it was found"),
               field("text", &table_finding::text, "what was found"),
               field("advice", &table_finding::advice, "what to do about it"));

}  // namespace sweepnet
