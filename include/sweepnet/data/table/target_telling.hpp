// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much a column of a table alone tells of the target: what tells all of it is seldom known
// before the target is.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweepnet/data/table/raw_table.hpp"
#include "sweepnet/describe/fields.hpp"
#include "sweepnet/describe/names.hpp"

namespace sweepnet {

enum class target_kind {
  classes,
  real_values,
  none  ///< too many texts for classes
};

template <>
inline constexpr auto enum_names<target_kind> =
    name_table<target_kind, 3>{{{"classes", target_kind::classes},
                                {"real_values", target_kind::real_values},
                                {"none", target_kind::none}}};

/// The target in each row of a table, as far as it is there.
struct row_targets {
  target_kind kind = target_kind::none;
  std::vector<std::int32_t> classes{};  ///< index into names, -1: missing
  std::vector<std::string> names{};     ///< numbers in their order, texts sorted
  std::vector<double> values{};         ///< NaN: missing
};

/// The targets in a column: classes if it holds texts or a hundred integers at most.
[[nodiscard]] row_targets targets_in(const raw_column& column);

enum class telling_measure {
  auc,   ///< the area under the ROC curve of numbers, or of their negatives
  rows,  ///< the share of rows whose class is the most frequent one where this value stands
  r2     ///< the share of the variance that a straight line explains
};

template <>
inline constexpr auto enum_names<telling_measure> = name_table<telling_measure, 3>{
    {{"auc", telling_measure::auc}, {"rows", telling_measure::rows}, {"r2", telling_measure::r2}}};

struct target_telling {
  telling_measure measure = telling_measure::auc;
  double value = 0;
  std::string of_class{};  ///< of more than two classes, the one that an AUC tells from the others
};

template <>
inline constexpr auto fields<target_telling> =
    std::tuple(field("measure", &target_telling::measure, "auc, rows or r2"),
               field("value", &target_telling::value, "0.5 to 1 of an AUC, else 0 to 1"),
               field("of_class", &target_telling::of_class, "told from the others"));

/// More than this is all that there is to tell.
inline constexpr double tells_all = 0.999;

/// What a column tells, by the rows in which both are there; nothing where they are too few for
/// that not to be chance, or one class has nearly all of them. AUC: Mann and Whitney's, with
/// mid-ranks, of each class against all others, the largest; numbers whose AUC does not tell all
/// are also taken for categories. Of categories, those seen once count for nothing.
[[nodiscard]] std::optional<target_telling> telling_of(const raw_column& column,
                                                       const row_targets& targets);

}  // namespace sweepnet

#if !defined(SWEEPNET_COMPILED)
#include "sweepnet/data/table/target_telling.inl"
#endif
